"""``jingmin media``: one media process."""

from __future__ import annotations

import argparse
import signal
from functools import partial

from config import Settings, SettingsError
from domain.lasting import when_answered
from heartbeat import Heartbeat
from jingmin.processes.listening import listening_socket
from jingmin.processes.running import OF_KNOWN, run, signalled, store_of, until_asked
from network_settings import check_media
from serving import Runner

MEDIA_HEARS = ("incidents",)
OPEN_S = 60.0


def media(settings: Settings, options: argparse.Namespace) -> int:
    """A media process alone; any number of them may run, each with its own id, ports and url."""
    check_media(settings)
    return run(partial(_media, settings), "webrtc.app", "webrtc.ice")


async def _media(settings: Settings, beat: Heartbeat) -> int:
    # Only this process needs the media libraries; the api starts again a second sooner without.
    from webrtc.app import MediaServer, run_media
    from webrtc.ice import Relay

    listening = listening_socket("media_port", settings.media_host, settings.media_port)
    store = await store_of(settings, MEDIA_HEARS, beat, OF_KNOWN)
    await store.open(patience=OPEN_S)
    spool = settings.data / "recordings"
    spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    server = MediaServer(
        store=store,
        secret=settings.secret_bytes(),
        media_id=settings.media_id,
        public_url=settings.signalling,
        addresses=settings.media_addresses,
        origins=[*settings.all_origins, *settings.cors_origins],
        spool=spool,
        relay=Relay(settings.turn_urls, settings.turn_secret) if settings.turn_urls else None,
        udp_port=settings.media_udp_port,
    )
    # A store that goes away in this moment is waited for, as one that was not there yet.
    if not await when_answered(server.is_name_free, OPEN_S):
        raise SettingsError(f"media_id: another media process that lives is {settings.media_id}")
    serving = partial(Runner, metrics_token=settings.metrics_token)
    draining = signalled(signal.SIGUSR1)
    await until_asked(run_media(server, listening, serving, draining))
    await store.close()
    return 0
