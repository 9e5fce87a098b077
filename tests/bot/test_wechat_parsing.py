"""Reading what the platforms send and what somebody else might: fields, or a refusal, never more."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

import aiohttp
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot import document, reader
from bot.document import LIMIT, Fields
from bot.house import BotHouse, CallbackKeys
from bot.parcel import Incoming, Kind, pack, unpack
from bot.wechat import Envelope, signature, text_reply
from domain.arrival import Platform
from domain.errors import BAD_REQUEST, FORBIDDEN, TOO_LARGE, Fault, Refused
from tests.bot.conftest import KEY, OFFICIAL, WORK

HEAD = {
    "ToUserName": "gh_1",
    "FromUserName": "oResident",
    "CreateTime": "1700000000",
    "MsgType": "text",
}
TEXT = {**HEAD, "Content": "hallo", "MsgId": "77"}
EVENT = {**HEAD, "MsgType": "event", "Event": "CLICK", "EventKey": "TIP"}


def xml(fields: Fields) -> str:
    def inside(value: Any) -> str:
        if isinstance(value, dict):
            return "".join(
                f"<{name}>{inside(one)}</{name}>"
                for name, many in value.items()
                for one in (many if isinstance(many, list) else [many])
            )
        return escape(str(value))

    return f"<xml>{inside(fields)}</xml>"


def read(fields: Fields | str, platform: Platform = Platform.OFFICIAL) -> Incoming:
    text = fields if isinstance(fields, str) else xml(fields)
    return reader.incoming(platform, document.read(text.encode()))


def refused(fields: Fields | str, platform: Platform = Platform.OFFICIAL) -> Refused:
    with pytest.raises(Refused) as caught:
        read(fields, platform)
    assert 400 <= caught.value.fault.status < 500
    return caught.value


def outcome(work: Callable[..., Any], *given: Any) -> tuple[Any, Fault | None]:
    """What it gave, or the fault; any other exception fails the test."""
    try:
        return work(*given), None
    except Refused as refusal:
        return None, refusal.fault


# ---- kinds


def test_a_text() -> None:
    one = read({**TEXT, "bizmsgmenuid": "101"})
    assert one == Incoming(
        platform=Platform.OFFICIAL,
        kind=Kind.TEXT,
        sender="oResident",
        receiver="gh_1",
        sent_at=1_700_000_000_000,
        id="77",
        text="hallo",
        menu_id="101",
    )
    assert unpack(pack(one)) == one


@pytest.mark.parametrize("text", ["", " ", "  eingerückt \n", "<b>&amp;", "]]>", "😀", "{}", "0"])
def test_a_text_is_what_was_written(text: str) -> None:
    assert read({**TEXT, "Content": text}).text == text
    if "]]>" not in text:
        written = xml({**TEXT, "Content": "@"}).replace("@", f"<![CDATA[{text}]]>")
        assert read(written).text == text
    assert read(json.dumps({**TEXT, "Content": text, "MsgId": 77})).text == text


def test_pictures_voices_and_films() -> None:
    picture = read(
        {**HEAD, "MsgType": "image", "MediaId": "m", "PicUrl": "https://p/1", "MsgId": 1}
    )
    assert (picture.kind, picture.media_id, picture.url) == (Kind.IMAGE, "m", "https://p/1")
    voice = read(
        {
            **HEAD,
            "MsgType": "voice",
            "MediaId": "m",
            "Format": "amr",
            "Recognition": "救命",
            "MsgId": 1,
        }
    )
    assert (voice.kind, voice.media_id, voice.format, voice.text) == (
        Kind.VOICE,
        "m",
        "amr",
        "救命",
    )
    for kind in ("video", "shortvideo"):
        film = read({**HEAD, "MsgType": kind, "MediaId": "m", "ThumbMediaId": "t", "MsgId": 1})
        assert (film.kind, film.media_id, film.thumb_id) == (Kind.VIDEO, "m", "t")


def test_a_place_is_numbers() -> None:
    one = read(
        {
            **HEAD,
            "MsgType": "location",
            "Location_X": "41.113",
            "Location_Y": "121.0",
            "Scale": 15,
            "Label": "凌河",
            "MsgId": 5,
        }
    )
    assert one.place is not None
    assert (one.place.latitude, one.place.longitude, one.place.label) == (41.113, 121.0, "凌河")
    assert (one.place.precision, one.extra) == (None, {"Scale": "15"})


def test_a_link() -> None:
    one = read(
        {
            **HEAD,
            "MsgType": "link",
            "Title": "中奖",
            "Description": "d",
            "Url": "https://x",
            "MsgId": 1,
        }
    )
    assert (one.kind, one.title, one.description, one.url) == (Kind.LINK, "中奖", "d", "https://x")


def test_an_unknown_kind_is_kept_whole() -> None:
    one = read({**HEAD, "MsgType": "Hologram", "Beam": "x", "Content": "y", "MsgId": 1})
    assert (one.kind, one.id) == (Kind.OTHER, "1")
    assert one.extra == {"MsgType": "hologram", "Beam": "x", "Content": "y"}


def test_events_keep_the_names_the_platform_gave() -> None:
    one = read({**EVENT, "Event": "subscribe", "EventKey": "qrscene_door-7", "Ticket": "gQ"})
    assert (one.event, one.key, one.ticket) == ("subscribe", "qrscene_door-7", "gQ")
    assert read({**EVENT, "Event": "SCAN", "EventKey": "door-7"}).event == "SCAN"
    one = read({**EVENT, "Event": "user_info_modified", "OpenID": "o", "EventKey": ""})
    assert (one.event, one.extra) == ("user_info_modified", {"OpenID": "o"})


def test_places_in_events() -> None:
    shape = {"Latitude": "41.1", "Longitude": 121, "Precision": "30.000000"}
    one = read({**EVENT, "Event": "LOCATION", **shape})
    assert one.place is not None
    assert (one.place.latitude, one.place.longitude, one.place.precision) == (41.1, 121.0, 30.0)
    info = {"Location_X": "41.1", "Location_Y": "121.2", "Scale": "15", "Label": "l", "Poiname": ""}
    one = read({**EVENT, "Event": "location_select", "SendLocationInfo": info})
    assert one.place is not None
    assert (one.place.latitude, one.place.longitude, one.place.label) == (41.1, 121.2, "l")


def test_the_outcome_of_a_template_message() -> None:
    one = read(
        {
            **EVENT,
            "Event": "TEMPLATESENDJOBFINISH",
            "MsgID": 20,
            "Status": "failed:user block",
        }
    )
    assert (one.id, one.message, one.status) == ("", "20", "failed:user block")


@pytest.mark.parametrize("many", [True, False])
def test_a_pressed_card(many: bool) -> None:
    options = ["a", "b"] if many else "a"
    item = {"QuestionKey": "q", "OptionIds": {"OptionId": options}}
    items = [item, {"QuestionKey": "r", "OptionIds": ""}] if many else item
    one = read(
        {
            **EVENT,
            "Event": "template_card_event",
            "EventKey": "take",
            "TaskId": "tip-1",
            "CardType": "button_interaction",
            "ResponseCode": "rc",
            "SelectedItems": {"SelectedItem": items},
            "AgentID": 1000002,
        },
        Platform.WORK,
    )
    assert (one.event, one.key, one.task, one.card) == (
        "template_card_event",
        "take",
        "tip-1",
        "button_interaction",
    )
    assert (one.response_code, one.agent) == ("rc", "1000002")
    assert one.selected == ({"q": ["a", "b"], "r": []} if many else {"q": ["a"]})


def test_a_change_of_a_group() -> None:
    one = read(
        {
            **EVENT,
            "FromUserName": "sys",
            "Event": "change_external_chat",
            "ChatId": "wr1",
            "ChangeType": "update",
            "UpdateDetail": "add_member",
            "JoinScene": 3,
            "MemChangeCnt": 2,
            "MemChangeList": {"Item": ["wm1", "wm2"]},
        },
        Platform.CONTACT,
    )
    assert (one.chat, one.change, one.detail) == ("wr1", "update", "add_member")
    assert one.extra == {
        "JoinScene": "3",
        "MemChangeCnt": "2",
        "MemChangeList": {"Item": ["wm1", "wm2"]},
    }


def test_a_new_customer() -> None:
    one = read(
        {
            **EVENT,
            "FromUserName": "sys",
            "Event": "change_external_contact",
            "ChangeType": "add_external_contact",
            "UserID": "zhang",
            "ExternalUserID": "wm1",
            "State": "poster",
            "WelcomeCode": "wc",
        },
        Platform.CONTACT,
    )
    assert (one.user, one.customer, one.state, one.welcome_code) == ("zhang", "wm1", "poster", "wc")


# ---- what is not as it should be


@pytest.mark.parametrize("name", ["ToUserName", "FromUserName", "CreateTime", "MsgType"])
def test_what_must_be_there(name: str) -> None:
    fields = {key: value for key, value in TEXT.items() if key != name}
    assert refused(fields).fault is BAD_REQUEST
    doubled = {**TEXT, name: [TEXT[name], TEXT[name]]}
    assert refused(doubled).fault is BAD_REQUEST
    nested = {**TEXT, name: {"x": "y"}}
    assert refused(nested).fault is BAD_REQUEST


@pytest.mark.parametrize("name", ["Content", "MsgId"])
def test_what_may_not_come_twice(name: str) -> None:
    assert refused({**TEXT, name: ["1", "2"]}).fault is BAD_REQUEST


@pytest.mark.parametrize(
    "change",
    [
        {"Content": None},
        {"MsgType": "event"},
        {"MsgType": "image"},
        {"MsgType": "location"},
        {"MsgType": "location", "Location_X": "1e9", "Location_Y": "1"},
        {"MsgType": "location", "Location_X": "nan", "Location_Y": "1"},
        {"MsgType": "location", "Location_X": "inf", "Location_Y": "1"},
        {"MsgType": "location", "Location_X": "91", "Location_Y": "1"},
        {"MsgType": "location", "Location_X": "1_0", "Location_Y": "1"},
        {"MsgType": "location", "Location_X": "٣", "Location_Y": "1"},
        {"MsgType": "event", "Event": "LOCATION", "Latitude": "1"},
        {"MsgType": "event", "Event": "x", "SelectedItems": {"SelectedItem": ["a"]}},
        {"MsgType": "event", "Event": "x", "SelectedItems": "a"},
        {"CreateTime": "-1"},
        {"CreateTime": "1.5"},
        {"CreateTime": "9" * 30},
        {"CreateTime": "²"},
        {"FromUserName": "o" * 200},
        {"FromUserName": "  "},
    ],
)
def test_what_cannot_be_meant(change: dict[str, Any]) -> None:
    fields = {name: value for name, value in {**TEXT, **change}.items() if value is not None}
    assert refused(fields).fault is BAD_REQUEST


def test_a_message_without_its_number_is_told_apart_by_what_it_says() -> None:
    bare = {name: value for name, value in TEXT.items() if name != "MsgId"}
    marks = {reader.mark(read({**bare, "Content": text})) for text in ("a", "b", "a")}
    assert len(marks) == 2


# ---- documents


LAUGHS = """<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>
<xml><Content>&b;</Content></xml>"""


@pytest.mark.parametrize(
    "body",
    [
        LAUGHS,
        "<!DOCTYPE xml><xml><a>1</a></xml>",
        '<!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml><a>1</a></xml>',
        '<?xml version="1.0" encoding="latin-1"?><xml><a>&undefined;</a></xml>',
        "<xml><a>1</a>",
        "<xml></xml>",
        "<xml>text</xml>",
        "<html><a>1</a></html>",
        "<xml><a>1</a></xml><xml><a>2</a></xml>",
        "",
        "null",
        "[1]",
        "{",
        '{"a": NaN}',
        '{"a": 1, "a": 2}',
        '{"x": {"a": 1, "a": 2}}',
        "<xml>" + "<a>" * 9 + "1" + "</a>" * 9 + "</xml>",
        '{"a":' * 9 + "1" + "}" * 9,
        '{"a":' + "[" * 30_000 + "]" * 30_000 + "}",
        "<xml><a>" + "9" * 5000,
        '{"a": ' + "9" * 5000 + "}",
    ],
)
def test_documents_that_are_refused(body: str) -> None:
    with pytest.raises(Refused) as caught:
        document.read(body.encode())
    assert caught.value.fault is BAD_REQUEST


def test_what_is_too_large_is_not_read() -> None:
    with pytest.raises(Refused) as caught:
        document.read(b"<xml>" + b" " * LIMIT)
    assert caught.value.fault is TOO_LARGE


def test_what_xml_cannot_hold_does_not_cost_the_message() -> None:
    assert document.read("<xml><a>1\x0b2\x00\ufffe3\t</a></xml>".encode()) == {"a": "123\t"}
    assert document.read(b"\xef\xbb\xbf<xml><a>1</a></xml>") == {"a": "1"}
    assert document.read(b'{"a": "\\ud800\\u0000x"}') == {"a": "?x"}


def test_a_text_cannot_end_its_cdata() -> None:
    evil = "]]></Content><Content>injected<![CDATA["
    rendered = text_reply("gh_1", "oR", evil, 1_700_000_000)
    fields = document.read(rendered.encode())
    assert (fields["Content"], fields["ToUserName"], fields["MsgType"]) == (evil, "oR", "text")
    assert fields["CreateTime"] == "1700000000"


# ---- whatever anybody writes

names = st.sampled_from(
    [*TEXT, *EVENT, "MediaId", "Location_X", "Location_Y", "SelectedItems", "Latitude", "TaskId"]
) | st.text("abcXYZ_", min_size=1, max_size=8)
leaves = st.text(max_size=20) | st.sampled_from(["event", "text", "location", "image", "1", "-0.5"])
trees: st.SearchStrategy[Any] = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3)
)
platforms = st.sampled_from(list(Platform))


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(names, trees, max_size=10), platforms)
def test_any_json_is_read_or_refused(fields: dict[str, Any], platform: Platform) -> None:
    for whole in (fields, {**TEXT, **fields}, {**EVENT, **fields}):
        one, fault = outcome(read, json.dumps(whole), platform)
        if fault is not None:
            assert fault.status in (400, 413)
        else:
            assert unpack(pack(one)) == one
            assert len(reader.mark(one)) == 40


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300) | st.text("<>/xml![]CDAT&;abc \"'=", max_size=60).map(str.encode))
@example(b"<xml>\xff</xml>")
@example(b"<xml xmlns:a='b'><a:b>1</a:b></xml>")
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for body in (data, b"<xml>" + data + b"</xml>", b'{"a":' + data + b"}"):
        _, fault = outcome(document.read, body)
        assert fault is None or fault.status in (400, 413)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_what_is_sealed_is_opened(text: str) -> None:
    envelope = Envelope(OFFICIAL)
    assert envelope.open(envelope.seal(text)).text == text.encode("utf-8", "replace").decode()


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=120), st.integers(0, 120), st.integers(0, 255))
def test_a_damaged_ciphertext_is_refused(noise: bytes, at: int, change: int) -> None:
    envelope = Envelope(OFFICIAL)
    good = base64.b64decode(envelope.seal("<xml/>" * 9))
    flipped = bytearray(good)
    flipped[at % len(good)] ^= change or 1
    for damaged in (noise, good[:at], good + noise[:16], bytes(flipped)):
        text = base64.b64encode(damaged).decode()
        if text == base64.b64encode(good).decode():
            continue
        opened, fault = outcome(envelope.open, text)
        if fault is not None:
            assert fault in (BAD_REQUEST, FORBIDDEN)
        else:
            # CBC: a flip in the sixteen random bytes or the text is the signature's to find.
            assert len(damaged) == len(good)
            assert opened.key


@pytest.mark.parametrize(
    "plain",
    [
        b"",
        b"\x00" * 32,
        b"r" * 31 + b"\x01",
        b"r" * 16 + b"\xff\xff\xff\xff" + b"x" * 11 + b"\x01",
        b"r" * 16 + b"\x00\x00\x00\x01x" + OFFICIAL.receiver.encode() + b"\x1b" * 8 + b"\x00",
        b"r" * 16 + b"\x00\x00\x00\x01x" + b"wx_somebody" + b"\x20" * 32,
        b"r" * 16 + b"\x00\x00\x00\x01\xff" + OFFICIAL.receiver.encode() + b"\x09" * 9,
        b"\x21" * 48,
        # Whole but for the padding: longer than a block, not all the same.
        b"r" * 16 + b"\x00\x00\x00\x01x" + OFFICIAL.receiver.encode() + b"\x29" * 41,
        b"r" * 16 + b"\x00\x00\x00\x01x" + OFFICIAL.receiver.encode() + b"z" * 8 + b"\x09",
    ],
)
def test_what_is_inside_must_be_whole(plain: bytes) -> None:
    from wechatpy.crypto.base import WeChatCipher

    padded = plain[: len(plain) - len(plain) % 16]
    cipher = WeChatCipher(base64.b64decode(KEY + "="))
    sealed = base64.b64encode(cipher.encrypt(padded)).decode()
    with pytest.raises(Refused) as caught:
        Envelope(OFFICIAL).open(sealed)
    assert caught.value.fault in (BAD_REQUEST, FORBIDDEN)


def test_a_key_of_the_wrong_length_stops_the_start() -> None:
    with pytest.raises(ValueError, match="43 characters"):
        Envelope(CallbackKeys("t", "short", "wx"))


# ---- through the door


@pytest.mark.parametrize("door", ["official", "work"])
async def test_no_body_makes_the_bot_fail_or_write(
    house: BotHouse, bot_url: str, http: aiohttp.ClientSession, door: str
) -> None:
    keys = OFFICIAL if door == "official" else WORK
    envelope = Envelope(keys)
    stamp = str(house.clock() // 1000)

    async def send(body: bytes, cipher: str = "", **headers: str) -> int:
        query = {
            "timestamp": stamp,
            "nonce": "n",
            "encrypt_type": "aes",
            "signature": signature(keys.token, stamp, "n"),
            "msg_signature": signature(keys.token, stamp, "n", cipher),
        }
        async with http.post(
            f"{bot_url}/wechat/{door}", params=query, data=body, headers=headers
        ) as response:
            return response.status

    def outer(cipher: str) -> bytes:
        return f"<xml><ToUserName>x</ToUserName><Encrypt>{cipher}</Encrypt></xml>".encode()

    good = envelope.seal(xml(TEXT))
    statuses = [
        await send(b""),
        await send(LAUGHS.encode()),
        await send(b"\xff\xfe<xml>"),
        await send(b"<xml><Encrypt>1</Encrypt><Encrypt>2</Encrypt></xml>"),
        await send(b"<xml><Encrypt><a>1</a></Encrypt></xml>"),
        await send(b"<xml><ToUserName>x</ToUserName></xml>"),
        await send(outer("&#20013;"), "中"),
        await send(b"<xml><Encrypt>" + b"A" * 70_000, "A"),
        *[await send(outer(good[:size]), good[:size]) for size in range(0, len(good), 7)],
    ]
    sealed = ["", "\x00", "{", "<xml>", xml(HEAD), LAUGHS, json.dumps([1]), "<xml/>"]
    for cipher in map(envelope.seal, sealed):
        statuses.append(await send(outer(cipher), cipher))
    assert all(400 <= one < 500 for one in statuses), statuses
    # No platform compresses.
    last = {"Content-Encoding": "gzip", "Connection": "close"}
    assert await send(b"not gzip", **last) == 400
    packed = gzip.compress(outer(good))
    assert await send(packed, good, **{"Content-Encoding": "gzip"}) == 400
    assert await house.store.arrivals.find() == []
    # And the same door takes what is whole.
    assert await send(outer(good), good) == 200
    assert len(await house.store.arrivals.find()) == 1


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    query=st.dictionaries(
        st.sampled_from(["timestamp", "nonce", "signature", "msg_signature", "echostr", "x"]),
        st.text(max_size=12),
    ),
    body=st.binary(max_size=60),
)
async def test_no_query_makes_the_bot_fail(
    house: BotHouse, bot_url: str, query: dict[str, str], body: bytes
) -> None:
    stamp = str(house.clock() // 1000)
    async with aiohttp.ClientSession() as http:
        for door in ("official", "work", "contact"):
            for params in (query, {**query, "timestamp": stamp}):
                url = f"{bot_url}/wechat/{door}"
                async with http.post(url, params=params, data=body) as response:
                    assert 400 <= response.status < 500
                async with http.get(url, params=params) as response:
                    assert 400 <= response.status < 500


@pytest.mark.parametrize("query", ["nonce=%ff%fe", "timestamp=1&timestamp=2", "%", "a=%zz&;;&=&&"])
async def test_a_broken_query_is_refused(
    bot_url: str, http: aiohttp.ClientSession, query: str
) -> None:
    from yarl import URL

    url = URL(f"{bot_url}/wechat/official?{query}", encoded=True)
    async with http.get(url) as response:
        assert 400 <= response.status < 500
