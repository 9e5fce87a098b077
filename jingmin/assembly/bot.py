"""The bot's house: the platforms that are configured, on one store, one secret, one map."""

from __future__ import annotations

import socket

import clips
import pictures
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
from domain.receipt_numbers import ReceiptNumbers
from domain.ticket import random_id
from domain.tip_deadline import Deadlines
from locate.boundaries import Boundaries
from locate.finder import BoundaryFinder
from platform_settings import Account, PlatformSettings
from storage.seal import KeySeal
from storage.store import MongoStore

BOT_NUMBERS = 10  # receipt numbers reserved at once: reports written in the chat are few

meters.REGISTRY.register(DecoderMetrics(pictures.DECODERS, clips.DECODERS))


def build_bot(settings: Settings, store: MongoStore, boundaries: Boundaries) -> BotHouse:
    """The bot's house: the platforms that are configured, and the seals of identity and content."""
    secret = settings.secret_bytes()
    return BotHouse(
        settings=BotSettings(
            site=settings.site,
            url=settings.bot_site,
            city=settings.city,
            process=f"{socket.gethostname()}:{random_id()}",  # containers have one number, 1
            officials=tuple(_official(one) for one in settings.platforms if one.official_appid),
            corps=tuple(_work(one) for one in settings.platforms if one.work_corpid),
            demo=settings.demo,
            group_capacity=settings.group_capacity,
            deadlines=Deadlines.of(settings.answer_hours, settings.urgent_answer_minutes),
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
