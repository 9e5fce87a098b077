"""The rules of the conversation's table: each makes one step. No I/O, no clock."""

from __future__ import annotations

from dataclasses import replace

from bot.meaning import Token, number, token
from bot.turn import (
    MAX_LINES,
    Add,
    AskPerson,
    Came,
    Check,
    Data,
    Effect,
    FindCommunity,
    Following,
    Forget,
    Line,
    ListMine,
    Raise,
    Revoke,
    Say,
    SetCommunity,
    SetLanguage,
    ShowNotices,
    ShowOfficer,
    ShowOne,
    State,
    Submit,
    Thread,
    Turn,
)
from domain.emergency import urgent as danger
from domain.personal_numbers import covered, has_numbers
from domain.resident import Language

# ---- emergency


def alarm(state: State, data: Data, came: Came) -> Turn:
    """What was said so far, cried or offered, goes with the report that may follow."""
    _interrupt(state, data)
    data.cry, data.offered = [*data.cry, *data.offered][-MAX_LINES:], []
    return Turn(State.EMERGENCY, data, [Say("alarm", urgent=True)])


def urgent(state: State, data: Data, came: Came) -> Turn:
    _interrupt(state, data)
    if state is State.TIP:
        data.lines = [*data.lines, came.line()][:MAX_LINES]
    data.cry, data.offered = [*data.cry, *data.offered, came.line()][-MAX_LINES:], []
    return Turn(State.EMERGENCY, data, [Say("urgent", urgent=True)])


def _interrupt(state: State, data: Data) -> None:
    """What was begun waits; what is said from now on is the emergency's."""
    data.back = data.back if state is State.EMERGENCY else str(state)
    data.beside = False


def cry(state: State, data: Data, came: Came) -> Turn:
    data.cry = [*data.cry, came.line()][-MAX_LINES:]
    return Turn(State.EMERGENCY, data, [Say("cry_noted", urgent=True)])


def report(state: State, data: Data, came: Came) -> Turn:
    said = data.cry if token(state, came, data.beside) is Token.NUMBER else [*data.cry, came.line()]
    data.cry = []
    return Turn(State.EMERGENCY, data, [Raise(said)])


def calm(state: State, data: Data, came: Came) -> Turn:
    back = State(data.back) if data.back in list(State) else State.IDLE
    data.cry, data.back, data.beside = [], "", came.at110
    if back in (State.EMERGENCY, State.OFFERED):
        back = State.IDLE
    text = "calm_back" if back is State.TIP else "calm"
    return Turn(back, data, [Say(f"{text}_open" if came.at110 else text)])


def thread(state: State, data: Data, came: Came) -> Turn:
    """More for the report that is open. After a cry, what follows is the report's until 0."""
    if state is not State.IDLE and danger(came.text):
        _interrupt(state, data)
        state = State.EMERGENCY
    return Turn(state, data, [Thread(came.line())])


# ---- a tip


def tip(state: State, data: Data, came: Came) -> Turn:
    data.beside = came.at110
    still = [Say("report_open")] if came.at110 else []
    if data.lines and state is not State.TIP:
        ask = Say("unfinished", {"count": str(len(data.lines))})
        return Turn(State.UNFINISHED, data, [ask, *still])
    return Turn(State.TIP, data, [Say("tip_start"), *still])


def offer(state: State, data: Data, came: Came) -> Turn:
    data.offered = [*(data.offered if state is State.OFFERED else []), came.line()][:MAX_LINES]
    return Turn(State.OFFERED, data, [Say("offer_more" if data.lines else "offer")])


def offered(state: State, data: Data, came: Came) -> Turn:
    chosen, said = number(came.text), data.offered
    data.offered = []
    if chosen == 1:
        data.lines = [*data.lines, *said][:MAX_LINES]
        return Turn(State.TIP, data, [_noted(data), *_numbers(data, said)])
    if chosen == 2:
        text = "\n".join(one.text for one in said if one.text)
        return Turn(State.IDLE, data.rest(), [Check(text, "")])
    if chosen == 3:
        return officer(state, data, came)
    data.offered = said
    return Turn(State.OFFERED, data, [Say("offer")])


def line(state: State, data: Data, came: Came) -> Turn:
    if len(data.lines) >= MAX_LINES:
        return Turn(State.TIP, data, [Say("tip_full")])
    data.lines.append(came.line())
    return Turn(State.TIP, data, [_noted(data), *_numbers(data, data.lines[-1:])])


def _noted(data: Data) -> Say:
    placed = any(one.placed for one in data.lines)
    return Say("tip_noted" if placed else "tip_noted_where", {"count": str(len(data.lines))})


def _numbers(data: Data, said: list[Line]) -> list[Effect]:
    """Whoever does not sign is asked whether the numbers he wrote are to be read."""
    asks = not data.named and any(has_numbers(one.text) for one in said)
    return [Say("tip_numbers")] if asks else []


def cover(state: State, data: Data, came: Came) -> Turn:
    """The numbers are covered before anybody reads them."""
    data.lines = [replace(one, text=covered(one.text)) for one in data.lines]
    return Turn(state, data, [Say("tip_covered")])


def finish(state: State, data: Data, came: Came) -> Turn:
    if number(came.text) != 1:
        return line(state, data, came)  # a number may be what somebody has to say
    if not data.lines:
        return Turn(State.TIP, data, [Say("tip_empty")])
    if not data.asked and not any(one.placed for one in data.lines):
        data.asked = True
        return Turn(State.PLACE, data, [Say("tip_where")])
    return submit(state, data, came)


def submit(state: State, data: Data, came: Came) -> Turn:
    return Turn(State.IDLE, Data(cry=data.cry), [Submit(data.lines, data.named)])


def where(state: State, data: Data, came: Came) -> Turn:
    """Whatever comes after the question where it is belongs to the tip and completes it."""
    data.lines = [*data.lines, came.line()][: MAX_LINES + 1]
    ask = _numbers(data, data.lines[-1:])
    return Turn(State.TIP, data, [_noted(data), *ask]) if ask else submit(state, data, came)


def which(state: State, data: Data, came: Came) -> Turn:
    """It happened in one of the communities that were listed."""
    chosen = number(came.text)
    if not 1 <= chosen <= len(data.shown):
        return lost(state, data, came)
    sent = Submit(data.lines, data.named, data.shown[chosen - 1])
    return Turn(State.IDLE, Data(cry=data.cry), [sent])


def whichever(state: State, data: Data, came: Came) -> Turn:
    return Turn(State.IDLE, Data(cry=data.cry), [Submit(data.lines, data.named, "")])


def sign(state: State, data: Data, came: Came) -> Turn:
    return Turn(State.NAME, data, [Say("name_ask")])


def named(state: State, data: Data, came: Came) -> Turn:
    data.named = came.text.strip()[:100]
    return Turn(State.TIP, data, [Say("name_noted")])


def unnamed(state: State, data: Data, came: Came) -> Turn:
    data.named = ""
    return Turn(State.TIP, data, [Say("name_none")])


def drop(state: State, data: Data, came: Came) -> Turn:
    text = "tip_dropped" if data.lines else "stopped"
    return Turn(State.IDLE, Data(cry=data.cry), [Say(text)])


def let_go(state: State, data: Data, came: Came) -> Turn:
    """What came out of the blue is nothing; a draft from before stays."""
    return Turn(State.IDLE, data.rest(), [Say("stopped")])


def resume(state: State, data: Data, came: Came) -> Turn:
    return Turn(State.TIP, data, [_noted(data)])


# ---- questions


def officer(state: State, data: Data, came: Came) -> Turn:
    return Turn(State.IDLE, data.rest(), [ShowOfficer()])


def notices(state: State, data: Data, came: Came) -> Turn:
    return Turn(State.IDLE, data.rest(), [ShowNotices()])


def rumour(state: State, data: Data, came: Came) -> Turn:
    return Turn(State.RUMOUR, data.rest(), [Say("rumour_ask")])


def check(state: State, data: Data, came: Came) -> Turn:
    """One check, and the conversation is where it was: what comes next is read anew."""
    return Turn(State.IDLE, data.rest(), [Check(came.text, came.url)])


def cannot_check(state: State, data: Data, came: Came) -> Turn:
    if came.text.strip():  # what was said in a voice message
        return check(state, data, came)
    return Turn(State.RUMOUR, data, [Say("rumour_text")])


def mine(state: State, data: Data, came: Came) -> Turn:
    rest = data.rest()
    rest.beside = came.at110
    return Turn(State.MINE, rest, [ListMine(), *_left_open(state, data, came)])


def choose(state: State, data: Data, came: Came) -> Turn:
    chosen = number(came.text)
    if not 1 <= chosen <= len(data.shown):
        return Turn(State.MINE, data, [ListMine()])
    data.chosen = data.shown[chosen - 1]
    return Turn(State.CHOSEN, data, [ShowOne(data.chosen)])


def add(state: State, data: Data, came: Came) -> Turn:
    return Turn(State.CHOSEN, data, [Add(data.chosen, came.line())])


def solved(state: State, data: Data, came: Came) -> Turn:
    return Turn(State.IDLE, data.rest(), [Add(data.chosen, came.line(), "solved")])


def not_solved(state: State, data: Data, came: Came) -> Turn:
    # What is still wrong may follow at once: the tip stays open in the chat.
    return Turn(State.CHOSEN, data, [Add(data.chosen, came.line(), "not_solved")])


def how_it_went(state: State, data: Data, came: Came) -> Turn:
    """已解决 or 没有解决 without a choice: about the newest tip."""
    event = "solved" if token(state, came, data.beside) is Token.SOLVED else "not_solved"
    return Turn(State.IDLE, data.rest(), [Add("", came.line(), event)])


def community(state: State, data: Data, came: Came) -> Turn:
    return Turn(State.COMMUNITY, data.rest(), [Say("community_ask")])


def find(state: State, data: Data, came: Came) -> Turn:
    data.shown = []
    return Turn(State.COMMUNITY, data, [FindCommunity(came.line(), data.then)])


def pick(state: State, data: Data, came: Came) -> Turn:
    chosen = number(came.text)
    if not 1 <= chosen <= len(data.shown):
        return Turn(State.COMMUNITY, data, [Say("community_ask")])
    found = data.shown[chosen - 1]
    return Turn(State.IDLE, data.rest(), [SetCommunity(found, data.then)])


def leave(state: State, data: Data, came: Came) -> Turn:
    return Turn(State.IDLE, data.rest(), [SetCommunity(None)])


def language(state: State, data: Data, came: Came) -> Turn:
    return Turn(State.LANGUAGE, data.rest(), [Say("language_ask")])


def speak(state: State, data: Data, came: Came) -> Turn:
    english = token(state, came, data.beside) is Token.ENGLISH or number(came.text) == 2
    chosen = Language.EN if english else Language.ZH
    return Turn(State.IDLE, data.rest(), [SetLanguage(chosen), Say("language_set")])


def forget(state: State, data: Data, came: Came) -> Turn:
    return Turn(State.FORGET, data.rest(), [Say("forget_ask")])


def forgotten(state: State, data: Data, came: Came) -> Turn:
    return Turn(State.IDLE, Data(), [Forget()])


def revoked(state: State, data: Data, came: Came) -> Turn:
    """What was said to 110 stays with a report that is open."""
    if came.at110:
        return Turn(state, Data(cry=data.cry, back=data.back), [Revoke()])
    return Turn(State.IDLE, Data(), [Revoke()])


def kept(state: State, data: Data, came: Came) -> Turn:
    return Turn(State.IDLE, data, [Say("forget_kept")])


def help(state: State, data: Data, came: Came) -> Turn:
    """In an emergency nothing is left: it goes on."""
    open_ = _left_open(state, data, came)
    if state is State.EMERGENCY:
        return Turn(state, data, [Say("help"), *open_])
    return Turn(State.IDLE, data.rest(), [Say("help"), *open_])


def person(state: State, data: Data, came: Came) -> Turn:
    """A human being is asked for. In an emergency that is the dispatcher."""
    if came.at110:
        text = Say("person_reads", urgent=True)
        return Turn(state, data, [Thread(came.line()), text])
    if state is State.EMERGENCY:
        return Turn(state, data, [Say("person_110", urgent=True)])
    return Turn(State.IDLE, data.rest(), [AskPerson(), *_left_open(state, data, came)])


def stop(state: State, data: Data, came: Came) -> Turn:
    return Turn(State.IDLE, data.rest(), [Say("stopped")])


def follow(state: State, data: Data, came: Came) -> Turn:
    return Turn(State.IDLE, data.rest(), [Following(True, came.key), Say("welcome")])


def unfollow(state: State, data: Data, came: Came) -> Turn:
    return Turn(State.IDLE, data.rest(), [Following(False)])


def scan(state: State, data: Data, came: Came) -> Turn:
    effects: list[Effect] = [Following(True, came.key)]
    return Turn(state, data, [*effects, Say("scanned")] if state is State.IDLE else effects)


def silence(state: State, data: Data, came: Came) -> Turn:
    return Turn(state, data, [])


def lost(state: State, data: Data, came: Came) -> Turn:
    """Not understood here: the conversation stays where it is and says what it can take."""
    return Turn(state, data, [Say(f"lost_{state.lower()}")])


def _left_open(state: State, data: Data, came: Came) -> list[Effect]:
    """Whoever asks for something else hears of the tip that is kept, and of the report that is open."""
    telling = state in (State.TIP, State.PLACE, State.WHICH, State.NAME) and bool(data.lines)
    left: list[Effect] = [Say("late_draft")] if telling else []
    return [*left, Say("report_open")] if came.at110 else left
