"""Stock aiortc, as an outsider uses it: picture and sound, or words why not."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import aioice.ice
import pytest
from aiortc import RTCBundlePolicy

from tests.webrtc.media_process import Process, new_incident

EXAMPLE = Path(__file__).parents[2] / "examples" / "python" / "call.py"


def example() -> ModuleType:
    """examples/python/call.py as a module."""
    spec = importlib.util.spec_from_file_location("example_call", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda **_: ["127.0.0.1"])


async def test_the_example_sees_and_hears(process: Process) -> None:
    module = example()
    incident = new_incident(process.store)
    url = process.url.replace("http", "ws") + "/rtc"
    calls = [module.Call(), module.Call(RTCBundlePolicy.MAX_COMPAT)]
    for at, call in enumerate(calls):
        await call.connect(process.session, url, process.ticket(incident, at))
    async with asyncio.timeout(30):
        while not all(call.frames["video"] and call.frames["audio"] for call in calls):
            await asyncio.sleep(0.05)
    assert list(calls[0].people.values()) == ["DISPATCHER"]
    for call in calls:
        await call.leave()


async def test_balanced_is_refused_in_words(process: Process) -> None:
    """Its slots' pictures would go to a transport that the client has closed: sound without picture."""
    module = example()
    incident = new_incident(process.store)
    url = process.url.replace("http", "ws") + "/rtc"
    call = module.Call(RTCBundlePolicy.BALANCED)
    with pytest.raises(module.Refused, match="bundlePolicy max-bundle") as refused:
        await call.connect(process.session, url, process.ticket(incident, 0))
    assert refused.value.code == "sdp_bad"
    await call.leave()
