"""What a member of the corp does in the WeCom client."""

from __future__ import annotations

from typing import Any

from simulator.groups import Delivery, Mass
from simulator.parcel import Fields
from simulator.people import Member, Resident
from simulator.phone import Sent
from simulator.refusal import Refusal
from simulator.verdict import Verdict
from simulator.work.cards import apply
from simulator.work.mass import over_cap
from simulator.work.messages import response_code
from simulator.world import World


class Officer:
    """One member's hands: app chats, cards, and the list of 群发 that wait for him."""

    def __init__(self, world: World, member: Member) -> None:
        self._world = world
        self._who = member

    def _fields(self, agentid: int, kind: str, **more: Any) -> Fields:
        return {
            "ToUserName": self._world.config.wecom.corpid,
            "FromUserName": self._who.userid,
            "CreateTime": self._world.clock.seconds(),
            "MsgType": kind,
            **more,
            "AgentID": agentid,
        }

    def _send(self, agentid: int, fields: Fields) -> Sent:
        self._world.app(agentid)

        def heard(verdict: Verdict) -> None:
            if verdict.kind == "reply":
                screen = self._who.screen
                self._world.show(screen, f"app:{agentid}", verdict.type, verdict.data, "passive")

        return self._world.courier.send(f"app:{agentid}", fields, heard)

    def text(self, agentid: int, content: str) -> Sent:
        self._world.show(self._who.screen, "me", "text", {"content": content, "agentid": agentid})
        mark = self._world.make.number()
        return self._send(agentid, self._fields(agentid, "text", Content=content, MsgId=mark))

    def location(self, agentid: int, latitude: float, longitude: float, label: str) -> Sent:
        data = {"latitude": latitude, "longitude": longitude, "label": label, "agentid": agentid}
        self._world.show(self._who.screen, "me", "location", data)
        more = {
            "Location_X": latitude,
            "Location_Y": longitude,
            "Scale": 15,
            "Label": label,
            "MsgId": self._world.make.number(),
            "AppType": "wxwork",
        }
        return self._send(agentid, self._fields(agentid, "location", **more))

    def media(
        self, agentid: int, kind: str, data: bytes, name: str, content_type: str, host: str
    ) -> Sent:
        one = self._world.shelf.put("corp", kind, name, content_type, data)
        self._world.show(
            self._who.screen, "me", kind, {"media_id": one.media_id, "agentid": agentid}
        )
        more: dict[str, Any] = {"MediaId": one.media_id, "MsgId": self._world.make.number()}
        if kind == "image":
            more = {"PicUrl": f"http://{host}/sim/media/{one.media_id}", **more}
        elif kind == "voice":
            more["Format"] = "amr"
        return self._send(agentid, self._fields(agentid, kind, **more))

    def event(self, agentid: int, event: str, key: str) -> Sent:
        """enter_agent, subscribe, click, view …"""
        return self._send(agentid, self._fields(agentid, "event", Event=event, EventKey=key))

    def press(self, msgid: str, key: str, selected: dict[str, list[str]] | None = None) -> Sent:
        """A button on a card: the app hears who pressed and gets a new ResponseCode."""
        line = next((one for one in self._who.screen if one.data.get("msgid") == msgid), None)
        if line is None or line.kind != "template_card":
            raise Refusal(41047, "no such card on this screen")
        if line.data.get("replace_name"):
            raise Refusal(42017, "the card has no buttons any more")
        keys = [one.get("key") for one in line.data.get("button_list") or []]
        submit = (line.data.get("submit_button") or {}).get("key")
        if key not in [*keys, submit]:
            raise Refusal(42017)
        agentid = int(line.data["agentid"])
        more: dict[str, Any] = {
            "Event": "template_card_event",
            "EventKey": key,
            "TaskId": line.data.get("task_id", ""),
            "CardType": line.data.get("card_type", ""),
            "ResponseCode": response_code(self._world, agentid, msgid),
        }
        if selected:
            more["SelectedItems"] = {
                "SelectedItem": [
                    {"QuestionKey": question, "OptionIds": {"OptionId": options}}
                    for question, options in selected.items()
                ]
            }
        fields = self._fields(agentid, "event", **more)

        def heard(verdict: Verdict) -> None:
            if verdict.kind == "reply" and verdict.type == "update_button":
                name = verdict.data.get("Button", {}).get("ReplaceName", "")
                apply(line, {"replace_name": name})

        return self._world.courier.send(f"app:{agentid}", fields, heard)

    # 群发

    def tasks(self) -> list[Mass]:
        mine = [one for one in self._world.state.masses.values() if one.sender == self._who.userid]
        return mine[::-1]

    def _task(self, msgid: str) -> Mass:
        mass = self._world.state.masses.get(msgid)
        if mass is None or mass.sender != self._who.userid:
            raise Refusal(41047)
        if mass.state in ("sent", "cancelled"):
            raise Refusal(41047, f"the task is {mass.state}")
        if self._who.left:
            raise Refusal(60111)
        return mass

    def confirm(self, msgid: str, chats: list[str] | None = None) -> Mass:
        """Send it. An old client ignores what the app named and lets the owner pick ``chats``."""
        mass = self._task(msgid)
        if chats is not None:
            mass.deliveries = {one: Delivery(target=one, userid=mass.sender) for one in chats}
        now = self._world.clock.now()
        mass.state, mass.send_time = "sent", int(now)
        for one in mass.deliveries.values():
            if mass.chat_type == "group":
                self._to_group(mass, one, now)
            else:
                self._to_customer(mass, one, now)
        self._world.changed()
        return mass

    def _to_group(self, mass: Mass, one: Delivery, now: float) -> None:
        group = self._world.state.groups.get(one.target)
        if group is None or group.dismissed or group.owner != mass.sender:
            return
        if over_cap(self._world, group):
            one.status = 3
            return
        group.reached.append(now)
        one.status, one.send_time = 1, int(now)
        data = {"text": mass.text, "attachments": mass.attachments, "msgid": mass.msgid}
        self._world.show(group.chat, mass.sender, "mass", data, "mass")

    def _to_customer(self, mass: Mass, one: Delivery, now: float) -> None:
        resident: Resident = self._world.resident(one.target)
        if mass.sender not in resident.friends:
            one.status = 2
            return
        one.status, one.send_time = 1, int(now)
        data = {"text": mass.text, "attachments": mass.attachments}
        self._world.show(resident.chat, mass.sender, "mass", data, "mass")

    def ignore(self, msgid: str) -> Mass:
        mass = self._task(msgid)
        mass.state = "ignored"
        self._world.changed()
        return mass
