"""A clock that is set back stops nothing: no position, no 情况有变, no escalation, no dead process."""

from __future__ import annotations

import ast
from pathlib import Path

from api.login_policy import add_failure, aged
from domain.call import MediaProcess, alive
from domain.clock import ahead, elapsed, within
from domain.closing import close
from domain.incident import Disposition, answer, come_back
from domain.intake import Report, compose
from domain.outgoing import Channel, Message, abandoned, claim
from domain.people import Attempts, Role, Who
from domain.sweep import due
from domain.ticket import random_id
from storage.store import MongoStore

ROOT = Path(__file__).parents[2]
NOW = 1_795_000_000_000
HOUR = 3_600_000
DESK = Who("desk", Role.DISPATCHER, "接警员")
# Differences that are right as they are; all others are asked of ``domain.clock``.
SPAN = "a length of time is taken away"
OWN = "the process's own clock, which nobody sets"
BY_HAND = {
    ("domain/numbers.py", "now - days * DAY_MS"): SPAN,
    ("domain/numbers.py", "now - 2 * days * DAY_MS"): SPAN,
    ("domain/position.py", "now - age"): SPAN,
    ("domain/tip_deadline.py", "now - self._allowed(True, level)"): SPAN,
    ("domain/tip_deadline.py", "now - self._allowed(False, level)"): SPAN,
    ("bot/alarm_rows.py", "now - int((read_at - met) * 1000)"): SPAN,
    ("bot/alarm_rows.py", "house.clock() - lasted"): SPAN,
    ("bot/progress.py", "self._house.clock() - back_ms"): SPAN,
    (
        "domain/occurrence.py",
        "at - now",
    ): "how far ahead a day's notice is; it was computed from now",
    ("bot/notices.py", "it.due_at - now"): "how far ahead; it was computed from now",
    ("bot/groups.py", "self._look_at - now"): "what is further ahead than any pause is now",
    ("domain/lease.py", "it.until - now"): "an end further ahead than any lease has passed",
    ("domain/lease.py", "it.turned_at + every_ms - now"): "no wait is longer than one turn",
    ("api/login_policy.py", "it.until - now"): "what is longer than any wait does not count",
    ("api/limits.py", "now - at"): OWN,
    ("bot/alarms.py", "now - self._said.get(key, -AGAIN_S)"): OWN,
    ("bot/pace.py", "at - loop.time()"): OWN,
}
# Times ahead that are compared as they are; all others are asked of ``ahead``.
OF_DAY = "a time of day that somebody chose and everybody sees"
LASTS = "a right that is said to last as much longer"
SHORTENED = "put right when the clock was set back, and at every start"
COMPARED = {
    ("domain/arrival.py", "now < expires_at <= now + TOKEN_MS"): "no token lasts longer",
    ("domain/beat.py", "one.away_until > now"): OF_DAY,
    ("domain/notice.py", "it.expires_at <= now"): OF_DAY,
    ("domain/resident.py", "one.until > now"): "a platform refuses what its own clock says is over",
    (
        "domain/probe.py",
        "now < int(until) * 1000 <= now + 2 * LONGEST_S * 1000",
    ): "no pass lasts longer",
    ("domain/ticket.py", "ticket.expires < now"): LASTS,
    ("domain/ticket.py", "expires < now"): LASTS,
    ("domain/tip_deadline.py", "due > now"): OF_DAY,
    ("api/beats.py", "body.away_until <= ask.now"): OF_DAY,
    ("api/desks.py", "one.expires_at > ask.now"): LASTS,
    ("api/house.py", "session.expires_at < ask.now"): LASTS,
    ("api/live.py", "self._session.expires_at < now_ms()"): LASTS,
    ("api/login_policy.py", "it.at <= now"): "a time ahead is replaced by the present",
    ("api/notice_views.py", "it.send_at <= now"): OF_DAY,
    ("api/notices.py", "(wrong.expires_at or 0) > ask.now"): OF_DAY,
    ("api/stood_down.py", "when <= now"): "shows what happened before it was taken away",
    ("api/webhook_sending.py", "first[0].due_at <= now"): SHORTENED,
    ("api/webhook_sending.py", "one.due_at > now"): SHORTENED,
    ("bot/carrier.py", "until > house.clock()"): "of an answer that came just now",
    ("bot/entrance.py", "passage.begun + KEPT_S < now"): OWN,
    ("bot/entrance.py", "one.begun + KEPT_S >= now"): OWN,
    ("bot/neighbours.py", "message.due_at > house.clock()"): "sent at once, whatever it waits for",
    ("bot/notices.py", "it.send_at <= now"): OF_DAY,
    ("bot/notices.py", "at > now"): "forgets what it need not know any more",
    ("bot/outbox.py", "message.due_at <= now"): SHORTENED,
    ("bot/outbox.py", "head.due_at <= house.clock()"): SHORTENED,
    ("bot/outbox.py", "one.due_at <= house.clock()"): SHORTENED,
    ("bot/pace.py", "at > loop.time()"): OWN,
    (
        "bot/tasks.py",
        "self._house.clock() < it.claimed_until - int(CALL_S * 1000)",
    ): "of a claim that was made just now",
}
ASKS_THE_WALL = {
    "locate/kept.py": "the age of a file, in both directions",
    "storage/embedded.py": "writes it down, and compares it with nothing",
    "webrtc/recorder.py": "writes down when it began",
    "webrtc/server.py": "heartbeats, which another process reads",
    "webrtc/spool.py": "the age of a file, in both directions",
}


def test_within_is_the_same_in_both_directions() -> None:
    assert within(NOW, NOW + 999, 1000)
    assert not within(NOW, NOW + 1000, 1000)
    assert within(NOW + 999, NOW, 1000)
    assert not within(NOW + HOUR, NOW, 1000)


async def test_the_situation_may_change_after_the_clock_was_set_back(store: MongoStore) -> None:
    id = random_id()
    await store.incidents.add(compose(Report(id, id, "n", NOW), NOW))
    for earlier in (0, HOUR):
        await answer(store, DESK, id, NOW - earlier + 1)
        await close(store, DESK, id, Disposition.RESOLVED, "", NOW - earlier + 2)
        after = await come_back(store, id, NOW - earlier + 3, changed=True)
        assert after.state == "RAISED"


def test_who_waits_is_escalated_though_the_clock_was_set_back() -> None:
    waiting = compose(Report("one", "one", "n", NOW), NOW)
    assert not due(waiting, NOW + 5_000, set())
    assert due(waiting, NOW - HOUR, set())


def test_a_media_process_that_died_before_the_clock_was_set_back_is_dead() -> None:
    process = MediaProcess("m", "ws://x", 0, 0, NOW, NOW)
    assert alive(process, NOW + 9_000)
    assert not alive(process, NOW - HOUR)


def test_a_length_of_time_is_never_less_than_nothing() -> None:
    assert (elapsed(NOW, NOW + 5), elapsed(NOW + HOUR, NOW)) == (5, 0)


def test_what_lies_too_far_ahead_has_passed() -> None:
    assert ahead(NOW + 1_000, NOW, 1_000)
    assert ahead(NOW + 1_900, NOW, 1_000), "two machines' clocks differ a little"
    for at in (NOW, NOW - HOUR, NOW + 2_001, NOW + HOUR):
        assert not ahead(at, NOW, 1_000)


def test_no_claim_of_a_dead_process_lasts_as_long_as_the_clock_was_set_back() -> None:
    one = Message("m", "r", Channel.OFFICIAL, "", 1, NOW)
    claim(one, "dead", NOW)
    assert not abandoned(one, NOW + 1)
    assert not abandoned(one, NOW - 1_000), "a small step makes nobody send it a second time"
    assert abandoned(one, NOW - HOUR)


def test_whoever_had_errors_is_not_slowed_longer_nor_forgiven_at_once() -> None:
    it = Attempts("login:desk1", 0, NOW)
    for _ in range(3):
        add_failure(it, NOW)
    add_failure(it, NOW - HOUR)
    assert (it.failures, it.at) == (4, NOW - HOUR)
    assert aged(it, NOW) == 0


async def test_waiting_is_written_down_as_nothing_and_not_as_less(store: MongoStore) -> None:
    id = random_id()
    await store.incidents.add(compose(Report(id, id, "n", NOW), NOW))
    answered = await answer(store, DESK, id, NOW - HOUR)
    waited = [one.data["waited_ms"] for one in answered.log.entries if "waited_ms" in one.data]
    assert waited == [0]


def test_a_difference_of_two_times_has_a_floor_or_a_reason() -> None:
    """The kind: ``now - then`` is less than nothing, or hours, after a clock was set."""
    found = {
        (str(path.relative_to(ROOT)), difference)
        for room in ("domain", "api", "bot")
        for path in sorted((ROOT / room).rglob("*.py"))
        for difference in differences(path)
        if path.name != "clock.py"
    }
    assert found == set(BY_HAND)


def test_a_stored_time_that_is_compared_with_now_has_a_bound_or_a_reason() -> None:
    """The kind: what waits until a time waits for as much longer as the clock was set back. Queries that
    compare are not seen here: ``SHORTENED`` puts right what they find."""
    found = {
        (str(path.relative_to(ROOT)), one)
        for room in ("domain", "api", "bot")
        for path in sorted((ROOT / room).rglob("*.py"))
        for one in comparisons(path)
        if path.name != "clock.py"
    }
    assert found == set(COMPARED)


def test_rooms_that_measure_inside_a_process_do_so_by_its_own_clock() -> None:
    asks = {
        str(path.relative_to(ROOT))
        for place in ("webrtc", "storage", "locate", ".")
        for path in (ROOT / place).glob("*.py")
        if differences(path) and "time.time()" in path.read_text("utf-8")
    }
    assert asks == set(ASKS_THE_WALL)


def differences(path: Path) -> list[str]:
    """Of the present and another time; ``now - KEPT_MS`` is none."""
    return [
        ast.unparse(one)
        for one in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(one, ast.BinOp)
        and isinstance(one.op, ast.Sub)
        and ((_is_now(one.left) and not _is_constant(one.right)) or _is_now(one.right))
    ]


def comparisons(path: Path) -> list[str]:
    """Of the present and a time that is kept somewhere."""
    return [
        ast.unparse(one)
        for one in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(one, ast.Compare)
        and isinstance(one.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE)
        and any(_is_now(side) for side in (one.left, *one.comparators))
    ]


def _is_now(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        if ast.unparse(node.func) == "int":
            return _is_now(node.args[0])
        return ast.unparse(node.func).rpartition(".")[2] in ("clock", "_clock", "now_ms", "time")
    return ast.unparse(node).rpartition(".")[2] == "now"


def _is_constant(node: ast.expr) -> bool:
    names = {ast.unparse(one) for one in ast.walk(node) if isinstance(one, ast.Name)}
    last = {ast.unparse(one) for one in ast.walk(node) if isinstance(one, ast.Attribute)}
    known = {*names, *last} - {"now", "policy", "steps"}
    return all(name.rpartition(".")[2].strip("_").isupper() for name in known)
