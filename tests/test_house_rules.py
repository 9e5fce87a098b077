"""Rules that the heads of files and docs/house.md state, looked for in the sources."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from api.app import all_routes
from webrtc.fastpath import Remote

ROOT = Path(__file__).parents[1]
DOMAIN = sorted((ROOT / "domain").glob("*.py"))
ROOMS = [path for room in ("api", "domain") for path in sorted((ROOT / room).glob("*.py"))]
BOT = sorted((ROOT / "bot").glob("*.py"))
OTHERS = [path for room in ("locate", "storage", "webrtc") for path in (ROOT / room).glob("*.py")]
COMMAND = [*sorted(ROOT.glob("*.py")), *sorted((ROOT / "jingmin").rglob("*.py"))]
SOURCES = [*ROOMS, *BOT, *sorted(OTHERS), *COMMAND]
DECODERS = ("decoding", "decoder_process", "pictures", "clips")
# Modules whose head says so.
PURE = (
    *("bot/dialog.py", "bot/rules.py", "bot/turn.py", "bot/meaning.py", "bot/passive.py"),
    *("domain/hotline.py", "domain/delivery.py", "domain/workflow.py", "domain/track.py"),
    *("storage/watch.py", "webrtc/room.py", "webrtc/phase.py", "api/login_policy.py"),
)
OUTSIDE = {"asyncio", "time", "datetime", "socket", "os", "random", "secrets", "subprocess"}
OUTSIDE |= {"aiohttp", "logging"}
METRICS = ("Counter", "Gauge", "Histogram", "CounterMetricFamily", "GaugeMetricFamily")
LABELS = {"kept", "route", "status", "side", "state", "platform", "answered", "became", "code"}
LABELS |= {"call", "reason", "kind", "end"}
# A state that is not saved, that the bot found, or that comes out of ``step`` a few lines before.
OTHERWISE = {
    ("api/stood_down.py", "IncidentState.DISPATCHED"): "of the copy that is shown",
    ("domain/marks.py", "state"): "what became of a line in the caller's chat, as the bot says",
    ("domain/publishing.py", "after"): "the step was made before the deliveries were written",
}


def trees(paths: list[Path]) -> Iterator[tuple[str, ast.Module]]:
    for path in paths:
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))


def steps(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "step":
            yield node


def assigned(tree: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Targets and values of plain assignments, those of tuples one by one."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                yield from zip(target.elts, node.value.elts, strict=True)
            else:
                yield target, node.value


def test_rule_1_the_state_of_a_call_changes_in_its_file_alone() -> None:
    """domain/call.py: and for what media processes report in attendance.py."""
    where = {
        name
        for name, tree in trees(ROOMS)
        for call in steps(tree)
        if ast.unparse(call.args[0]) in ("CALL", "PARTICIPANT")
    }
    assert where == {"domain/call.py", "domain/attendance.py"}
    written = (ROOT / "domain" / "attendance.py").read_text("utf-8")
    assert "step(CALL" not in written


def test_state_changes_only_through_a_table() -> None:
    """docs/house.md, How a change is made: nothing sets ``state`` to what ``step`` did not answer."""
    used = set()
    for name, tree in trees(ROOMS):
        for target, value in assigned(tree):
            if isinstance(target, ast.Attribute) and target.attr == "state":
                text = ast.unparse(value)
                if (name, text) in OTHERWISE:
                    used.add((name, text))
                else:
                    assert text.startswith("step("), f"{name}: {ast.unparse(target)} = {text}"
    assert used == set(OTHERWISE)


def test_a_word_of_the_domain_has_one_meaning() -> None:
    """docs/house.md: the class names of ``domain/`` are the words; each is there once."""
    found = defaultdict(list)
    for name, tree in trees(DOMAIN):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(name)
    assert {word: files for word, files in found.items() if len(files) > 1} == {}


def test_what_must_survive_a_crash_is_no_global() -> None:
    """docs/house.md: the domain keeps nothing between two calls but names for what never changes."""
    for name, tree in trees(DOMAIN):
        for node in ast.walk(tree):
            assert not isinstance(node, ast.Global), name
            if isinstance(node, ast.Assign) and node in tree.body:
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        known = target.id == "log" or target.id.upper() == target.id
                        assert known or target.id[0].isupper() or target.id == "T", (
                            f"{name}: {target.id}"
                        )


def test_the_first_waiting_is_never_rewritten() -> None:
    """domain/incident.py: ``raised_at`` never changes once an incident was composed."""
    for name, tree in trees(ROOMS):
        for target, _ in assigned(tree):
            if isinstance(target, ast.Attribute):
                assert target.attr != "raised_at", name


def test_an_entry_of_a_log_is_appended_in_one_place() -> None:
    """domain/evidence.py: append-only. Nobody else puts an entry into a log, or takes one out; audit.py
    lets go of what the store has."""
    changes = ("append", "insert", "pop", "remove", "clear", "extend", "sort", "reverse")
    for name, tree in trees(ROOMS):
        if name in ("domain/evidence.py", "domain/audit.py"):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                changed = ast.unparse(node.func.value) if node.func.attr in changes else ""
                assert not changed.endswith("log.entries"), name
            for target in node.targets if isinstance(node, ast.Assign | ast.Delete) else []:
                text = ast.unparse(target)
                assert "log.entries" not in text, f"{name}: {text}"
                assert not text.endswith(("log.head", "log.length")), f"{name}: {text}"


def test_rule_1_the_state_of_a_tip_changes_in_three_files() -> None:
    """domain/tip.py: what is done to it, where it goes (tip_moves.py) and who has it (succession.py)."""
    where = {
        name
        for name, tree in trees([*ROOMS, *BOT])
        for call in steps(tree)
        if ast.unparse(call.args[0]) == "TIP"
    }
    assert where == {"domain/tip.py", "domain/tip_moves.py", "domain/succession.py"}


def test_what_says_that_it_is_without_io_and_clock_is() -> None:
    """The conversation, what the webhook answers by itself, words of danger, rules of calls and log-ins."""
    emergency = [f"domain/{path.name}" for path in DOMAIN if path.name.startswith("emergency")]
    for name, tree in trees([ROOT / one for one in (*PURE, *emergency)]):
        for node in ast.walk(tree):
            assert not isinstance(node, ast.AsyncFunctionDef | ast.Await), name
            if isinstance(node, ast.Import | ast.ImportFrom):
                module = getattr(node, "module", None)
                names = [module] if module else [one.name for one in node.names]
                assert not {one.partition(".")[0] for one in names if one} & OUTSIDE, name
            if isinstance(node, ast.Call):
                assert ast.unparse(node.func) not in ("open", "print", "input"), name


def test_looking_and_reading_change_no_state_and_are_no_entries() -> None:
    """domain/desk.py: no state changes here. marks.py, presence.py, viewing.py: kept beside the log."""
    for name, tree in trees([ROOT / "domain" / "desk.py"]):
        assert not list(steps(tree)), name
        for target, _ in assigned(tree):
            assert not ast.unparse(target).endswith(".state"), name
    beside = [ROOT / "domain" / f"{name}.py" for name in ("marks", "presence", "viewing")]
    for name, tree in trees(beside):
        called = {ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
        assert not called & {"evidence.append", "append", "system_entry"}, name


def test_every_refusal_is_in_one_list() -> None:
    """domain/errors.py."""
    for name, tree in trees(SOURCES):
        called = {ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
        assert "Fault" not in called or name == "domain/errors.py", name


def test_only_the_bot_opens_who_told_a_tip() -> None:
    """domain/resident.py, docs/wechat-setup.md: the key of identities is made for the bot alone; the api
    asks of a ``Teller`` whether it is there."""
    made = set()
    for name, tree in trees(SOURCES):
        text = ast.unparse(tree)
        if "'identity'" in text and "KeySeal(" in text:
            made.add(name)
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                assert node.attr != "identity" or name.startswith("bot/"), name
                if node.attr == "tellers" and name.startswith("api/"):
                    assert name == "api/tip_told.py"
    assert made == {"jingmin/assembly/bot.py"}
    for name, tree in trees([ROOT / "jingmin" / "assembly" / "bot.py"]):
        functions = [n for n in tree.body if isinstance(n, ast.FunctionDef)]
        using = {one.name for one in functions if "'identity'" in ast.unparse(one)}
        assert using == {"build_bot"}, name
    told = (ROOT / "api" / "tip_told.py").read_text("utf-8")
    assert "{one.id async for one in named(store.tellers" in told
    assert ".sealed" not in told


def test_labels_of_metrics_are_of_fixed_kinds() -> None:
    """api/metrics.py, bot/meters.py: no names, numbers, positions, ids or texts in labels."""
    found = set()
    for name, tree in trees(SOURCES):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in METRICS:
                given = [*node.args[2:3], *(k.value for k in node.keywords if k.arg == "labels")]
                for labels in given:
                    assert isinstance(labels, ast.List), f"{name}: {ast.unparse(node)}"
                    found |= {str(ast.literal_eval(one)) for one in labels.elts}
    assert found == LABELS


def test_media_is_never_decoded_by_the_server() -> None:
    """README.md, webrtc/forward.py, webrtc/frames.py: packets are forwarded and written as they came."""
    for name, tree in trees(sorted((ROOT / "webrtc").glob("*.py"))):
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("aiortc."):
                parts = (node.module or "").split(".")
                assert not {"codecs", "contrib", "mediastreams"} & set(parts), name
            if isinstance(node, ast.Import):
                assert name == "webrtc/matroska.py" or "av" not in {n.name for n in node.names}, (
                    name
                )
    movie = ast.unparse(ast.parse((ROOT / "webrtc" / "matroska.py").read_text("utf-8")))
    assert ".decode(" not in movie
    assert ".encode(" not in movie


def test_what_strangers_send_is_on_no_disk_while_it_is_decoded() -> None:
    """decoding.py: data passes in memory files."""
    for name, tree in trees([ROOT / f"{one}.py" for one in DECODERS]):
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                assert "tempfile" not in {one.name for one in node.names}, name
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "open":
                assert ast.literal_eval(node.args[0]) == "/proc/self/oom_score_adj", name


def test_no_address_that_a_client_names_is_known_to_its_connection() -> None:
    """webrtc/ice.py: clients check the server's addresses, and are answered where they are."""
    assert set(Remote.__dataclass_fields__) == {"ufrag", "password", "fingerprints"}
    for name, tree in trees(sorted((ROOT / "webrtc").glob("*.py"))):
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("add_remote_candidate", "addRemoteCandidate"), name


def test_members_that_are_not_named_are_refused_but_of_somebody_in_danger() -> None:
    """api/bodies.py; docs/api.md names those that are judged member by member."""
    lenient = set()
    for route in all_routes(demo=True):
        if route.lenient is not None:
            lenient.add(route.path)
            assert not route.lenient.__struct_config__.forbid_unknown_fields, route.path
        for kind in (route.body, route.query):
            if kind is not None:
                assert kind.__struct_config__.forbid_unknown_fields, route.path
    said = re.sub(r"\s+", " ", (ROOT / "docs" / "api.md").read_text("utf-8"))
    sentence = re.search(
        r"yes nor no counts as yes\. (.*?) read their bodies in the same way", said
    )
    assert sentence is not None
    assert set(re.findall(r"`(.*?)`", sentence[1])) == lenient - {"/incidents"}
