"""Reading customer groups, and who sits in them."""

from __future__ import annotations

from typing import Any

from simulator.calls import Answer, Call, Registry
from simulator.groups import Group, Past, Seat
from simulator.refusal import Refusal
from simulator.world import World

ROOT = "/cgi-bin/externalcontact/"


def register(api: Registry) -> None:
    api.add("POST", ROOT + "groupchat/list", list_groups, contact=True)
    api.add("POST", ROOT + "groupchat/get", get, contact=True)


def before_change(world: World, group: Group) -> None:
    """Keep how the group looks for readers that lag behind; call before every change."""
    group.version += 1
    world.changed()
    lag = world.settings.group_lag_s
    if lag <= 0:
        return
    now = world.clock.now()
    if group.past and now < group.past.until:
        group.past.until = now + lag
        return
    group.past = Past(
        until=now + lag,
        name=group.name,
        owner=group.owner,
        notice=group.notice,
        seats=group.everybody(),
    )


def list_groups(world: World, call: Call) -> Answer:
    filters = call.data.get("owner_filter") or {}
    owners = [str(one).lower() for one in filters.get("userid_list") or []]
    limit = call.data.get("limit")
    if not isinstance(limit, int) or not 1 <= limit <= 1000:
        raise Refusal(40058, "limit must be 1 to 1000")
    if len(owners) > 100:
        raise Refusal(40058, "too many userids")
    if not owners:
        inside = sum(one.visible and not one.left for one in world.state.members.values())
        if inside > world.settings.scope_limit:
            raise Refusal(81017)
        groups = list(world.state.groups.values())
    else:
        groups = [group for owner in dict.fromkeys(owners) for group in world.groups_of(owner)]
    wanted = call.data.get("status_filter", 0)
    groups = [one for one in groups if not one.dismissed and (not wanted or one.status == wanted)]
    cursor = call.data.get("cursor") or "0"
    if not isinstance(cursor, str) or not cursor.isdigit():
        raise Refusal(40058, "invalid cursor")
    start = int(cursor)
    page = groups[start : start + limit]
    answer: dict[str, Any] = {
        "errcode": 0,
        "errmsg": "ok",
        "group_chat_list": [{"chat_id": one.chat_id, "status": one.status} for one in page],
    }
    if start + limit < len(groups):
        answer["next_cursor"] = str(start + limit)
    return answer


def find(world: World, chat_id: object) -> Group:
    if not chat_id:
        raise Refusal(86003)
    group = world.state.groups.get(chat_id) if isinstance(chat_id, str) else None
    if group is None:
        raise Refusal(90501)
    if group.dismissed:
        raise Refusal(49008)
    return group


def get(world: World, call: Call) -> Answer:
    group = find(world, call.data.get("chat_id"))
    with_names = bool(call.data.get("need_name"))
    past = group.past
    if past and world.clock.now() >= past.until:
        past = group.past = None
    name, owner, notice, seats = (
        (past.name, past.owner, past.notice, past.seats)
        if past
        else (group.name, group.owner, group.notice, group.everybody())
    )
    return {
        "errcode": 0,
        "errmsg": "ok",
        "group_chat": {
            "chat_id": group.chat_id,
            "name": name,
            "owner": owner,
            "create_time": group.create_time,
            "notice": notice,
            "member_list": [_seat(world, one, with_names) for one in seats],
            "admin_list": [{"userid": one} for one in group.admins],
            "member_version": f"{group.version:032x}",
        },
    }


def _seat(world: World, one: Seat, with_name: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "userid": one.userid,
        "type": one.type,
        "join_time": one.join_time,
        "join_scene": one.join_scene,
        "group_nickname": "",
    }
    if one.invitor:
        shown["invitor"] = {"userid": one.invitor}
    if one.state:
        shown["state"] = one.state
    if one.type == 2 and one.unionid and world.settings.unionid_bound:
        shown["unionid"] = one.unionid
    if with_name:
        shown["name"] = one.name
    return shown


def seat(world: World, group: Group, userid: str) -> None:
    """A member of the corp sits in the group."""
    if userid not in group.seats:
        group.seats[userid] = Seat(
            userid=userid,
            type=1,
            join_time=world.clock.seconds(),
            join_scene=1,
            name=world.state.members[userid].name if userid in world.state.members else userid,
        )
