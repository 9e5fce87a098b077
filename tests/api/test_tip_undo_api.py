"""What one press did to a tip can be undone, and what became of it can be followed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain.tip import add
from tests.api.conftest import Site
from tests.api.test_tips_api import MIDDAY, SECRET_WORDS, a_tip, logged_in, officer


def says(event: str, text: str = "说明") -> dict[str, str]:
    return {"key": f"{event}-key-{text}", "event": event, "text": text}


@pytest.mark.parametrize(("over", "state"), [("close", "CLOSED"), ("reject", "REJECTED")])
async def test_what_is_over_is_added_to_and_opened_again_by_the_police(
    site: Site, over: str, state: str
) -> None:
    tip, path = await a_tip(site), ""
    await officer(site, "wang")
    await officer(site, "zhao")
    await officer(site, "li", "e1")
    wang, zhao, far = [await logged_in(site, login) for login in ("wang", "zhao", "li")]
    path = f"/tips/{tip.id}"
    await site.ask(wang, "POST", f"{path}/take")
    for event in ("supplement", "reopen"):
        await site.ask(wang, "POST", f"{path}/reply", says(event), status=409)
    await site.ask(wang, "POST", f"{path}/reply", says(over))
    for _ in range(2):
        thread = await site.ask(zhao, "POST", f"{path}/reply", says("supplement", "补充一句"))
    assert (thread["tip"]["state"], thread["tip"]["next"]) == (state, "over")
    await site.ask(far, "POST", f"{path}/reply", says("reopen"), status=404)
    for _ in range(2):
        thread = await site.ask(zhao, "POST", f"{path}/reply", says("reopen", "弄错了"))
    it = thread["tip"]
    assert (it["state"], it["next"], it["officer_name"]) == ("ASSIGNED", "answer", "zhao 民警")
    assert (it["closed_at"], it["reopened"]) == (None, 0)  # that is what residents say
    said = [one["what"] for one in thread["entries"] if one["text"]][1:]
    assert said == [f"tip.{state.lower()}", "tip.supplemented", "tip.reopened"]
    thread = await site.ask(zhao, "POST", f"{path}/reply", says("answer"))
    assert thread["tip"]["next"] == "close"


@pytest.mark.parametrize("taken", [True, False])
async def test_a_wrong_hand_over_is_called_back_while_nobody_took_it(
    site: Site, taken: bool
) -> None:
    tip = await a_tip(site, community="w1-c1", community_name="南街社区", called=["x"])
    wang = await officer(site, "wang")
    await officer(site, "zhao")
    await officer(site, "sun", "e1")
    mine, colleague, other = [await logged_in(site, one) for one in ("wang", "zhao", "sun")]
    if taken:
        await site.ask(mine, "POST", f"/tips/{tip.id}/take")
    await site.ask(mine, "DELETE", f"/tips/{tip.id}/hand-over", status=404)
    await site.ask(mine, "POST", f"/tips/{tip.id}/hand-over", {"station": "e1"})
    await add(site.house.store, tip.id, "key-2", "message", {"text": "x"}, MIDDAY)
    handed = await site.ask(mine, "GET", "/tips/handed")
    assert [(one["number"], one["station"]) for one in handed["tips"]] == [(tip.number, "e1")]
    assert SECRET_WORDS not in json.dumps(handed)
    assert (await site.ask(colleague, "GET", "/tips/handed"))["tips"] == []
    for client in (colleague, other):
        await site.ask(client, "DELETE", f"/tips/{tip.id}/hand-over", status=404)
    view = await site.ask(mine, "DELETE", f"/tips/{tip.id}/hand-over")
    assert (view["station"], view["community_name"], view["called"]) == ("w1", "南街社区", ["x"])
    assert view["officer"] == (wang.id if taken else None)
    assert (await site.ask(mine, "GET", "/tips/handed"))["tips"] == []
    await site.ask(other, "GET", f"/tips/{tip.id}", status=404)
    it = await site.house.store.tips.get(tip.id)
    assert (it.log.entries[-1].what, it.log.entries[-1].data["before"]) == ("tip.called_back", "e1")


async def test_what_was_taken_there_is_not_called_back(site: Site) -> None:
    tip = await a_tip(site)
    await officer(site, "wang")
    await officer(site, "sun", "e1")
    mine, other = await logged_in(site, "wang"), await logged_in(site, "sun")
    await site.ask(mine, "POST", f"/tips/{tip.id}/hand-over", {"station": "e1"})
    await site.ask(other, "POST", f"/tips/{tip.id}/take")
    assert (await site.ask(mine, "GET", "/tips/handed"))["tips"] == []
    refused = await site.ask(mine, "DELETE", f"/tips/{tip.id}/hand-over", status=409)
    assert refused["code"] == "taken"
    assert (await site.house.store.tips.get(tip.id)).station == "e1"


async def test_who_passed_it_to_110_sees_how_it_stands_and_nothing_else(site: Site) -> None:
    tip = await a_tip(site)
    await officer(site, "wang")
    client, desk = await logged_in(site, "wang"), await site.staff("desk1")
    thread: dict[str, Any] = await site.ask(client, "GET", f"/tips/{tip.id}")
    assert thread["followed"] is None
    thread = await site.ask(client, "POST", f"/tips/{tip.id}/incident", {})
    number = thread["followed"]["number"]
    assert number.startswith("0110-")
    assert thread["followed"]["state"] == "RAISED"
    incident = f"/incidents/{thread['tip']['incident']}"
    await site.ask(desk, "POST", f"{incident}/answer")
    await site.ask(desk, "POST", f"{incident}/messages", {"key": "desk-key-1", "text": "内部的话"})
    thread = await site.ask(client, "GET", f"/tips/{tip.id}")
    assert thread["followed"]["state"] == "ANSWERED"
    assert set(thread["followed"]) == {"number", "state", "raised_at", "closed_at"}
    assert "内部的话" not in json.dumps(thread)
    await site.ask(client, "GET", incident, status=403)
