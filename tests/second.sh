#!/bin/sh
# The unit tests once more with Python 3.13, where one is found that works. All but the slow ones, those
# attacks that have nothing to do with the interpreter, and the tests that read the sources; of the bot
# what reads the words and bytes of others, and the whole way of a tip.
# Ends with 0 and says so where there is none.
folder=${1:-.venv-3.13}

# A name on the PATH may be a version manager's stand-in that runs nothing.
works() { [ "$("$1" -c 'import ensurepip, sys; print(sys.version_info[:2])' 2>/dev/null)" = "(3, 13)" ]; }

if works .venv/bin/python; then
    echo "Second interpreter: the tests ran with Python 3.13 already."
    exit 0
fi
found=""
for one in python3.13 python3 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13*/bin/python3.13; do
    if works "$one"; then found=$one && break; fi
done
if [ -z "$found" ]; then
    echo "Second interpreter: no working Python 3.13 is found here, so the unit tests ran with one version only."
    exit 0
fi
echo "Second interpreter: $("$found" --version)"
set -e
[ "$folder/.made" -nt pyproject.toml ] && [ "$folder/.made" -nt requirements/dev.txt ] || {
    rm -rf "$folder"
    "$found" -m venv "$folder"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
    touch "$folder/.made"
}
bot=""
for one in callbacks dialog hotlines passive salvage texts tips vectors wechat_parsing; do
    bot="$bot tests/bot/test_$one.py"
done
"$folder/bin/python" -m pytest -n logical --maxprocesses 8 --dist worksteal -p no:cacheprovider \
    -m "not system and not slow and not alone" \
    tests/api tests/domain tests/locate tests/simulator tests/storage tests/webrtc tests/test_c*.py $bot \
    tests/attack/test_bo*.py tests/attack/test_broken_members.py tests/attack/test_deep_json.py
