"""Tokens and limits: superseded, expired, taken back, counted, refused by address."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.conftest import OA, WORK, Stage

APPID = "wx0123456789abcdef"


async def works(stage: Stage, token: str) -> int:
    answer = await stage.get(OA + "/cgi-bin/user/info", access_token=token, openid="o")
    # An unknown openid is refused only after the token was good.
    return 0 if answer["errcode"] == 40003 else int(answer["errcode"])


async def test_a_new_token_ends_the_one_before_after_five_minutes(stage: Stage) -> None:
    first, second = await stage.token(), await stage.token()
    assert first != second
    assert [await works(stage, one) for one in (first, second)] == [0, 0]
    await stage.advance(301)
    assert [await works(stage, one) for one in (first, second)] == [40001, 0]


async def test_a_third_token_does_not_revive_the_first(stage: Stage) -> None:
    first = await stage.token()
    await stage.advance(100)
    await stage.token()
    await stage.advance(290)
    await stage.token()
    assert await works(stage, first) == 0
    await stage.advance(11)
    assert await works(stage, first) == 40001


async def test_expired_garbage_and_missing(stage: Stage) -> None:
    token = await stage.token()
    await stage.advance(7190)
    assert await works(stage, token) == 0
    await stage.advance(11)
    assert await works(stage, token) == 42001
    assert await works(stage, "garbage") == 40014
    assert (await stage.get(OA + "/cgi-bin/user/info"))["errcode"] == 41001
    # The corp's token is garbage here.
    assert await works(stage, await stage.work_token()) == 40014


async def test_credentials(stage: Stage) -> None:
    async def ask(**query: str) -> Any:
        good = {"grant_type": "client_credential", "appid": APPID, "secret": "oa-secret"}
        return (await stage.get(OA + "/cgi-bin/token", **{**good, **query})).get("errcode")

    assert await ask() is None
    assert await ask(grant_type="x") == 40002
    assert await ask(appid="x") == 40013
    assert await ask(secret="x") == 40125


async def test_2000_tokens_a_day(stage: Stage) -> None:
    await stage.sim("settings", token_daily=3)
    for _ in range(3):
        await stage.token()
    query = {"grant_type": "client_credential", "appid": APPID, "secret": "oa-secret"}
    assert (await stage.get(OA + "/cgi-bin/token", **query))["errcode"] == 45009
    await stage.advance(86400)
    assert "access_token" in await stage.get(OA + "/cgi-bin/token", **query)


async def test_the_stable_token_is_the_same_until_five_minutes_before_its_end(stage: Stage) -> None:
    first = await stage.stable()
    assert (first["expires_in"], first["access_token"]) == (
        7200,
        (await stage.stable())["access_token"],
    )
    # It is a line of its own: the ordinary token does not end it.
    await stage.token()
    await stage.token()
    await stage.advance(6800)
    again = await stage.stable()
    assert again["access_token"] == first["access_token"]
    assert 300 <= again["expires_in"] <= 400
    await stage.advance(110)
    renewed = await stage.stable()
    assert renewed["access_token"] != first["access_token"]
    assert await works(stage, first["access_token"]) == 0
    await stage.advance(300)
    assert await works(stage, first["access_token"]) == 42001
    assert await works(stage, renewed["access_token"]) == 0


async def test_forced_refresh_has_limits_and_ends_the_old_token(stage: Stage) -> None:
    first = (await stage.stable())["access_token"]
    second = (await stage.stable(force=True))["access_token"]
    assert (await works(stage, first), await works(stage, second)) == (40001, 0)
    assert (await stage.stable(force=True))["errcode"] == 45011
    for _ in range(19):
        await stage.advance(31)
        assert "access_token" in await stage.stable(force=True)
    await stage.advance(31)
    assert (await stage.stable(force=True))["errcode"] == 45009


async def test_early_revocation(stage: Stage) -> None:
    token = (await stage.stable())["access_token"]
    assert (await stage.sim("tokens/revoke"))["revoked"] == 1
    assert await works(stage, token) == 40001
    assert await works(stage, (await stage.stable())["access_token"]) == 0


async def test_the_corp_has_one_token_per_app(stage: Stage) -> None:
    first = await stage.work_token()
    assert first == await stage.work_token()
    other = await stage.work_token("other-secret")
    assert other != first
    answer = await stage.get(WORK + "gettoken", corpid="ww0123456789abcdef", corpsecret="x")
    assert answer["errcode"] == 40001
    answer = await stage.get(WORK + "gettoken", corpid="x", corpsecret="app-secret")
    assert answer["errcode"] == 40013
    body = {"touser": "zhang", "msgtype": "text", "agentid": 1000002, "text": {"content": "x"}}
    wrong = await stage.post(WORK + "message/send", body, access_token=other)
    assert wrong["errcode"] == 301002
    assert (await stage.post(WORK + "message/send", body, access_token="x"))["errcode"] == 40014
    await stage.advance(7201)
    assert (await stage.post(WORK + "message/send", body, access_token=first))["errcode"] == 42001
    assert await stage.work_token() != first


async def knows(stage: Stage, token: str) -> int:
    answer = await stage.get(WORK + "user/get", access_token=token, userid="zhang")
    return int(answer["errcode"])


async def test_rates_of_the_corp_block_for_their_span(stage: Stage) -> None:
    await stage.sim("settings", per_minute=5)
    token = await stage.work_token()
    codes = [await knows(stage, token) for _ in range(7)]
    assert codes == [0, 0, 0, 0, 0, 45009, 45009]
    # Another API is not blocked, and neither is the account.
    body = {"touser": "zhang", "msgtype": "text", "agentid": 1000002, "text": {"content": "x"}}
    assert (await stage.work("message/send", body))["errcode"] == 0
    assert await works(stage, await stage.token()) == 0
    await stage.advance(50)
    assert await knows(stage, token) == 45009
    await stage.advance(11)
    assert await knows(stage, token) == 0


async def test_an_hour_blocks_for_an_hour(stage: Stage) -> None:
    await stage.sim("settings", per_hour=3)
    token = await stage.work_token()
    assert [await knows(stage, token) for _ in range(4)] == [0, 0, 0, 45009]
    await stage.advance(3500)
    assert await knows(stage, token) == 45009
    await stage.advance(101)
    assert await knows(stage, token) == 0


async def test_too_often_in_a_minute_for_the_account(stage: Stage) -> None:
    await stage.sim("settings", oa_per_minute=2)
    token = await stage.token()
    assert [await works(stage, token) for _ in range(3)] == [0, 0, 45011]
    await stage.advance(61)
    assert await works(stage, token) == 0


async def test_clear_quota_ten_times_a_month(stage: Stage) -> None:
    await stage.sim("settings", token_daily=1)
    await stage.token()
    query = {"grant_type": "client_credential", "appid": APPID, "secret": "oa-secret"}
    assert (await stage.get(OA + "/cgi-bin/token", **query))["errcode"] == 45009
    codes = [(await stage.oa("clear_quota", {"appid": APPID}))["errcode"] for _ in range(11)]
    assert codes == [0] * 10 + [48006]
    assert "access_token" in await stage.get(OA + "/cgi-bin/token", **query)
    await stage.advance(32 * 86400)
    assert (await stage.oa("clear_quota", {"appid": APPID}))["errcode"] == 0


async def test_answers_look_like_the_platforms(stage: Stage) -> None:
    response = await stage.client.get(OA + "/cgi-bin/user/info")
    assert (response.status, response.content_type) == (200, "text/plain")
    answer = await response.json(content_type=None)
    assert answer["errmsg"].rpartition(" rid: ")[1]
    response = await stage.client.get(WORK + "user/get")
    assert (response.status, response.content_type) == (200, "application/json")
    assert "rid: " in (await response.json())["errmsg"]


@pytest.mark.parametrize(("raw", "code"), [(b"", 44002), (b"{", 47001), (b"[]", 47001)])
async def test_broken_bodies(stage: Stage, raw: bytes, code: int) -> None:
    token = await stage.token()
    path = f"{OA}/cgi-bin/message/custom/send?access_token={token}"
    response = await stage.client.post(path, data=raw)
    assert (await response.json(content_type=None))["errcode"] == code


async def test_address_lists(stage: Stage) -> None:
    token = await stage.work_token()
    await stage.sim("settings", oa_addresses=["192.0.2.1"], wecom_addresses=["192.0.2.1"])
    query = {"grant_type": "client_credential", "appid": APPID, "secret": "oa-secret"}
    assert (await stage.get(OA + "/cgi-bin/token", **query))["errcode"] == 40164
    assert (await stage.stable())["errcode"] == 40164
    answer = await stage.get(WORK + "user/get", access_token=token, userid="zhang")
    assert answer["errcode"] == 60020
    await stage.sim("settings", oa_addresses=["127.0.0.1"], wecom_addresses=["127.0.0.1"])
    assert "access_token" in await stage.get(OA + "/cgi-bin/token", **query)
    answer = await stage.get(WORK + "user/get", access_token=token, userid="zhang")
    assert answer["errcode"] == 0
