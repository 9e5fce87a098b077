"""Every verb of ``domain/`` that somebody asks for, and which roles may."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from domain import (
    approving,
    away,
    call_back,
    calling,
    closing,
    desk,
    dispatch,
    handing_over,
    incident,
    message,
    notice_presets,
    publishing,
    radio,
    recurring,
    registry,
    succession,
    tip,
    tip_event,
    tip_labelling,
    tip_moves,
    tip_notes,
    tip_urgency,
    transfer,
    triage,
    trial,
    writing,
)
from domain.incident import Disposition
from domain.people import Role, Who
from domain.publishing import Cap
from domain.tip_label import Category
from tests.domain.world import (
    ANOTHER,
    CALLED,
    CHIEFS,
    DESK,
    DISPATCHER,
    FILE,
    FINDER,
    NOW,
    OFFICERS,
    OWN,
    STATION,
    World,
)

Verb = Callable[[World, Who], Awaitable[Any]]
OPEN, TAKEN_TIP = "0" * 32, "1" * 32

# What is asked, and who of the own station may: anybody else, and everybody of another, may not.
VERBS: dict[str, tuple[Verb, set[Role]]] = {
    "away.go_away": (lambda w, who: away.go_away(w.store, who, "i", NOW), DESK),
    "away.come_back": (lambda w, who: away.come_back(w.store, who, "i", NOW), DESK),
    "call_back.make_link": (lambda w, who: call_back.make_link(w.store, who, "i", NOW), DESK),
    "calling.end_call": (lambda w, who: calling.end_call(w.store, who, "i", NOW), DESK),
    "calling.call_back": (lambda w, who: calling.call_back(w.store, who, "i", NOW), DESK),
    "closing.close": (
        lambda w, who: closing.close(w.store, who, "i", Disposition.RESOLVED, w.text, NOW),
        DESK,
    ),
    "desk.describe": (lambda w, who: desk.describe(w.store, who, "i", NOW, note=w.text), DESK),
    "desk.look": (lambda w, who: desk.look(w.store, who, "i"), DESK | CALLED),
    "desk.opened": (
        lambda w, who: desk.opened(w.store, who, "i", NOW, "no" if w.wrong else "f"),
        DESK | CALLED,
    ),
    "dispatch.dispatch": (
        lambda w, who: dispatch.dispatch(w.store, who, "i", STATION, "", w.text, NOW),
        DESK,
    ),
    "dispatch.respond": (
        lambda w, who: dispatch.respond(
            w.store, who, "i", "clear" if w.wrong else "acknowledge", NOW
        ),
        CALLED,
    ),
    "dispatch.decline": (lambda w, who: dispatch.decline(w.store, who, "i", NOW), CALLED),
    "dispatch.stand_down": (
        lambda w, who: dispatch.stand_down(w.store, who, "i", "no" if w.wrong else "w1", "", NOW),
        DESK,
    ),
    "incident.answer": (lambda w, who: incident.answer(w.store, who, "i", NOW), DESK),
    "message.say": (
        lambda w, who: message.say(w.store, who, "i", "s", w.text, NOW),
        DESK | CALLED,
    ),
    "message.attach": (
        lambda w, who: message.attach(w.store, who, "i", "a", FILE, NOW),
        DESK | CALLED,
    ),
    "message.read_thread": (
        lambda w, who: message.read_thread(w.store, who, "i", 1, 1, NOW),
        DESK | CALLED,
    ),
    "radio.record_step": (
        lambda w, who: radio.record_step(
            w.store, who, "i", "no" if w.wrong else "w1", "acknowledge", NOW
        ),
        DESK,
    ),
    "transfer.transfer": (
        lambda w, who: transfer.transfer(
            w.store, who, "i", DISPATCHER if w.wrong else ANOTHER[Role.DISPATCHER], NOW
        ),
        DESK,
    ),
    "triage.prioritise": (
        lambda w, who: triage.prioritise(w.store, who, "i", triage.Gravity.LIFE, NOW),
        DESK,
    ),
    "succession.take_over": (
        lambda w, who: succession.take_over(w.store, who, TAKEN_TIP, "no", NOW),
        OFFICERS,
    ),
    "succession.reassign": (
        lambda w, who: succession.reassign(w.store, who, TAKEN_TIP, "no", "no", w.text, NOW),
        OFFICERS,
    ),
    "succession.accept": (lambda w, who: succession.accept(w.store, who, OPEN, NOW), OFFICERS),
    "tip.take": (lambda w, who: tip.take(w.store, who, OPEN, NOW), OFFICERS),
    "tip.reply": (
        lambda w, who: tip.reply(
            w.store, who, TAKEN_TIP, "k", "no" if w.wrong else "answer", w.text, NOW
        ),
        OFFICERS,
    ),
    "tip.opened": (
        lambda w, who: tip.opened(w.store, who, OPEN, NOW, "no" if w.wrong else None),
        OFFICERS,
    ),
    "tip_event.link": (
        lambda w, who: tip_event.link(w.store, who, OPEN, OPEN if w.wrong else TAKEN_TIP, NOW),
        OFFICERS,
    ),
    "tip_event.part": (lambda w, who: tip_event.part(w.store, who, OPEN, NOW), OFFICERS),
    "tip_labelling.put_labels": (
        lambda w, who: tip_labelling.put_labels(
            w.store, who, OPEN, Category.NONE, ["" if w.wrong else "噪音"], [], NOW
        ),
        OFFICERS,
    ),
    "tip_moves.hand_over": (
        lambda w, who: tip_moves.hand_over(w.store, who, OPEN, "e1", "东一", [], w.text, NOW),
        OFFICERS,
    ),
    "tip_moves.become_incident": (
        lambda w, who: tip_moves.become_incident(w.store, who, OPEN, "i", "0110-1", NOW),
        OFFICERS,
    ),
    "tip_notes.note": (
        lambda w, who: tip_notes.note(w.store, who, OPEN, "k", w.text, NOW),
        OFFICERS,
    ),
    "tip_urgency.mark": (lambda w, who: tip_urgency.mark(w.store, who, OPEN, True, NOW), OFFICERS),
    "writing.draft": (
        lambda w, who: writing.draft(w.store, FINDER, who, "new", w.words, NOW),
        OFFICERS,
    ),
    "writing.edit": (
        lambda w, who: writing.edit(w.store, FINDER, who, "n", w.version, w.words, NOW),
        OFFICERS,
    ),
    "writing.correct": (
        lambda w, who: writing.correct(
            w.store, FINDER, who, "n" if w.wrong else "p", "k", w.words, NOW
        ),
        OFFICERS,
    ),
    "writing.withdraw": (
        lambda w, who: writing.withdraw(w.store, FINDER, who, "n", w.text, NOW),
        OFFICERS,
    ),
    "writing.opened": (lambda w, who: writing.opened(w.store, FINDER, who, "n"), OFFICERS),
    "approving.submit": (
        lambda w, who: approving.submit(w.store, FINDER, who, "n", w.version, NOW),
        OFFICERS,
    ),
    "approving.approve": (
        lambda w, who: approving.approve(w.store, FINDER, who, "n", w.version, NOW),
        OFFICERS,
    ),
    "approving.send_back": (
        lambda w, who: approving.send_back(w.store, FINDER, who, "s", w.version, w.text, NOW),
        OFFICERS,
    ),
    "publishing.publish": (
        lambda w, who: publishing.publish(
            w.store, FINDER, who, "n" if w.wrong else "a", NOW, Cap()
        ),
        OFFICERS,
    ),
    "trial.try_out": (lambda w, who: trial.try_out(w.store, FINDER, who, "n", NOW), OFFICERS),
    "recurring.make_recurring": (
        lambda w, who: recurring.make_recurring(w.store, FINDER, who, "k", w.rule, w.schedule, NOW),
        OFFICERS,
    ),
    "recurring.change_recurring": (
        lambda w, who: recurring.change_recurring(
            w.store, FINDER, who, "r", w.version, w.rule, w.schedule, NOW
        ),
        OFFICERS,
    ),
    "recurring.stop_recurring": (
        lambda w, who: recurring.stop_recurring(w.store, who, "r", NOW),
        OFFICERS,
    ),
    "recurring.start_recurring": (
        lambda w, who: recurring.start_recurring(w.store, FINDER, who, "r", NOW),
        OFFICERS,
    ),
    "recurring.remove_recurring": (
        lambda w, who: recurring.remove_recurring(w.store, who, "r"),
        OFFICERS,
    ),
    "notice_presets.save_audience": (
        lambda w, who: notice_presets.save_audience(
            w.store, FINDER, who, "k", w.text, w.communities, NOW
        ),
        OFFICERS,
    ),
    "registry.bind": (
        lambda w, who: registry.bind(w.store, who, FINDER, "g", "w1-c2", w.wrong),
        OFFICERS,
    ),
    "registry.make_doorway": (
        lambda w, who: registry.make_doorway(w.store, who, FINDER, "k", "w1-c1", w.text, NOW),
        OFFICERS,
    ),
    "registry.remove_doorway": (
        lambda w, who: registry.remove_doorway(w.store, who, FINDER, "d"),
        OFFICERS,
    ),
    "registry.write_welcome": (
        lambda w, who: registry.write_welcome(w.store, who, w.text, NOW),
        CHIEFS,
    ),
    "registry.write_community_welcome": (
        lambda w, who: registry.write_community_welcome(w.store, who, FINDER, "w1-c1", w.text, NOW),
        OFFICERS,
    ),
    "handing_over.ask_to_hand_over": (
        lambda w, who: handing_over.ask_to_hand_over(
            w.store, who, FINDER, "g", "nobody" if w.wrong else OWN[Role.STATION_OFFICER].id, NOW
        ),
        OFFICERS,
    ),
    "handing_over.take_back": (
        lambda w, who: handing_over.take_back(w.store, who, FINDER, "g"),
        OFFICERS,
    ),
}
# Of one's own station, whichever that is: nothing of another's can be named.
PERSONAL: dict[str, tuple[Verb, set[Role]]] = {
    "notice_presets.save_template": (
        lambda w, who: notice_presets.save_template(
            w.store, who, "k", "甲", w.text, w.text, "", 2, NOW
        ),
        OFFICERS,
    ),
    "notice_presets.remove_audience": (
        lambda w, who: notice_presets.remove_audience(w.store, who, "k"),
        OFFICERS,
    ),
    "notice_presets.remove_template": (
        lambda w, who: notice_presets.remove_template(w.store, who, "k"),
        OFFICERS,
    ),
}
# Asked by another verb, or by a route whose role says it all (tests/api/test_access.py).
WITHIN = {
    "away.leave_others": "go_away asks for each",
    "charge.transfer": "/people/{id}/charge/transfer: oneself, supervisor, administrator",
    "handing_over.follow_charge": "after an administrator changed a person",
    "handing_over.leave_groups": "a part of charge.transfer",
    "succession.hand_on": "a part of charge.transfer",
    "notice_presets.presets_of": "reads the own",
    "notice_presets.last_notice": "reads the own",
    "tip_event.say": "reply asks",
    "tip_many.reply_to_many": "asks for each, and says it of each",
    "tip_moves.call_back": "whoever handed it over: a test of its own",
    "viewing.viewed": "the route opened the tip before",
    "viewing.left": "removes the own",
}
