"""Status lines go with the next thing that is said: the credits of a chat belong to words."""

from __future__ import annotations

import msgspec

from bot.house import BotHouse
from bot.post import TEXT_BYTES, Letter, letter_text, open_letter
from domain.errors import Conflict, Refused
from domain.outgoing import Channel, Message, MessageState, Rank, claim
from domain.queries_messages import messages_to_of_rank


async def take(house: BotHouse, message: Message, letter: Letter) -> tuple[Letter, list[Message]]:
    """The letter of a message with the status lines that wait for the same person, and these, claimed.
    What is urgent comes before them, everything else after."""
    if message.channel is not Channel.OFFICIAL or not letter_text(letter):
        return letter, []
    waiting = house.store.messages.every(
        messages_to_of_rank(message.to, MessageState.QUEUED, Rank.STATUS), order="seq"
    )
    text, lines, taken = letter_text(letter), list[str](), list[Message]()
    async for one in waiting:
        try:
            line = letter_text(open_letter(house, one))
        except Refused:
            continue  # it cannot be read, which is said when its turn comes
        if not line or len("\n".join([*lines, line, text]).encode()) > TEXT_BYTES:
            continue
        claim(one, house.settings.process, house.clock(), message.by)
        try:
            await house.store.messages.save(one)
        except Conflict:
            continue  # another process says it
        lines.append(line)
        taken.append(one)
    if not taken:
        return letter, []
    if message.rank is Rank.STATUS:
        seqs = [message.seq, *(one.seq for one in taken)]
        said = [line for _, line in sorted(zip(seqs, [text, *lines], strict=True))]
    else:
        said = [text, *lines] if message.urgent else [*lines, text]
    body = {"msgtype": "text", "text": {"content": "\n".join(said)}}
    return msgspec.structs.replace(letter, body=body), taken
