"""What people do in customer groups, and the one kind of callback it makes."""

from __future__ import annotations

from typing import Any

from simulator.courier import Courier
from simulator.groups import Group, JoinWay, Seat
from simulator.people import Resident
from simulator.refusal import Refusal
from simulator.work.chats import before_change, find, seat
from simulator.world import World


class Gathering:
    """People's hands on a group. Chat inside it is seen by its people and by nobody else."""

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def _courier(self) -> Courier:
        return self._world.courier

    def _tell(self, group: Group, change: str, **more: Any) -> None:
        self._courier.send(
            "contact",
            {
                "ToUserName": self._world.config.wecom.corpid,
                "FromUserName": "sys",
                "CreateTime": self._world.clock.seconds(),
                "MsgType": "event",
                "Event": "change_external_chat",
                "ChatId": group.chat_id,
                "ChangeType": change,
                **more,
            },
        )

    def _members(
        self, detail: str, scene: dict[str, int], changed: list[str], before: int
    ) -> dict[str, Any]:
        more: dict[str, Any] = {"UpdateDetail": detail, **scene, "MemChangeCnt": len(changed)}
        if self._world.settings.group_change_list:
            more["MemChangeList"] = {"Item": changed}
            more["LastMemVer"], more["CurMemVer"] = f"{before:032x}", f"{before + 1:032x}"
        return more

    def create(self, owner: str, name: str, residents: list[Resident], seeded: int = 0) -> Group:
        member = self._world.member(owner)
        group = self._world.add_group(member.userid, name, seeded)
        seat(self._world, group, member.userid)
        for one in residents:
            self._sit(group, one, 1, "", member.userid)
        self._tell(group, "create")
        return group

    def rename(self, chat_id: str, name: str) -> None:
        group = find(self._world, chat_id)
        before_change(self._world, group)
        group.name = name
        self._tell(group, "update", UpdateDetail="change_name")

    def announce(self, chat_id: str, notice: str) -> None:
        group = find(self._world, chat_id)
        before_change(self._world, group)
        group.notice = notice
        self._tell(group, "update", UpdateDetail="change_notice")

    def hand_over(self, chat_id: str, owner: str) -> None:
        group = find(self._world, chat_id)
        member = self._world.member(owner)
        before_change(self._world, group)
        seat(self._world, group, member.userid)
        self._world.give_group(group, member.userid)
        self._tell(group, "update", UpdateDetail="change_owner")

    def dismiss(self, chat_id: str) -> None:
        group = find(self._world, chat_id)
        before_change(self._world, group)
        group.dismissed = True
        self._tell(group, "dismiss")

    def _sit(self, group: Group, one: Resident, scene: int, state: str, invitor: str) -> None:
        group.seats[one.external_userid] = Seat(
            userid=one.external_userid,
            unionid=one.unionid,
            type=2,
            join_time=self._world.clock.seconds(),
            join_scene=scene,
            name=one.name,
            state=state,
            invitor=invitor,
        )
        line = {"content": f"{one.name} 加入了群聊"}
        self._world.show(group.chat, "notice", "text", line)

    def join(
        self,
        group: Group,
        residents: list[Resident],
        *,
        scene: int = 3,
        state: str = "",
        invitor: str = "",
    ) -> None:
        """One event may tell of several people."""
        new = [one for one in residents if one.external_userid not in group.seats]
        if group.size() + len(new) > self._world.settings.group_size:
            raise Refusal(81017, "the group is full")
        if not new:
            return
        before = group.version
        before_change(self._world, group)
        for one in new:
            self._sit(group, one, scene, state, invitor)
        ids = [one.external_userid for one in new]
        told = {"JoinScene": 0 if scene == 1 else 3}
        self._tell(group, "update", **self._members("add_member", told, ids, before))

    def invite_members(self, group: Group, userids: list[str]) -> None:
        before = group.version
        before_change(self._world, group)
        for one in userids:
            seat(self._world, group, self._world.member(one).userid)
        self._tell(
            group, "update", **self._members("add_member", {"JoinScene": 0}, userids, before)
        )

    def leave(self, group: Group, marks: list[str], *, removed: bool) -> None:
        before = group.version
        before_change(self._world, group)
        gone = []
        for mark in marks:
            if mark in group.seats:
                del group.seats[mark]
                gone.append(mark)
            elif (number := group.seeded_number(mark)) is not None:
                group.gone.append(number)
                gone.append(mark)
        if gone:
            told = {"QuitScene": int(removed)}
            self._tell(group, "update", **self._members("del_member", told, gone, before))

    def scan(self, way: JoinWay, one: Resident) -> Group:
        """Scan a join code: the first group with room; a new one when all are full and it may."""
        world = self._world
        groups = [
            world.state.groups[mark] for mark in way.chat_id_list if mark in world.state.groups
        ]
        groups = [group for group in groups if not group.dismissed]
        for group in groups:
            if one.external_userid in group.seats:
                return group
        for group in groups:
            if group.size() < world.settings.group_size:
                self.join(group, [one], scene=3, state=way.state)
                return group
        if not groups or not way.auto_create_room:
            raise Refusal(49008 if not groups else 81017, "no group has room")
        base = way.room_base_name or groups[0].name
        name = f"{base}{way.room_base_id}" if way.room_base_id else base
        if way.room_base_id:
            way.room_base_id += 1
        group = self.create(groups[-1].owner, name, [])
        # A code names at most five groups; the newest takes the place of the fullest, oldest one.
        way.chat_id_list = [*way.chat_id_list, group.chat_id][-5:]
        self.join(group, [one], scene=3, state=way.state)
        return group

    def say(self, chat_id: str, who: str, kind: str, data: dict[str, Any]) -> None:
        """Chat in the group; no callback ever carries it."""
        group = find(self._world, chat_id)
        if who not in group.seats and group.seeded_number(who) is None:
            raise Refusal(60011, "not in the group")
        self._world.show(group.chat, who, kind, data)

    def befriend(self, userid: str, one: Resident, state: str) -> str:
        """A resident adds an officer: add_external_contact with a WelcomeCode."""
        member = self._world.member(userid)
        if member.userid not in one.friends:
            one.friends.append(member.userid)
        code = self._world.make.text(43)
        self._world.memory.welcome_codes[code] = {
            "until": self._world.clock.now() + self._world.settings.welcome_s,
            "used": False,
            "openid": one.openid,
            "userid": member.userid,
        }
        self._contact("add_external_contact", member.userid, one, State=state, WelcomeCode=code)
        return code

    def unfriend(self, userid: str, one: Resident, *, by_member: bool) -> None:
        member = self._world.member(userid)
        if member.userid in one.friends:
            one.friends.remove(member.userid)
        change = "del_external_contact" if by_member else "del_follow_user"
        self._contact(change, member.userid, one)

    def _contact(self, change: str, userid: str, one: Resident, **more: Any) -> None:
        self._world.changed()
        self._courier.send(
            "contact",
            {
                "ToUserName": self._world.config.wecom.corpid,
                "FromUserName": "sys",
                "CreateTime": self._world.clock.seconds(),
                "MsgType": "event",
                "Event": "change_external_contact",
                "ChangeType": change,
                "UserID": userid,
                "ExternalUserID": one.external_userid,
                **more,
            },
        )
