"""Customer groups handed to another owner: of somebody who left the corp, or who works there.

No callback tells of it. Sources: developer.work.weixin.qq.com/document/path/92127, 95703.
"""

from __future__ import annotations

from simulator.calls import Answer, Call, Registry
from simulator.groups import Group
from simulator.refusal import Refusal
from simulator.work.chats import ROOT, before_change, find, seat
from simulator.world import World

MOST = 100
QUARTER_S = 90 * 86_400
HANDED_OVER = 3


def register(api: Registry) -> None:
    api.add("POST", ROOT + "groupchat/onjob_transfer", hand_over, contact=True)
    api.add("POST", ROOT + "groupchat/transfer", inherit, contact=True)


def hand_over(world: World, call: Call) -> Answer:
    """在职继承: the owners of the groups work there."""
    return _give(world, call, onjob=True)


def inherit(world: World, call: Call) -> Answer:
    """离职继承: the owners of the groups left."""
    return _give(world, call, onjob=False)


def _give(world: World, call: Call, onjob: bool) -> Answer:
    chats = call.data.get("chat_id_list")
    if not isinstance(chats, list) or not 1 <= len(chats) <= MOST:
        raise Refusal(40058, "chat_id_list must have 1 to 100 items")
    one = world.member(call.text("new_owner", 40058))
    if not one.contact_right:
        raise Refusal(84083)
    if not one.verified or not one.active:
        raise Refusal(40098)
    failed = []
    for chat_id in chats:
        try:
            _give_one(world, find(world, chat_id), one.userid, onjob)
        except Refusal as error:
            failed.append({"chat_id": chat_id, "errcode": error.code, "errmsg": error.text})
    return {"errcode": 0, "errmsg": "ok", "failed_chat_list": failed}


def _give_one(world: World, group: Group, owner: str, onjob: bool) -> None:
    now, limits = world.clock.now(), world.settings
    before = world.state.members.get(group.owner)
    left = before is None or before.left
    if group.owner == owner:
        raise Refusal(90504 if onjob or group.status != HANDED_OVER else 90508)
    if onjob and left:
        raise Refusal(90502)
    if not onjob and not left:
        raise Refusal(90500)
    group.handed = [at for at in group.handed if at > now - QUARTER_S]
    if onjob and len(group.handed) >= limits.hand_quarter:
        raise Refusal(limits.hand_quarter_refusal)
    if before is not None:
        today = world.clock.day()
        before.given = [at for at in before.given if world.clock.day(at) == today]
        if len(before.given) >= limits.hand_day:
            raise Refusal(limits.hand_day_refusal)
        before.given.append(now)
    if onjob:
        group.handed.append(now)
    before_change(world, group)
    world.give_group(group, owner)
    seat(world, group, owner)
