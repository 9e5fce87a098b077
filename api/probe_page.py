"""The page with which an operator tries from outside, on a phone, whether calls will come through.

The phone's browser asks the media process by ICE, with a name and a password that the secret makes
(``domain/probe.py``): directly, then through each relay alone. No call and no room is made of it.
"""

from __future__ import annotations

import base64
import hashlib
from html import escape

import msgspec
from aiohttp import web
from msgspec import Struct

from api.routes import PUBLIC, Ask, Routes
from domain.clock import elapsed
from domain.errors import TOKEN_BAD, Refused
from domain.probe import ProbeKind, issue_probe, probe_end

routes = Routes()
TRYING_MS = 20_000  # WAIT_MS of the page, and the way there
STYLE = (
    "body{margin:0;background:#f4f6f9;color:#14202e;font:17px/1.6 'PingFang SC',"
    "'Noto Sans CJK SC',sans-serif}"
    "main{max-width:36rem;margin:0 auto;padding:1.2rem}h1{font-size:1.4rem}li{margin:.8rem 0;padding:.8rem"
    " 1rem;"
    "background:#fff;border-radius:.6rem;list-style:none;overflow-wrap:anywhere}ul{padding:0}"
    "li[data-sign='✓']{border-left:.4rem solid #1a7f37}li[data-sign='✗']{border-left:.4rem solid #b3261e}"
    "li::before{content:attr(data-sign) ' ';font-weight:700}"
)
SCRIPT = r"""
const main = document.querySelector('main'), plan = JSON.parse(main.dataset.plan);
const list = main.querySelector('ul'), WAIT_MS = 15000;
const answer = (host, port) => ['v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=-', 't=0 0', 'a=group:BUNDLE 0',
  'a=ice-lite',
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'c=IN IP4 0.0.0.0', 'a=ice-ufrag:' + plan.name,
  'a=ice-pwd:' + plan.password, 'a=fingerprint:sha-256 ' + Array(32).fill('00').join(':'), 'a=setup:passive',
  'a=mid:0', 'a=sctp-port:5000', `a=candidate:1 1 udp 2130706431 ${host} ${port} typ host`,
  'a=end-of-candidates', ''].join('\r\n');
async function reached(host, port, relay) {
  const servers = relay ? [{urls: relay.url, username: relay.username, credential: relay.credential}] : [];
  const pc = new RTCPeerConnection({iceServers: servers, iceTransportPolicy: relay ? 'relay' : 'all'});
  try {
    pc.createDataChannel('probe');
    const ended = new Promise((done) => {
      const look = () => {
        if (['connected', 'completed'].includes(pc.iceConnectionState)) done(true);
        if (pc.iceConnectionState === 'failed') done(false);
      };
      pc.addEventListener('iceconnectionstatechange', look);
      setTimeout(done, WAIT_MS, false);
    });
    await pc.setLocalDescription(await pc.createOffer());
    await pc.setRemoteDescription({type: 'answer', sdp: answer(host, port)});
    return await ended;
  } finally {
    pc.close();
  }
}
async function tell(what, well, bad, work) {
  const line = document.createElement('li');
  line.textContent = what + ' …';
  line.dataset.sign = '…';
  list.append(line);
  let ok = false;
  try { ok = await work; } catch (error) { bad += ' (' + error.name + ')'; }
  line.dataset.sign = ok ? '✓' : '✗';
  line.textContent = what + '：' + (ok ? well : bad);
}
const all = [];
for (const [host, port] of plan.media) {
  all.push(tell(`${host}:${port}/udp`, '通，手机可以直接通话 · open, calls need no relay',
    '不通：防火墙、NAT 是否放行此 UDP 端口；本网络也可能挡 UDP' +
    ' · closed: firewall or NAT? Or this network blocks UDP',
    reached(host, port)));
  for (const relay of plan.relays)
    all.push(tell(`${relay.url} → ${host}:${port}`, '中继通 · it relays',
      '中继不通：地址、端口、turn_secret、denied-peer-ip' +
      ' · no relay: address, port, turn_secret, denied-peer-ip',
      reached(host, port, relay)));
}
if (!plan.media.length)
  all.push(tell('media_udp_port', '',
    '是 0，没有固定端口可试 · is 0, there is no port to try', Promise.resolve(false)));
Promise.all(all).then(() => { main.dataset.done = 'yes'; });
"""


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


POLICY = (
    f"default-src 'none'; script-src 'sha256-{_hash(SCRIPT)}'; style-src 'sha256-{_hash(STYLE)}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class ProbeQuery(Struct, forbid_unknown_fields=True, rename={"given": "pass"}):
    """``pass`` as ``jingmin doctor`` prints it."""

    given: str = ""


@routes.add("GET", "/probe/page", PUBLIC, faults=(TOKEN_BAD,), raw_answer="text/html", mixed=True)
async def probe_page(ask: Ask, query: ProbeQuery) -> web.Response:
    """A page that tries, on the device that shows it, whether the media process and each relay are
    reached; with a pass of ``jingmin doctor``. What it holds is good as long as that pass, which has to
    last for the trying."""
    secret = ask.house.secret
    end = probe_end(secret, ProbeKind.PAGE, query.given, ask.now + TRYING_MS)
    if end is None:
        raise Refused(TOKEN_BAD)
    targets = ask.house.targets(end)
    given = issue_probe(secret, ProbeKind.MEDIA, ask.now, elapsed(ask.now // 1000, end // 1000))
    plan = {
        "name": given.name,
        "password": given.password,
        "media": targets.media,
        "relays": targets.relays,
    }
    text = (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>通话线路检查 · Probe</title><style>{STYLE}</style>"
        f'<main data-plan="{escape(msgspec.json.encode(plan).decode())}"><h1>通话线路检查 · Will calls come '
        "through?</h1><p>请关掉 Wi-Fi，用手机流量打开 · Open it over mobile data, not Wi-Fi</p><ul></ul>"
        "</main>"
        f'<script type="module">{SCRIPT}</script></html>'
    )
    headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
    return web.Response(text=text, content_type="text/html", headers=headers)
