#!/usr/bin/env bash
# The wheel, installed into an empty environment, starts the product and serves its pages.
set -euo pipefail
jingmin=$1
data=$(mktemp -d)
"$jingmin" demo --data "$data" --port 18110 --media-port 18111 --store-port 18112 \
  --bot-port 18113 --simulator-port 18114 >"$data/out" 2>&1 &
pid=$!
trap 'kill -INT $pid 2>/dev/null; wait $pid 2>/dev/null || true; rm -rf "$data"' EXIT
python3 - <<'PY' || { cat "$data/out"; exit 1; }
import gzip, json, re, time, urllib.request
end = time.monotonic() + 120
while True:
    try:
        health = json.load(urllib.request.urlopen("http://127.0.0.1:18110/healthz", timeout=2))
        break
    except OSError:
        assert time.monotonic() < end, "the installed product did not start"
        time.sleep(0.5)
assert health["store"] == "up", health
for path in ("/", "/110/", "/console/", "/station/", "/community/"):
    page = urllib.request.urlopen(f"http://127.0.0.1:18110{path}", timeout=5).read()
    assert b"<script" in page, path
    for name in [path, *re.findall(r'/assets/[^"]+\.(?:js|css)', page.decode())]:
        url = f"http://127.0.0.1:18110{name}"
        with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept-Encoding": "gzip"}), timeout=5) as sent:
            assert sent.headers["Content-Encoding"] == "gzip", name
            assert gzip.decompress(sent.read()) == urllib.request.urlopen(url, timeout=5).read(), name
body = json.dumps({"key": "from-the-wheel"}).encode()
request = urllib.request.Request("http://127.0.0.1:18110/api/v1/incidents", body)
for port, path in ((18113, "/healthz"), (18114, "/sim/state")):
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2).read()
            break
        except OSError:
            assert time.monotonic() < end, f"nobody on {port}"
            time.sleep(0.5)
print("wheel: receipt", json.load(urllib.request.urlopen(request, timeout=5))["number"])
PY
