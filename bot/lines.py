"""What became of the desk's lines in the chat, told to the desk: the thread shows it beside each line."""

from __future__ import annotations

from bot.house import BotHouse
from domain.errors import NotFound
from domain.incident import Incident
from domain.marks import ChatState
from domain.message import in_chat
from domain.outgoing import Channel, Message, MessageState
from domain.queries_messages import messages_about


def line_id(incident: str, seq: int, resident: str) -> str:
    """The id of the message that tells a resident of one entry of his report's log."""
    return f"{incident}:{seq}:{resident[:8]}"


async def tell_desk(house: BotHouse, message: Message) -> None:
    """If it is a line of a report, its incident keeps what became of it; again changes nothing."""
    of, _, rest = message.id.partition(":")
    seq, _, resident = rest.partition(":")
    if message.channel is not Channel.OFFICIAL or of != message.about or not resident:
        return
    found = _state(message)
    if found is None or not seq.isdigit():
        return
    try:
        await in_chat(house.store, of, int(seq), *found)
    except NotFound:
        return


async def tell_desk_again(house: BotHouse, incident: Incident) -> None:
    """Everything that was said to its caller: a process may have died before it told."""
    async for message in house.store.messages.every(messages_about(incident.id)):
        await tell_desk(house, message)


def _state(message: Message) -> tuple[ChatState, str] | None:
    if message.state is MessageState.SENT:
        return ChatState.SENT, ""
    if message.state is MessageState.FAILED:
        unknown = message.reason == "unknown"
        return (ChatState.UNKNOWN, "") if unknown else (ChatState.REFUSED, message.reason)
    if message.state is MessageState.QUEUED and message.reason:
        return ChatState.WAITING, message.reason
    return None
