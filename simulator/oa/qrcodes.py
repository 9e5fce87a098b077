"""QR codes that carry a scene."""

from __future__ import annotations

from urllib.parse import quote

from simulator.calls import Answer, Call, Registry
from simulator.groups import Passage
from simulator.refusal import Refusal
from simulator.world import World

LONGEST = 2_592_000


def register(api: Registry) -> None:
    api.add("POST", "/cgi-bin/qrcode/create", create)


def create(world: World, call: Call) -> Answer:
    action = call.data.get("action_name")
    if action not in ("QR_SCENE", "QR_STR_SCENE", "QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE"):
        raise Refusal(40053)
    info = call.data.get("action_info")
    scene = info.get("scene") if isinstance(info, dict) else None
    if not isinstance(scene, dict):
        raise Refusal(40053)
    lasting = action.startswith("QR_LIMIT")
    number, text = 0, ""
    if "STR" in action:
        text = scene.get("scene_str", "")
        if not isinstance(text, str) or not 1 <= len(text) <= 64:
            raise Refusal(40053)
    else:
        number = scene.get("scene_id", 0)
        if not isinstance(number, int) or not 1 <= number <= (100_000 if lasting else 2**32 - 1):
            raise Refusal(40053)
    seconds = call.data.get("expire_seconds", 30)
    if not isinstance(seconds, int) or seconds < 1:
        raise Refusal(40053)
    seconds = min(seconds, LONGEST)
    if lasting:
        known = world.state.passages.get(world.memory.lasting.get((number, text), ""))
        if known:
            return {"ticket": known.ticket, "url": known.url}
        if len(world.memory.lasting) >= world.settings.permanent_qrcodes:
            raise Refusal(45029)
    one = Passage(
        ticket="gQ" + world.make.text(94) + "==",
        url="http://weixin.qq.com/q/" + world.make.text(22),
        scene_id=number,
        scene_str=text,
        until=None if lasting else world.clock.now() + seconds,
    )
    world.state.passages[one.ticket] = one
    if lasting:
        world.memory.lasting[number, text] = one.ticket
    world.changed()
    answer: Answer = {"ticket": one.ticket, "url": one.url}
    if not lasting:
        answer = {"ticket": one.ticket, "expire_seconds": seconds, "url": one.url}
    return answer


def picture_path(ticket: str) -> str:
    return f"/mp.weixin.qq.com/cgi-bin/showqrcode?ticket={quote(ticket, safe='')}"
