"""Cards with buttons: their update after somebody pressed one."""

from __future__ import annotations

from typing import Any

from simulator.calls import Answer, Call, Registry
from simulator.people import Line
from simulator.refusal import Refusal
from simulator.work.messages import check_card, own_app
from simulator.world import World


def register(api: Registry) -> None:
    api.add("POST", "/cgi-bin/message/update_template_card", update)


def update(world: World, call: Call) -> Answer:
    app = own_app(world, call)
    code = world.state.response_codes.get(call.text("response_code"))
    if code is None or code.spent or world.clock.now() >= code.until:
        raise Refusal(world.settings.spent_response_code, "invalid response_code")
    if code.agentid != app.agentid:
        raise Refusal(42015)
    message = world.state.messages.get(code.msgid)
    if message is None or not message.task_id:
        raise Refusal(42016)
    button, card = call.data.get("button"), call.data.get("template_card")
    if isinstance(button, dict) and button.get("replace_name"):
        change: dict[str, Any] = {"replace_name": button["replace_name"]}
    elif isinstance(card, dict):
        check_card(card)
        change = {"card": card}
    else:
        raise Refusal(42017, "button replace_name is empty")
    if call.data.get("atall"):
        users = message.users
    else:
        users = [str(one).lower() for one in call.data.get("userids") or []]
    wrong = [one for one in users if one not in message.users]
    reached = [one for one in users if one in message.users]
    if not reached:
        raise Refusal(81013)
    code.spent = True
    for userid in reached:
        for line in world.state.members[userid].screen:
            if line.data.get("msgid") == message.msgid:
                apply(line, change)
    world.changed()
    return {"errcode": 0, "errmsg": "ok", "invaliduser": wrong}


def apply(line: Line, change: dict[str, Any]) -> None:
    """Change the card on a screen: a grey button in place of the buttons, or another card."""
    if "card" in change:
        line.data = {**change["card"], "msgid": line.data["msgid"], "agentid": line.data["agentid"]}
    else:
        line.data = {**line.data, "replace_name": change["replace_name"]}
