"""The conversation as one table: (state, what came) → (state, data, effects). No I/O, no clock.

``ANYWHERE`` holds in every state; a state's own row comes first. A word that calls for help, and
the menu's 报警, jump to the emergency from everywhere, and what was begun is kept for afterwards. A cry
that 110 does not have is kept through everything else, and said to be open.
What a message is to the table is in ``meaning.py``, what each step does in ``rules.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot import rules
from bot.meaning import Token, token
from bot.turn import Bring, Came, Data, Effect, Say, State, Turn

LATE_MS = 30 * 60_000
# Elsewhere a picture is of no use, and so is not kept.
KEEPS_FILES = frozenset(
    {
        State.IDLE,
        State.OFFERED,
        State.TIP,
        State.PLACE,
        State.WHICH,
        State.UNFINISHED,
        State.CHOSEN,
        State.EMERGENCY,
    }
)
# Nothing is told here: what is said after a cry that 110 does not have goes on with it.
_ASIDE = frozenset({State.MINE, State.LANGUAGE, State.FORGET})
_SAID = frozenset({Token.TEXT, Token.FILE, Token.PLACE, Token.LINK})
Rule = Callable[[State, Data, Came], Turn]


def _row(rule: Rule) -> dict[Token, Rule]:
    return dict.fromkeys((Token.TEXT, Token.FILE, Token.PLACE, Token.LINK), rule)


ANYWHERE: dict[Token, Rule] = {
    Token.URGENT: rules.urgent,
    Token.ALARM: rules.alarm,
    Token.TO_110: rules.thread,
    Token.TIP: rules.tip,
    Token.OFFICER: rules.officer,
    Token.PERSON: rules.person,
    Token.NOTICES: rules.notices,
    Token.RUMOUR: rules.rumour,
    Token.MINE: rules.mine,
    Token.COMMUNITY: rules.community,
    Token.LANGUAGE: rules.language,
    Token.FORGET: rules.forget,
    Token.HELP: rules.help,
    Token.CANCEL: rules.stop,
    Token.SOLVED: rules.how_it_went,
    Token.NOT_SOLVED: rules.how_it_went,
    Token.CHINESE: rules.speak,
    Token.ENGLISH: rules.speak,
    Token.FOLLOW: rules.follow,
    Token.UNFOLLOW: rules.unfollow,
    Token.REVOKE: rules.revoked,
    Token.SCAN: rules.scan,
    Token.NOTHING: rules.silence,
}
TABLE: dict[State, dict[Token, Rule]] = {
    State.IDLE: _row(rules.offer),
    State.OFFERED: {**_row(rules.offer), Token.NUMBER: rules.offered, Token.CANCEL: rules.let_go},
    State.TIP: {
        **_row(rules.line),
        Token.NUMBER: rules.finish,
        Token.SIGN: rules.sign,
        Token.COVER: rules.cover,
        Token.CANCEL: rules.drop,
        Token.SOLVED: rules.line,
        Token.NOT_SOLVED: rules.line,
    },
    State.PLACE: {
        **_row(rules.where),
        Token.NUMBER: rules.submit,
        Token.SIGN: rules.sign,
        Token.COVER: rules.cover,
        Token.CANCEL: rules.drop,
    },
    State.WHICH: {
        **_row(rules.where),
        Token.NUMBER: rules.which,
        Token.COVER: rules.cover,
        Token.CANCEL: rules.whichever,
    },
    State.NAME: {Token.TEXT: rules.named, Token.NUMBER: rules.named, Token.CANCEL: rules.unnamed},
    State.UNFINISHED: {**_row(rules.line), Token.NUMBER: rules.resume, Token.CANCEL: rules.drop},
    State.RUMOUR: {
        Token.TEXT: rules.check,
        Token.NUMBER: rules.check,
        Token.LINK: rules.check,
        Token.FILE: rules.cannot_check,
    },
    State.MINE: {Token.NUMBER: rules.choose},
    State.CHOSEN: {
        **_row(rules.add),
        Token.NUMBER: rules.add,
        Token.SOLVED: rules.solved,
        Token.NOT_SOLVED: rules.not_solved,
    },
    State.COMMUNITY: {
        Token.TEXT: rules.find,
        Token.PLACE: rules.find,
        Token.NUMBER: rules.pick,
        Token.LEAVE: rules.leave,
    },
    State.LANGUAGE: {Token.NUMBER: rules.speak},
    State.FORGET: {
        Token.CONFIRM: rules.forgotten,
        Token.CANCEL: rules.kept,
        Token.TEXT: rules.kept,
    },
    State.EMERGENCY: {
        Token.NUMBER: rules.report,
        Token.URGENT: rules.report,
        Token.PLACE: rules.report,
        Token.FILE: rules.report,
        Token.TEXT: rules.cry,
        Token.LINK: rules.cry,
        Token.SIGN: rules.cry,
        Token.SOLVED: rules.cry,
        Token.NOT_SOLVED: rules.cry,
        Token.CANCEL: rules.calm,
    },
}


def turn(state: State, data: Data, came: Came) -> Turn:
    """One step of the conversation. Total: every state answers everything; ``data`` is not changed."""
    it = replace(data, lines=list(data.lines), cry=list(data.cry), shown=list(data.shown))
    it.offered = list(data.offered)
    brought: list[Effect] = []
    if came.at110 and it.cry:  # the report was made on the page
        brought, it.cry = [Bring(it.cry)], []
    what = token(state, came, data.beside)
    row = TABLE.get(state, {})
    if it.cry and state in _ASIDE and what in _SAID:
        row = TABLE[State.EMERGENCY]
    rule = row.get(what) or ANYWHERE.get(what) or rules.lost
    step = rule(state, it, came)
    waits = bool(step.data.cry) and not came.at110
    if step.state is State.IDLE and step.data.at_rest() is State.EMERGENCY:
        step = replace(step, state=State.EMERGENCY)
        left = True
    else:
        left = state is State.EMERGENCY and step.state is not State.EMERGENCY
    said: list[Effect] = [Say("cry_open", urgent=True)] if waits and left else []
    return replace(step, effects=[*brought, *step.effects, *said])


def late(state: State, data: Data) -> Turn:
    """Nothing came for 30 minutes: a polite end. What was told of a tip is kept and offered again."""
    kept = Data(lines=data.lines, named=data.named)
    said: list[Effect] = [Say("late_emergency")] if data.cry else []
    if state is not State.IDLE and kept.lines:
        said.append(Say("late_draft"))
    return Turn(State.IDLE, kept, said)
