#!/bin/sh
# Chromium, ffprobe and a Chinese font for the browser journeys, ps and pgrep for the tests of what is left
# running: installed when we may, else told how.
need=""
command -v chromium >/dev/null || need="$need chromium"
command -v ffprobe >/dev/null || need="$need ffmpeg"
[ -d /usr/share/fonts/opentype/noto ] && ls /usr/share/fonts/opentype/noto/*CJK* >/dev/null 2>&1 || need="$need fonts-noto-cjk"
command -v pgrep >/dev/null && command -v ps >/dev/null || need="$need procps"
[ -z "$need" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $need >/dev/null && exit 0
fi
echo "The tests need:$need" >&2
echo "Install with: sudo apt-get install$need" >&2
exit 1
