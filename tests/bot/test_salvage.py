"""What somebody wrote is never lost because a platform did not escape it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot import document, reader
from bot.house import BotHouse, Mode
from bot.parcel import Incoming, Kind
from domain.arrival import Platform
from domain.errors import Refused
from tests.bot.conftest import Sim
from tests.bot.street import until
from tests.bot.test_callbacks import Knock, arrived, in_mode, knock

__all__ = ["in_mode", "knock"]


def raw(content: str, **more: str) -> str:
    """A text message as it comes when nothing is escaped."""
    fields = {
        "ToUserName": "gh_1",
        "FromUserName": "oResident",
        "MsgType": "text",
        "Content": content,
        **more,
    }
    inside = "".join(f"<{name}><![CDATA[{text}]]></{name}>" for name, text in fields.items())
    return f"<xml>{inside}<CreateTime>1700000000</CreateTime><MsgId>77</MsgId></xml>"


def read(text: str) -> Incoming:
    return reader.incoming(Platform.OFFICIAL, document.read(text.encode()))


@pytest.mark.parametrize(
    "content",
    [
        "救命]]>有人拿刀",
        "救命]]>",
        "]]>救命",
        "a]]></Content>救命",
        "if (a[b[0]]>1) 救命 && x<3",
        "救命]]><b>有人</b><![CDATA[拿刀",
        "]]></Content><Recognition><![CDATA[救命",
        "]]></Content><Event>救命</Event>",
        "]]></xml>救命",
        "救命 &#2; 快来",
    ],
)
def test_what_is_not_escaped_is_read_as_it_was_written(content: str) -> None:
    one = read(raw(content))
    assert (one.text, one.sender, one.id, one.event) == (content, "oResident", "77", "")


def test_characters_that_xml_cannot_hold_are_left_out() -> None:
    whole = raw("x").replace("<![CDATA[x]]>", "救命&#2;&#x1F;&nbsp;&lt;3 &amp; 快\x02来")
    assert read(whole).text == "救命\xa0<3 & 快来"


def test_other_words_are_kept_as_well() -> None:
    link = raw("", Title="a]]>b", Description="</Title>]]>c", Url="http://x/?a=1]]>&b")
    one = read(link.replace("[CDATA[text]", "[CDATA[link]"))
    assert one.kind is Kind.LINK
    assert "a]]>b" in one.title
    assert one.url == "http://x/?a=1]]>&b"
    picked = (
        "<xml><ToUserName>gh_1</ToUserName><FromUserName>oR</FromUserName><MsgType>event</MsgType>"
        "<CreateTime>1</CreateTime><Event>location_select</Event><SendLocationInfo>"
        "<Location_X>41.5</Location_X><Location_Y>121.5</Location_Y>"
        "<Label><![CDATA[东门]]>外</SendLocationInfo>]]></Label></SendLocationInfo></xml>"
    )
    place = read(picked).place
    assert place is not None
    assert (place.latitude, place.label) == (41.5, "东门]]>外</SendLocationInfo>")


@pytest.mark.parametrize("name", ["FromUserName", "MsgId", "MsgType", "CreateTime"])
def test_nobody_writes_a_field_of_the_platform(name: str) -> None:
    evil = f"]]></Content><{name}>other</{name}><Content>"
    one = read(raw(evil + "]]> "))
    assert (one.text, one.sender, one.id) == (evil + "]]> ", "oResident", "77")


def test_a_field_that_comes_twice_is_refused() -> None:
    twice = raw("救命]]>").replace("<MsgId>", "<FromUserName>oOther</FromUserName><MsgId>")
    with pytest.raises(Refused):
        read(twice)


PIECES = st.sampled_from(
    [
        *("]]>", "<![CDATA[", "</Content>", "<Content>", "<b>", "</b>", "&#2;", "&", "<", ">"),
        *("</xml>", "<xml>", "<MsgId>9</MsgId>", "<FromUserName>oOther</FromUserName>", "救命"),
        *("<Title>", "</Title>", "<EventKey>", "<!DOCTYPE a>", "<?a?>", "<!--", "-->", "\x02", " "),
    ]
)


@settings(max_examples=500, deadline=None)
@given(st.lists(PIECES, max_size=8).map("".join))
@example("]]><b></b><![CDATA[")
def test_no_words_lose_a_message_but_by_doubling_a_field(content: str) -> None:
    doubles = "</Content>" in content and "<Content>" in content
    try:
        one = read(raw(content))
    except Refused:
        assert doubles
        return
    assert (one.sender, one.id, one.kind) == ("oResident", "77", Kind.TEXT)
    if "]]>" not in content and "\x02" not in content:
        assert one.text == content


@settings(max_examples=300, deadline=None)
@given(st.text("<>/xml![]CDAT&;abc Content", max_size=80))
def test_any_frame_is_read_or_refused(inside: str) -> None:
    for text in (f"<xml>{inside}</xml>", f"<xml><a>&</a>{inside}</xml>"):
        try:
            found: Any = document.read(text.encode())
        except Refused:
            continue
        assert isinstance(found, dict)


async def test_a_cry_that_is_not_escaped_arrives_and_is_answered(
    in_mode: Any, house: BotHouse
) -> None:
    cry = raw("救命]]>有人要杀我 &#2;").replace("1700000000", str(house.clock() // 1000))
    plain = await in_mode(Mode.PLAIN)
    status, answer = await plain.post(plain.plain(), cry)
    assert status == 200
    assert "tel:110" in answer
    safe = await in_mode(Mode.COMPATIBLE)
    query, sealed = safe.sealed(cry.replace("<MsgId>77", "<MsgId>78"))
    both = cry.removesuffix("</xml>") + sealed.partition("<ToUserName>x</ToUserName>")[2]
    status, answer = await safe.post(query, both)
    assert status == 200
    assert "Encrypt" in answer
    texts = [one.text for _, one in await arrived(house)]
    assert texts == ["救命]]>有人要杀我 &#2;"] * 2


async def test_the_simulated_phone_may_leave_it_unescaped(
    sim: Sim, house: BotHouse, knock: Knock
) -> None:
    await sim.post("settings", escapes_words=False)
    openid = await sim.resident()
    await sim.post(f"residents/{openid}/text", content="三号楼 a[b[0]]>1", wait=True)

    async def there() -> bool:
        return "三号楼 a[b[0]]>1" in [one.text for _, one in await arrived(house)]

    await until(there)
