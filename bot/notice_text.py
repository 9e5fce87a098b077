"""What a notice looks like in a group and in a message of the Official Account."""

from __future__ import annotations

from typing import Any

from bot.house import BotHouse
from domain.delivery import marker
from domain.errors import NotFound
from domain.notice import Delivery, Notice

TEXT_BYTES, TITLE_BYTES, DESC_BYTES = 4_000, 128, 512  # document/path/92135
MESSAGE_BYTES = 1_700  # of 2,048 that the Official Account takes


def headline(notice: Notice) -> str:
    """The title with what kind of notice it is."""
    kind = "更正" if notice.corrects else "紧急通告" if notice.urgent else "通告"
    return f"【{kind}】{notice.title}"


def group_text(notice: Notice, station: str) -> str:
    """The words in the group."""
    return _cut(f"{headline(notice)}\n\n{notice.text}\n\n{station}", TEXT_BYTES)


def group_link(notice: Notice, delivery: Delivery, station: str, site: str) -> dict[str, Any]:
    """The card under the words: the notice's own page, which always says whether it still holds.
    Its address carries the delivery's marker."""
    title, desc = card_words(notice, station)
    url = f"{page(notice, site)}?d={marker(delivery)}"
    return {"msgtype": "link", "link": {"title": title, "desc": desc, "url": url}}


def card_words(notice: Notice, station: str) -> tuple[str, str]:
    """Title and description of that card."""
    says = f"{station} · 点开核对是否仍然有效 · 编号 {notice.number}"
    return _cut(headline(notice), TITLE_BYTES), _cut(says, DESC_BYTES)


def follower_text(notice: Notice, station: str, site: str) -> str:
    """The words for somebody who follows the account."""
    link = f'<a href="{page(notice, site)}">点此核对是否仍然有效</a>'
    return f"{_cut(group_text(notice, station), MESSAGE_BYTES)}\n{link}"


def page(notice: Notice, site: str) -> str:
    return f"{site}/n/{notice.number}"


def _cut(text: str, limit: int) -> str:
    data = text.encode("utf-8", "replace")
    if len(data) <= limit:
        return data.decode()
    return data[: limit - 3].decode("utf-8", "ignore") + "…"


def station_name(house: BotHouse, notice: Notice) -> str:
    """Who speaks."""
    if notice.station is None:
        return f"{house.settings.city}公安局"
    try:
        return house.finder.station(notice.station).name
    except NotFound:
        return f"{house.settings.city}公安局"
