"""What the account may know of its followers: no names."""

from __future__ import annotations

from typing import Any

from simulator.calls import Answer, Call, Registry
from simulator.people import Resident
from simulator.refusal import Refusal
from simulator.world import World


def register(api: Registry) -> None:
    api.add("GET", "/cgi-bin/user/info", info)
    api.add("GET", "/cgi-bin/user/get", get)


def shown(world: World, one: Resident) -> dict[str, Any]:
    answer: dict[str, Any] = {"subscribe": int(one.following), "openid": one.openid}
    if one.following:
        answer.update(
            subscribe_time=one.followed_at,
            remark="",
            groupid=0,
            tagid_list=[],
            subscribe_scene=one.subscribe_scene,
            qr_scene=one.qr_scene,
            qr_scene_str=one.qr_scene_str,
        )
        if world.settings.unionid_bound:
            answer["unionid"] = one.unionid
    return answer


def info(world: World, call: Call) -> Answer:
    one = world.state.residents.get(call.query.get("openid", ""))
    if one is None:
        raise Refusal(40003)
    return shown(world, one)


def get(world: World, call: Call) -> Answer:
    everyone = [one.openid for one in world.state.residents.values() if one.following]
    after = call.query.get("next_openid", "")
    start = everyone.index(after) + 1 if after in everyone else 0
    page = everyone[start : start + 10_000]
    answer: dict[str, Any] = {"total": len(everyone), "count": len(page)}
    if page:
        answer["data"] = {"openid": page}
    return {**answer, "next_openid": page[-1] if page else ""}
