"""Puts the rooms together: the api's house and the bot's, on one store, one secret, one map."""

from __future__ import annotations

import asyncio
import logging
import socket
from functools import partial
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import clips
import pictures
from api.board import Board
from api.house import ApiSettings, CorpName, House
from api.limits import Limits
from api.metrics import Metrics
from api.passwords import Passwords
from api.proxies import networks
from api.routes import now_ms
from bot import meters
from bot.house import (
    BotHouse,
    BotSettings,
    CallbackKeys,
    Mode,
    OfficialSettings,
    WorkSettings,
)
from config import Settings
from decoding import DecoderMetrics
from domain.audit import Audit
from domain.intake import Report
from domain.place import BoundaryArea
from domain.ports import Journal, Named
from domain.probe import ProbeRelay, ProbeTargets
from domain.product import product_version
from domain.publishing import Cap
from domain.queries_groups import boundary_area, boundary_areas
from domain.receipt_numbers import ReceiptNumbers
from domain.ticket import random_id
from domain.tip_deadline import Deadlines
from locate import kept
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from platform_settings import Account, PlatformSettings
from storage.journal import DiskJournal
from storage.seal import KeySeal
from storage.spare_journal import SpareJournal
from storage.store import MongoStore
from webrtc.ice import CREDENTIAL_SECONDS, Relay, relay_servers

T = TypeVar("T", bound=Named)
# What each process hears of the change feed: it has to read all of it.
API_HEARS = (
    "incidents",
    "people",
    "sessions",
    "presences",
    "media_processes",
    "tips",
    "groups",
    "doorways",
    "notices",
    "deliveries",
)
MEDIA_HEARS = ("incidents",)
WORKER_HEARS = (
    "incidents",
    "people",
    "arrivals",
    "messages",
    "tips",
    "groups",
    "notices",
    "deliveries",
)
# Of a report nothing follows in a room or a chat before somebody does something with it.
OF_KNOWN = ("incidents",)


# Nobody on a line waits for these: calls, reports and callbacks come first when processors are short.
YIELDS = {"worker": 5, "simulator": 10}
BOT_NUMBERS = 10  # receipt numbers reserved at once: reports written in the chat are few
AREAS_AT_ONCE = 10  # large documents: some 20 ms of the embedded store
log = logging.getLogger("jingmin")

meters.REGISTRY.register(DecoderMetrics(pictures.DECODERS, clips.DECODERS))


def build_house(settings: Settings, store: MongoStore, boundaries: Boundaries) -> House:
    """The api's house on a store and a set of boundaries; its picture decoders are started."""
    finder = BoundaryFinder(boundaries)
    spool = settings.data / "uploads"
    spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    pages = Path(__file__).parent / "api" / "static"
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
            deadlines=_deadlines(settings),
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


def journal_of(settings: Settings, name: str, kind: type[T], gather: float = 0.0) -> Journal[T]:
    """What is on this machine's disks of one kind of document."""
    folder = settings.data / name
    if settings.spare_journal is None:
        return DiskJournal(folder, kind, gather)
    return SpareJournal(folder, settings.spare_journal / name, kind, gather)


def _officer_login(settings: Settings) -> str:
    """Where officers log in with WeCom: the door that asks for the corp, or that of the only one."""
    return f"{settings.bot_site}/wechat/officers" if _has_corp(settings) else ""


def _has_corp(settings: Settings) -> bool:
    return any(one.work_corpid for one in _platforms(settings))


def _join_codes(settings: Settings) -> str:
    if not _has_corp(settings):
        return ""
    return _simulator(settings) if settings.demo else "https://wework.qpic.cn"


def _simulator(settings: Settings) -> str:
    return f"http://127.0.0.1:{settings.simulator_port}"


async def keep_boundaries(house: House, boundaries: Boundaries) -> None:
    """Keep this boundary version, name and content hash, in the store, so that old incidents can be read
    on the map of their day. The mark written last says that it is complete."""
    shelf = house.store.boundaries
    version = boundaries.full_version
    mark = f"{version}/complete"
    if await shelf.find(boundary_area(mark), limit=1):
        return
    async for other in shelf.every(boundary_areas("complete")):
        if other.id.startswith(f"{boundaries.version}#"):
            # Another machine's data folder could not know; both are kept and told apart by the hash.
            log.error("%s: the store has this name with another content, %s", version, other.id)

    def read() -> list[BoundaryArea]:
        return [
            BoundaryArea(f"{version}/{id}", version, feature)
            for id, feature in boundaries.documents()
        ]

    areas = await asyncio.to_thread(read)  # a second of a large city's
    for start in range(0, len(areas), AREAS_AT_ONCE):
        await shelf.add_many(areas[start : start + AREAS_AT_ONCE])
        await asyncio.sleep(0.05)  # a new map must not slow down emergency reports
    await shelf.add(BoundaryArea(mark, "complete", {}))


def boundaries_of(settings: Settings) -> Boundaries:
    """``load_boundaries`` of what is configured."""
    return load_boundaries(boundary_file(settings), settings.data)


def boundary_file(settings: Settings) -> Path:
    """The operator's file, or the demo's synthetic city, drawn once into the data folder."""
    if settings.boundaries is not None:
        return settings.boundaries
    path = settings.data / "sample-city.geojson"
    if not path.exists():
        from locate.sample import build

        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = path.with_suffix(".part")
        build(partial)
        partial.rename(path)
    return path


def load_boundaries(path: Path, data: Path) -> Boundaries:
    """The boundary file, checked as a whole the first time it is seen; raises ``boundary_broken``.

    A restart in the middle of a shift must not wait for areas to be compared once more, and what was
    accepted once must start for ever: what was checked is kept in ``data``.
    """
    return kept.load(path, data / "boundaries")


def boundaries_known(path: Path, data: Path) -> bool:
    """Whether ``load_boundaries`` has accepted this very file before."""
    return kept.known(path, data / "boundaries")


def build_bot(settings: Settings, store: MongoStore, boundaries: Boundaries) -> BotHouse:
    """The bot's house: the platforms that are configured, and the seals of identity and content."""
    secret = settings.secret_bytes()
    return BotHouse(
        settings=BotSettings(
            site=settings.site,
            url=settings.bot_site,
            city=settings.city,
            process=f"{socket.gethostname()}:{random_id()}",  # containers have one number, 1
            officials=tuple(_official(one) for one in _platforms(settings) if one.official_appid),
            corps=tuple(_work(one) for one in _platforms(settings) if one.work_corpid),
            demo=settings.demo,
            group_capacity=settings.group_capacity,
            deadlines=_deadlines(settings),
            at_once=settings.worker_at_once or 16,
        ),
        store=store,
        finder=BoundaryFinder(boundaries),
        pictures=pictures.strip,
        clips=clips.playable,
        secret=secret,
        identity=KeySeal(secret, "identity"),
        content=KeySeal(secret, "tip-content"),
        tokens=KeySeal(secret, "tokens"),
        numbers=ReceiptNumbers(store, BOT_NUMBERS),
    )


def _deadlines(settings: Settings) -> Deadlines:
    hour, minute = 3_600_000, 60_000
    return Deadlines(
        int(settings.answer_hours * hour), int(settings.urgent_answer_minutes * minute)
    )


def _platforms(settings: Settings) -> list[PlatformSettings]:
    """The first account's settings, and those of the others."""
    return [settings, *settings.accounts]


def _named(settings: PlatformSettings) -> tuple[str, str]:
    """Name and title; the first has none."""
    return (settings.name, settings.title) if isinstance(settings, Account) else ("", "")


def _official(settings: PlatformSettings) -> OfficialSettings:
    name, title = _named(settings)
    templates = {
        "tip": settings.official_template_tip,
        "incident": settings.official_template_incident,
    }
    subscriptions = {
        "tip": settings.official_subscription_tip,
        "incident": settings.official_subscription_incident,
    }
    return OfficialSettings(
        appid=settings.official_appid,
        secret=settings.official_secret,
        original_id=settings.official_original_id,
        callback=CallbackKeys(
            settings.official_token,
            settings.official_aes_key,
            settings.official_appid,
            settings.official_previous_aes_key,
        ),
        mode=Mode(settings.official_mode),
        sends=settings.official_sends,
        templates={purpose: id for purpose, id in templates.items() if id},
        fields={
            "tip": settings.official_template_tip_fields,
            "incident": settings.official_template_incident_fields,
        },
        subscriptions={purpose: id for purpose, id in subscriptions.items() if id},
        subscription_fields={
            "tip": settings.official_subscription_tip_fields,
            "incident": settings.official_subscription_incident_fields,
        },
        script=settings.wechat_script,
        api=settings.official_api.rstrip("/"),
        open=settings.wechat_open.rstrip("/"),
        mp=settings.wechat_mp.rstrip("/"),
        name=name,
        title=title,
    )


def _work(settings: PlatformSettings) -> WorkSettings:
    name, title = _named(settings)
    return WorkSettings(
        corpid=settings.work_corpid,
        agentid=settings.work_agentid,
        secret=settings.work_secret,
        callback=CallbackKeys(
            settings.work_token,
            settings.work_aes_key,
            settings.work_corpid,
            settings.work_previous_aes_key,
        ),
        contact=CallbackKeys(
            settings.contact_token,
            settings.contact_aes_key,
            settings.work_corpid,
            settings.contact_previous_aes_key,
        ),
        api=settings.work_api.rstrip("/"),
        open=settings.wechat_open.rstrip("/"),
        login=settings.work_login.rstrip("/"),
        login_path=settings.work_login_path,
        name=name,
        title=title,
    )
