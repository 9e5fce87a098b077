"""The api's house: its rooms on one store, one secret, one map."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import api
import pictures
from api.board import Board
from api.house import ApiSettings, CorpName, House
from api.limits import Limits
from api.metrics import Metrics
from api.passwords import Passwords
from api.proxies import networks
from api.routes import now_ms
from config import Settings
from decoding import DecoderMetrics
from domain.audit import Audit
from domain.intake import Report
from domain.probe import ProbeRelay, ProbeTargets
from domain.product import product_version
from domain.publishing import Cap
from domain.receipt_numbers import ReceiptNumbers
from domain.tip_deadline import Deadlines
from jingmin.assembly.journals import journal_of
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from storage.seal import KeySeal
from storage.store import MongoStore
from webrtc.ice import CREDENTIAL_SECONDS, Relay, relay_servers


def build_house(settings: Settings, store: MongoStore, boundaries: Boundaries) -> House:
    """The api's house on a store and a set of boundaries; its picture decoders are started."""
    finder = BoundaryFinder(boundaries)
    spool = settings.data / "uploads"
    spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    pages = Path(api.__file__).parent / "static"
    metrics = Metrics()
    metrics.registry.register(DecoderMetrics(pictures.DECODERS))
    pictures.DECODERS.start_soon()
    return House(
        settings=ApiSettings(
            origins=settings.all_origins,
            city=settings.city,
            has_bot=settings.has_bot,
            store_folder=_store_folder(settings),
            webhook_private=settings.webhook_private,
            cors_origins=tuple(settings.cors_origins),
            embed_origins=tuple(settings.embed_origins),
            demo=settings.demo,
            secure=settings.site.startswith("https://"),
            proxies=tuple(settings.proxies),
            second_factor=settings.second_factor,
            deadlines=Deadlines.of(settings.answer_hours, settings.urgent_answer_minutes),
            cap=Cap(settings.notices_a_day, settings.notices_a_month),
            session_ms=int(settings.session_hours * 3_600_000),
            map_style=settings.map_style,
            version=product_version(),
            pages=pages if pages.is_dir() else None,
            wechat_appid=settings.official_appid,
            wechat_script=settings.wechat_script if settings.official_appid else "",
            officer_login=_officer_login(settings),
            join_codes=_join_codes(settings),
            simulator=_simulator(settings) if settings.demo else "",
            corps=tuple(
                CorpName(one.name, one.title or one.name)
                for one in settings.accounts
                if one.work_corpid
            ),
        ),
        store=store,
        finder=finder,
        pictures=pictures.strip,
        journal=journal_of(settings, "journal", Report),
        secret=settings.secret_bytes(),
        board=Board(store, now_ms),
        numbers=ReceiptNumbers(store),
        passwords=Passwords(),
        limits=Limits(),
        metrics=metrics,
        spool=spool,
        content=KeySeal(settings.secret_bytes(), "tip-content"),
        tokens=KeySeal(settings.secret_bytes(), "tokens"),
        log=Audit(store, settings.secret_bytes()),
        proxies=networks(settings.proxies),
        targets=partial(_targets, settings),
    )


def _store_folder(settings: Settings) -> Path | None:
    """Where the embedded store lies, which ``serve`` names by its address."""
    hosts = urlsplit(settings.store_uri).netloc.rpartition("@")[2]
    embedded = hosts in ("", f"127.0.0.1:{settings.store_port}")
    return settings.data / "store" if embedded else None


def _targets(settings: Settings, until: int) -> ProbeTargets:
    """What a phone outside is to try, with credentials good until then (Unix ms)."""
    port = settings.media_udp_port
    media = tuple((one.rpartition("=")[2], port) for one in settings.media_addresses if port)
    relays, made = [], until - CREDENTIAL_SECONDS * 1000
    for url in settings.turn_urls:
        (server,) = relay_servers(Relay([url], settings.turn_secret), "probe", made)
        relays.append(ProbeRelay(url, str(server.username), str(server.credential)))
    return ProbeTargets(media, tuple(relays))


def _officer_login(settings: Settings) -> str:
    """Where officers log in with WeCom: the door that asks for the corp, or that of the only one."""
    return f"{settings.bot_site}/wechat/officers" if _has_corp(settings) else ""


def _has_corp(settings: Settings) -> bool:
    return any(one.work_corpid for one in settings.platforms)


def _join_codes(settings: Settings) -> str:
    if not _has_corp(settings):
        return ""
    return _simulator(settings) if settings.demo else "https://wework.qpic.cn"


def _simulator(settings: Settings) -> str:
    return f"http://127.0.0.1:{settings.simulator_port}"
