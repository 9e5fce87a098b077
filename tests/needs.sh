#!/bin/sh
# What has to be there before anything is installed: `needs.sh python` for .venv, `needs.sh node` for the pages.
# Ends with 0, or with 1 and a sentence that says what is needed, what was found and how to get it.
PYTHON=${PYTHON:-python3}

refuse() {
    for line; do echo "$line" >&2; done
    exit 1
}

check_python() {
    wanted="Python 3.11, 3.12 or 3.13 is needed"
    other="With another Python beside it: make PYTHON=python3.13 …"
    command -v "$PYTHON" >/dev/null ||
        refuse "$wanted; there is no $PYTHON here." "Install with: sudo apt-get install python3 python3-venv"
    found=$("$PYTHON" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null) ||
        refuse "$wanted; $PYTHON ($(command -v "$PYTHON")) does not run." "$other"
    case $found in
    3.11.* | 3.12.* | 3.13.*) ;;
    3.*) [ "$(echo "$found" | cut -d. -f2)" -gt 13 ] &&
        refuse "$wanted; $PYTHON is $found, for which the embedded store (secantusdb) has no wheel." "$other"
        refuse "$wanted; $PYTHON is $found." "$other" ;;
    *) refuse "$wanted; $PYTHON is $found." "$other" ;;
    esac
    # The embedded store's wheels: CPython with its lock, Linux on x86-64 or ARM64, glibc (musl: x86-64).
    kind=$("$PYTHON" -c '
import platform, sys, sysconfig
lock = "" if not sysconfig.get_config_var("Py_GIL_DISABLED") else " without the GIL"
libc = "glibc" if platform.libc_ver()[0] == "glibc" else "musl"
print(platform.python_implementation() + lock, sysconfig.get_platform(), libc)')
    case $kind in
    "CPython linux-x86_64 "* | "CPython linux-aarch64 glibc") ;;
    *) refuse "The embedded store (secantusdb) has no wheel for this Python: $found, $kind." \
        "Needed: CPython on Linux, x86-64 or ARM64 with glibc. $other" ;;
    esac
    "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null ||
        refuse "Python's venv is needed; $PYTHON $found has none." \
            "Install with: sudo apt-get install python3-venv (Debian has it in a package of its own)"
}

check_node() {
    wanted="Node.js 20.19 or newer (22: 22.12 or newer) with npm is needed to build the pages"
    debian="Debian 13: sudo apt-get install nodejs npm
Debian 12 has Node.js 18: sudo apt-get install nodejs npm, then sudo npm install -g node@22"
    command -v node >/dev/null || refuse "$wanted; there is no node here." "$debian"
    found=$(node --version 2>/dev/null) ||
        refuse "$wanted; node ($(command -v node)) does not run." "$debian"
    major=$(echo "$found" | sed -n 's/^v\([0-9]*\)\..*/\1/p')
    minor=$(echo "$found" | sed -n 's/^v[0-9]*\.\([0-9]*\)\..*/\1/p')
    fits=no
    case $major in
    20) [ "$minor" -ge 19 ] && fits=yes ;;
    22) [ "$minor" -ge 12 ] && fits=yes ;;
    *) [ "${major:-0}" -gt 22 ] && fits=yes ;;
    esac
    [ $fits = yes ] || refuse "$wanted; node is $found." "$debian"
    command -v npm >/dev/null || refuse "$wanted; node is $found, there is no npm here." "$debian"
    npm --version >/dev/null 2>&1 || refuse "$wanted; npm ($(command -v npm)) does not run." "$debian"
}

case ${1:-} in
python) check_python ;;
node) check_node ;;
*) refuse "usage: needs.sh python | node" ;;
esac
