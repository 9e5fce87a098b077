"""Messages into customer groups (群发): a task is made, its owner confirms it, results are read back.

No API posts into a group by itself. Sources: developer.work.weixin.qq.com/document/path/92135, 96355,
97610, 97611.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from bot.access import Access
from bot.client import Repeat
from bot.errors import Unknown
from domain.platform_ids import at_platform, with_account

ROOT = "/externalcontact/"
DISPATCHING = 41063  # ask again in a few seconds
NOBODY = 41048  # nobody to send to, or every group had its share
LIST_PAGE = 100
RESULT_PAGE = 1_000


class SendStatus(IntEnum):
    """What became of a task in one group."""

    UNSENT = 0
    SENT = 1
    NOT_FRIEND = 2
    CAPPED = 3


@dataclass(frozen=True, slots=True)
class Created:
    """A task, and the groups that were refused at once."""

    task: str
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListedMessage:
    """A task as the platform lists it; ``created_at`` is Unix ms."""

    task: str
    creator: str
    created_at: int
    text: str
    attachments: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class OwnerTask:
    """Whether the owner confirmed; ``sent_at`` is Unix ms, 0: not yet."""

    userid: str
    sent: bool
    sent_at: int


@dataclass(frozen=True, slots=True)
class ChatResult:
    """What became of a task in one group; ``sent_at`` is Unix ms, 0: not sent."""

    chat: str
    status: SendStatus
    sent_at: int


class MassCalls:
    """The part of ``WorkApi`` about messages into groups. Ids of groups and members come in and go out
    as they are kept (domain/platform_ids.py), those of tasks as the platform has them."""

    _access: Access
    _account: str

    async def add_group_message(
        self,
        sender: str,
        chats: Sequence[str],
        text: str,
        attachments: Sequence[Mapping[str, Any]] = (),
    ) -> Created:
        """A task for one owner: text ≤ 4,000 bytes and at most 9 attachments into at most 2,000 groups
        (clients before 4.1.10 let the owner choose them). Never de-duplicated: after ``Unknown`` read
        ``group_messages`` first. 41048: nobody to send to."""
        data: dict[str, Any] = {
            "chat_type": "group",
            "sender": at_platform(sender),
            "chat_id_list": [at_platform(one) for one in chats],
            "attachments": list(attachments),
        }
        if text:
            data["text"] = {"content": text}
        answer = await self._access.call(ROOT + "add_msg_template", data=data)
        task = answer.get("msgid")
        if not isinstance(task, str) or not task:
            raise Unknown("the answer has no msgid")
        return Created(task, tuple(self._own(one) for one in answer.get("fail_list") or ()))

    async def group_messages(
        self, creator: str, start: int, end: int, cursor: str = ""
    ) -> tuple[list[ListedMessage], str]:
        """Tasks made between two times (Unix ms, at most a month apart) for this owner (empty: all),
        and the cursor of the next page (empty: no more)."""
        data: dict[str, Any] = {
            "chat_type": "group",
            "start_time": start // 1000,
            "end_time": -(-end // 1000),
            "filter_type": 2,
            "limit": LIST_PAGE,
        }
        if creator:
            data["creator"] = at_platform(creator)
        answer = await self._page("get_groupmsg_list_v2", data, cursor)
        found = [
            ListedMessage(
                task=str(one.get("msgid", "")),
                creator=self._own(one.get("creator", "")),
                created_at=int(one.get("create_time") or 0) * 1000,
                text=str((one.get("text") or {}).get("content", "")),
                attachments=tuple(one.get("attachments") or ()),
            )
            for one in answer.get("group_msg_list") or ()
        ]
        return found, str(answer.get("next_cursor") or "")

    async def group_tasks(self, task: str, cursor: str = "") -> tuple[list[OwnerTask], str]:
        """Who confirmed, and the cursor of the next page. 41063: too early, ask again."""
        answer = await self._page(
            "get_groupmsg_task", {"msgid": task, "limit": RESULT_PAGE}, cursor
        )
        found = [
            OwnerTask(
                userid=self._own(one.get("userid", "")),
                sent=one.get("status") == 2,
                sent_at=int(one.get("send_time") or 0) * 1000,
            )
            for one in answer.get("task_list") or ()
        ]
        return found, str(answer.get("next_cursor") or "")

    async def group_results(
        self, task: str, userid: str, cursor: str = ""
    ) -> tuple[list[ChatResult], str]:
        """What became of it in each of this owner's groups, and the cursor of the next page. 41063:
        too early, ask again. A status that is not known counts as unsent."""
        answer = await self._page(
            "get_groupmsg_send_result",
            {"msgid": task, "userid": at_platform(userid), "limit": RESULT_PAGE},
            cursor,
        )
        found = [
            ChatResult(
                chat=self._own(one.get("chat_id", "")),
                status=_status(one.get("status")),
                sent_at=int(one.get("send_time") or 0) * 1000,
            )
            for one in answer.get("send_list") or ()
        ]
        return found, str(answer.get("next_cursor") or "")

    async def remind(self, task: str) -> None:
        """Remind the owner: three times in 24 hours (then ``PlatformError`` or ``Unsent``)."""
        await self._access.call(ROOT + "remind_groupmsg_send", data={"msgid": task})

    async def cancel(self, task: str) -> None:
        """Stop what was not sent yet; what was sent stays."""
        await self._access.call(
            ROOT + "cancel_groupmsg_send", data={"msgid": task}, repeat=Repeat.READ
        )

    def _own(self, id: object) -> str:
        return with_account(self._account, str(id))

    async def _page(self, path: str, data: dict[str, Any], cursor: str) -> dict[str, Any]:
        if cursor:
            data["cursor"] = cursor
        return await self._access.call(ROOT + path, data=data, repeat=Repeat.READ)


def _status(value: object) -> SendStatus:
    return SendStatus(value) if value in (0, 1, 2, 3) else SendStatus.UNSENT
