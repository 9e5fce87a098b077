"""A process whose loop runs for a moment and then spins in one callback: it lives and serves nobody.

Argument ``well``: it goes on as it should.
"""

from __future__ import annotations

import asyncio
import sys

from heartbeat import Heartbeat


async def run() -> None:
    await asyncio.sleep(0.3)
    while "well" not in sys.argv:
        pass
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(Heartbeat().during(run()))
