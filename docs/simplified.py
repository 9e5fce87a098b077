"""Makes domain/simplified.txt: every traditional character beside its simplified one.

Run with the package ``opencc`` at hand, which nothing else needs: ``python docs/simplified.py``.
"""

from __future__ import annotations

from pathlib import Path

import opencc

TABLE = Path(__file__).parents[1] / "domain" / "simplified.txt"
# The unified ideographs and their extension A: what keyboards write.
HAN = [*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)]
# Alone it is also 著名; in what people cry it is 着: 著火, 跟著.
ALWAYS = {"著": "着"}


def main() -> None:
    # tw2s: the traditional writing of Taiwan; t2s: every other variant.
    taiwan, other = opencc.OpenCC("tw2s"), opencc.OpenCC("t2s")
    pairs = dict(ALWAYS)
    for code in HAN:
        char = chr(code)
        simple = taiwan.convert(char)
        if simple == char:
            simple = other.convert(char)
        if simple != char and len(simple) == 1:
            pairs.setdefault(char, simple)
    lines = (
        f"# Made by docs/simplified.py from the dictionaries of OpenCC {opencc.__version__} (Apache-2.0).",
        "".join(pairs),
        "".join(pairs.values()),
    )
    TABLE.write_text("\n".join(lines) + "\n", "utf-8")
    print(f"{len(pairs)} characters")


if __name__ == "__main__":
    main()
