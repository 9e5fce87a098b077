"""examples/typescript/call.ts in a real browser, against a media process."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.clients.test_typescript import compiled
from tests.webrtc.conftest import chromium, process, start
from tests.webrtc.media_process import Process, new_incident

__all__ = ["chromium", "compiled", "process", "start"]

# Two people in one page: each is shown the other, and both leave.
TALK = """async ({ url, tickets }) => {
  const { Call } = await import('/call.js');
  const own = await navigator.mediaDevices.getUserMedia({ audio: true, video: true });
  const join = (ticket) => Call.connect({ media_url: url, ticket, participant: '', call: '' }, own);
  const [one, two] = [await join(tickets[0]), await join(tickets[1])];
  const seen = (call) => new Promise((resolve) => {
    const look = () => {
      const slot = call.slots.find((place) => place.participant);
      if (!slot) return;
      const video = document.createElement('video');
      video.muted = true;
      video.srcObject = slot.stream;
      video.onresize = () => resolve([slot.participant, video.videoWidth > 0]);
      video.play();
      document.body.append(video);
      call.changed = () => undefined;
    };
    call.changed = look;
    look();
  });
  const found = await Promise.all([seen(one), seen(two)]);
  const refused = await join('nobody').catch((error) => error.message);
  const ended = new Promise((resolve) => { two.ended = resolve; });
  two.leave();
  one.leave();
  return { found, refused, ended: await ended };
}"""


@pytest.mark.slow
async def test_two_see_each_other(compiled: Path, process: Process, chromium: Browser) -> None:
    incident = new_incident(process.store)
    page = await chromium.new_page()
    body = (compiled / "call.js").read_text("utf-8")
    await page.route(
        "**/call.js", lambda route: route.fulfill(body=body, content_type="text/javascript")
    )
    await page.goto(f"{process.url}/page")
    given = {
        "url": process.url.replace("http", "ws") + "/rtc",
        "tickets": [process.ticket(incident, 0), process.ticket(incident, 1)],
    }
    found = await page.evaluate(TALK, given)
    others = [incident.call.participants[at].id for at in (1, 0)]
    assert found["found"] == [[other, True] for other in others]
    assert found["refused"] == "ticket_bad"
    assert found["ended"] == "bye"
