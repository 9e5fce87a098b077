"""WeCom customer groups (客户群): reading them, the doors into them, and what newcomers are told.

Sources: developer.work.weixin.qq.com/document/path/93414, 96338, 99547, 96357.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.access import Access
from bot.client import Repeat
from bot.errors import Unknown
from domain.platform_ids import at_platform, with_account

PAGE = 1_000
ROOT = "/externalcontact/"
LEFT = (1, 2)  # the owner left the corp; the handing over goes on


@dataclass(frozen=True, slots=True)
class GroupPage:
    """Some chat ids; ``cursor`` is empty on the last page. ``orphaned`` are those whose owner left the
    corp."""

    chats: tuple[str, ...]
    cursor: str
    orphaned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody in a group. ``staff``: of the corp. ``scene``: 1 invited, 2 invited by a link, 3 QR;
    ``door`` is the ``state`` of the join QR that brought him. No name is asked for."""

    id: str
    staff: bool
    joined_at: int  # Unix ms
    scene: int
    door: str
    unionid: str | None


@dataclass(frozen=True, slots=True)
class GroupDetail:
    """A group as the platform shows it; may lag behind an event. ``created_at`` is Unix ms."""

    id: str
    name: str
    owner: str
    created_at: int
    member_version: str
    seats: tuple[Seat, ...]
    admins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JoinWay:
    """A join QR. ``url`` is its picture, ``state`` comes back with whoever came through it."""

    config: str
    url: str
    state: str
    chats: tuple[str, ...]
    remark: str
    auto_create: bool


@dataclass(frozen=True, slots=True)
class Welcome:
    """What newcomers of a group are told: a text and at most one of image, link, file, …"""

    text: str
    extra: dict[str, Any] = field(default_factory=dict)


class GroupCalls:
    """The part of ``WorkApi`` about groups. Ids of groups, members and join QRs come in and go out as
    they are kept (domain/platform_ids.py), welcome templates as the platform has them."""

    _access: Access
    _account: str

    async def groups(self, cursor: str = "", owners: Sequence[str] = ()) -> GroupPage:
        """Chat ids, a thousand a page, of these owners (at most 100; needed beyond 1,000 members,
        else 81017)."""
        data: dict[str, Any] = {"status_filter": 0, "limit": PAGE}
        if cursor:
            data["cursor"] = cursor
        if owners:
            data["owner_filter"] = {"userid_list": [at_platform(one) for one in owners]}
        answer = await self._read("groupchat/list", data)
        listed = answer.get("group_chat_list") or []
        return GroupPage(
            chats=tuple(self._own(one["chat_id"]) for one in listed),
            cursor=str(answer.get("next_cursor") or ""),
            orphaned=tuple(
                self._own(one["chat_id"]) for one in listed if one.get("status") in LEFT
            ),
        )

    async def group(self, chat_id: str) -> GroupDetail:
        """A group and who is in it, without names. 49008: dissolved; 90501: no customer group."""
        answer = await self._read(
            "groupchat/get", {"chat_id": at_platform(chat_id), "need_name": 0}
        )
        chat = answer.get("group_chat")
        if not isinstance(chat, dict):
            raise Unknown("the answer has no group_chat")
        return GroupDetail(
            id=self._own(chat.get("chat_id", at_platform(chat_id))),
            name=str(chat.get("name", "")),
            owner=self._own(chat.get("owner", "")),
            created_at=int(chat.get("create_time") or 0) * 1000,
            member_version=str(chat.get("member_version", "")),
            seats=tuple(_seat(one) for one in chat.get("member_list") or ()),
            admins=tuple(self._own(one.get("userid", "")) for one in chat.get("admin_list") or ()),
        )

    async def inherit(self, chats: Sequence[str], owner: str) -> dict[str, int]:
        """Give groups whose owner left the corp to ``owner`` (离职继承); those that were refused, with
        their errcode. Made through the API it gives no event. At most 100 groups."""
        return await self._give("groupchat/transfer", chats, owner)

    async def hand_over(self, chats: Sequence[str], owner: str) -> dict[str, int]:
        """Give groups whose owner works there to ``owner`` (在职继承); those that were refused, with
        their errcode: 90504 he owns it already, 90502 the owner left. It gives no event. At most 100
        groups, each twice in 90 days, 300 of one owner a day
        (developer.work.weixin.qq.com/document/path/95703)."""
        return await self._give("groupchat/onjob_transfer", chats, owner)

    async def _give(self, path: str, chats: Sequence[str], owner: str) -> dict[str, int]:
        data = {
            "chat_id_list": [at_platform(one) for one in chats],
            "new_owner": at_platform(owner),
        }
        answer = await self._access.call(ROOT + path, data=data)
        failed = answer.get("failed_chat_list") or []
        return {self._own(one.get("chat_id")): int(one.get("errcode") or 0) for one in failed}

    # ---- doors

    async def join_way_add(
        self,
        chats: Sequence[str],
        state: str,
        *,
        remark: str = "",
        auto_create: bool = True,
        name: str = "",
        number: int = 0,
    ) -> str:
        """A join QR into these groups (at most five), its config id; ``join_way_get`` has the picture.

        ``auto_create``: when all are full the platform makes another, called ``name`` + a number from
        ``number``. ``state`` and ``remark`` at most 30 characters, ``name`` 40. Not de-duplicated."""
        data = _door(chats, state, remark, auto_create, name, number)
        answer = await self._access.call(ROOT + "groupchat/add_join_way", data=data)
        return self._own(_text(answer, "config_id"))

    async def join_way_get(self, config: str) -> JoinWay:
        """A join QR as it is."""
        answer = await self._read("groupchat/get_join_way", {"config_id": at_platform(config)})
        way = answer.get("join_way")
        if not isinstance(way, dict):
            raise Unknown("the answer has no join_way")
        return JoinWay(
            config=self._own(way.get("config_id", at_platform(config))),
            url=str(way.get("qr_code", "")),
            state=str(way.get("state", "")),
            chats=tuple(self._own(one) for one in way.get("chat_id_list") or ()),
            remark=str(way.get("remark", "")),
            auto_create=bool(way.get("auto_create_room", 1)),
        )

    async def join_way_update(
        self,
        config: str,
        chats: Sequence[str],
        state: str,
        *,
        remark: str = "",
        auto_create: bool = True,
        name: str = "",
        number: int = 0,
    ) -> None:
        """Put these settings in place of the QR's; its picture stays good."""
        door = _door(chats, state, remark, auto_create, name, number)
        data = {"config_id": at_platform(config), **door}
        await self._access.call(ROOT + "groupchat/update_join_way", data=data, repeat=Repeat.READ)

    async def join_way_remove(self, config: str) -> None:
        """The QR leads nowhere from now on."""
        await self._access.call(
            ROOT + "groupchat/del_join_way",
            data={"config_id": at_platform(config)},
            repeat=Repeat.BUSY,
        )

    # ---- welcome

    async def welcome_add(
        self, text: str, extra: Mapping[str, Any] | None = None, *, notify: bool = True
    ) -> str:
        """A welcome template (text ≤ 3,000 bytes, ``%NICKNAME%`` is the newcomer), its id; at most 100
        (41055). Owners must choose it in their client; ``notify`` tells them so."""
        answer = await self._access.call(
            ROOT + "group_welcome_template/add",
            data={**_welcome(text, extra), "notify": int(notify)},
        )
        return _text(answer, "template_id")

    async def welcome_edit(
        self, template: str, text: str, extra: Mapping[str, Any] | None = None
    ) -> None:
        """Put this in place of the template's content; only by the app that made it."""
        await self._access.call(
            ROOT + "group_welcome_template/edit",
            data={"template_id": template, **_welcome(text, extra)},
            repeat=Repeat.READ,
        )

    async def welcome_get(self, template: str) -> Welcome:
        """A template's content."""
        answer = await self._read("group_welcome_template/get", {"template_id": template})
        text = answer.pop("text", None) or {}
        extra = {name: one for name, one in answer.items() if isinstance(one, dict)}
        return Welcome(str(text.get("content", "")), extra)

    async def welcome_remove(self, template: str) -> None:
        """Remove a template; only by the app that made it."""
        await self._access.call(
            ROOT + "group_welcome_template/del",
            data={"template_id": template},
            repeat=Repeat.BUSY,
        )

    async def welcome(self, code: str, body: Mapping[str, Any]) -> None:
        """Greet a new customer: within 20 s of the event, once (41050, 41051). ``body`` has ``text``
        and ``attachments``."""
        await self._access.call(ROOT + "send_welcome_msg", data={**body, "welcome_code": code})

    def _own(self, id: object) -> str:
        return with_account(self._account, str(id))

    async def _read(self, path: str, data: Mapping[str, Any]) -> dict[str, Any]:
        return await self._access.call(ROOT + path, data=data, repeat=Repeat.READ)


def _seat(one: Mapping[str, Any]) -> Seat:
    return Seat(
        id=str(one.get("userid", "")),
        staff=one.get("type") == 1,
        joined_at=int(one.get("join_time") or 0) * 1000,
        scene=int(one.get("join_scene") or 0),
        door=str(one.get("state") or ""),
        unionid=one.get("unionid") or None,
    )


def _door(
    chats: Sequence[str], state: str, remark: str, auto_create: bool, name: str, number: int
) -> dict[str, Any]:
    data: dict[str, Any] = {
        "scene": 2,
        "chat_id_list": [at_platform(one) for one in chats],
        "state": state,
        "remark": remark,
        "auto_create_room": int(auto_create),
    }
    if name:
        data |= {"room_base_name": name, "room_base_id": number}
    return data


def _welcome(text: str, extra: Mapping[str, Any] | None) -> dict[str, Any]:
    return {**({"text": {"content": text}} if text else {}), **(extra or {})}


def _text(answer: Mapping[str, Any], name: str) -> str:
    found = answer.get(name)
    if not isinstance(found, str) or not found:
        raise Unknown(f"the answer has no {name}")
    return found
