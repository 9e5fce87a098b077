"""Documents say what the code does: settings, live feed, wire types of the pages, log entries."""

from __future__ import annotations

import re
from argparse import _SubParsersAction
from pathlib import Path

import msgspec

from api import (
    bodies,
    integrators,
    messages,
    shapes,
    shapes_caller,
    shapes_calls,
    shapes_charge,
    shapes_desks,
    shapes_groups,
    shapes_notices,
    shapes_numbers,
    shapes_presets,
    shapes_recurring,
    shapes_site,
    shapes_stations,
    shapes_thread,
    shapes_tips,
    webhooks,
)
from api.app import all_routes
from api.limits import RATES
from api.openapi import PREFIX, document
from api.views import CALLER_DATA
from config import PREFIX as SETTING
from config import Settings
from docs import clients
from docs.diagrams import TABLES
from domain.errors import FAULTS
from domain.evidence import Entry
from domain.message import CALLER_SEES
from domain.people import DESK, STAFF, Role, Who
from domain.workflow import mermaid
from jingmin.processes.listening import KEEP_ALIVE_S
from main import _parser

ROOT = Path(__file__).parents[1]
PAGES = (
    *("README.md", "README.zh-CN.md", "SECURITY.md", "api/LIVE.md", "webrtc/PROTOCOL.md"),
    *(f"docs/{name}.md" for name in ("api", "clients", "house", "log", "operator", "wechat-setup")),
)
# Where the pages keep the types of what goes over the wire.
WIRE = (
    *("types", "bodies", "charge", "desks", "messages", "tips", "notices"),
    *("integrators", "numbers", "presets", "recurring"),
)

# Words of docs/api.md for those who may.
MAY = {
    "desk": DESK,
    "station": (Role.STATION_OFFICER,),
    "community": (Role.COMMUNITY_OFFICER,),
    "officers": (Role.COMMUNITY_OFFICER, Role.STATION_OFFICER),
    "supervisor": (Role.SUPERVISOR,),
    "admin": (Role.ADMIN,),
    "staff": STAFF,
}


def read(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def log_table() -> str:
    return read("docs/log.md").partition("## What is not written")[0]


def test_every_setting_is_in_the_operators_guide_and_no_other() -> None:
    text = read("docs/operator.md")
    named = set(re.findall(r"^\| `([a-z_]+)` \|", text, re.M))
    assert named == set(Settings.__struct_fields__)
    assert SETTING == "JINGMIN_"


def test_the_product_keeps_connections_as_long_as_the_proxy_of_the_guide() -> None:
    found = re.findall(r"keepalive_timeout (\d+)m;", read("deploy/nginx/jingmin.conf"))
    assert [int(minutes) * 60 <= KEEP_ALIVE_S for minutes in found] == [True]


def test_the_live_feeds_messages_are_those_of_the_code() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| \w+ \| ([^|]*) \|", read("api/LIVE.md"), re.M))
    kinds = [*messages.LiveIn.__args__, *messages.LiveOut.__args__]
    found = {kind.__struct_config__.tag: set(kind.__struct_fields__) for kind in kinds}
    assert set(rows) == set(found)
    for tag, members in found.items():
        assert set(re.findall(r"`(\w+)`", rows[tag])) == members, tag


def test_the_pages_types_have_the_same_members() -> None:
    text = "\n".join(read(f"pages/shared/{name}.ts") for name in WIRE)
    found = re.findall(r"export interface (\w+)[^{]*\{(.*?)^\}", text, re.M | re.S)
    interfaces = {name: set(re.findall(r"^\s+(\w+)\??:", body, re.M)) for name, body in found}
    assert len(interfaces) == len(found), "one of them is declared twice"
    for name, members in interfaces.items():
        kind = next(
            (
                getattr(room, name)
                for room in (
                    bodies,
                    integrators,
                    webhooks,
                    messages,
                    shapes,
                    shapes_caller,
                    shapes_calls,
                    shapes_desks,
                    shapes_charge,
                    shapes_groups,
                    shapes_notices,
                    shapes_numbers,
                    shapes_presets,
                    shapes_recurring,
                    shapes_site,
                    shapes_stations,
                    shapes_thread,
                    shapes_tips,
                )
                if hasattr(room, name)
            ),
            None,
        )
        if kind is None or not issubclass(kind, msgspec.Struct):
            continue
        tag = {"type"} if kind.__struct_config__.tag else set()
        assert members - tag == set(kind.__struct_fields__), name
    for name in ("IncidentView", "CallerView", "Receipt", "JoinView", "EntryView", "Problem"):
        assert name in interfaces
    for name in ("LoginIn", "Snapshot", "TipThread", "NoticeView"):
        assert name in interfaces


def test_every_route_is_in_the_one_page_and_the_document() -> None:
    text = read("docs/api.md")
    openapi = document(all_routes(demo=True), "0")
    for route in all_routes(demo=True):
        assert route.method.lower() in openapi["paths"][PREFIX + route.path]
        assert f"`{route.path}" in text, route.path
    assert openapi["openapi"].startswith("3.1")


def test_every_log_entry_written_is_described() -> None:
    described = set(re.findall(r"`([a-z_]+(?:\.[a-z_]+)?)`", read("docs/log.md")))
    for path in (ROOT / "domain").glob("*.py"):
        source = path.read_text("utf-8")
        for what in re.findall(
            r'"((?:incident|station|participant|call|recording|caller|file)\.[a-z_]+)"', source
        ):
            assert what in described, f"{path.name}: {what}"


def test_the_pages_have_a_sentence_for_every_log_entry() -> None:
    sentences = read("pages/shared/sentences.ts")
    table = re.findall(r"^\| (`.*?) \|", read("docs/log.md"), re.M)
    for what in re.findall(r"`([a-z_.]+)`", " ".join(table)):
        if what != "upload":
            assert re.search(rf"^  '?{re.escape(what)}'?: \[", sentences, re.M), what


def test_the_state_diagrams_are_drawn_from_the_tables() -> None:
    text = read("docs/house.md")
    for table, start in TABLES.values():
        assert mermaid(table, start) in text, "run: python docs/diagrams.py"


def test_the_tables_for_clients_are_drawn_from_the_code() -> None:
    text = read("docs/clients.md")
    assert clients.drawn(text) == text, "run: python docs/clients.py"
    assert set(clients.SPENT) == set(RATES)
    for code in FAULTS:
        assert f"| `{code}` |" in text


def test_both_readmes_have_the_same_sections_commands_and_pictures() -> None:
    english, chinese = read("README.md"), read("README.zh-CN.md")
    for pattern in (r"^#+ ", r"```[a-z]*\n(.*?)```", r"!\[[^]]*\]\(([^)]+)\)"):
        flags = re.M | re.S
        one, two = re.findall(pattern, english, flags), re.findall(pattern, chinese, flags)
        if pattern.startswith("^"):
            assert len(one) == len(two)
        else:
            assert one == two
    for picture in re.findall(r"!\[[^]]*\]\(([^)]+)\)", english):
        assert (ROOT / picture).exists(), picture


def test_the_defaults_of_the_settings_are_those_of_the_code() -> None:
    """Where nothing or a sentence stands in place of one, the setting is empty, or the page says how."""
    rows = re.findall(r"^\| `([a-z_]+)` \| ([^|]*)\|", read("docs/operator.md"), re.M)
    settings = Settings()
    empty = {"secret": "", "boundaries": None, "store_uri": "", "media_url": "", "bot_url": ""}
    for name, said in rows:
        default = getattr(settings, name)
        if name in empty:
            assert default == empty[name], name
        elif isinstance(default, bool):
            assert said.strip() == str(default).lower(), name
        elif isinstance(default, float):
            assert float(said) == default, name
        elif isinstance(default, list):
            assert said.strip() == ",".join(default), name
        else:
            text = said.strip().partition(" (")[0]
            assert text == ("" if default is None else str(default)), name


def test_what_documents_name_is_there() -> None:
    """Metrics, files with what is in them, and codes with their status."""
    rooms = ("api", "bot", "domain", "locate", "storage", "webrtc", "simulator", "docs", "tests")
    paths = [*ROOT.glob("*.py"), *(one for room in rooms for one in (ROOT / room).rglob("*.py"))]
    sources = "\n".join(path.read_text("utf-8") for path in paths if path.parts[-2] != "tests")
    for page in PAGES:
        text = read(page)
        for metric in set(re.findall(r"\bjingmin_[a-z_]*[a-z]", text)) - {"jingmin_client"}:
            last = re.sub(r"^jingmin_(media_|connections_)?|_total$", "", metric)
            assert last in sources, f"{page}: {metric}"
        for path in set(re.findall(r"`(\w[\w./-]*/[\w.-]+\.(?:py|ts|tsx|md|mjs|sh|txt))\b", text)):
            assert (ROOT / path).exists(), f"{page}: {path}"
        for path, names in re.findall(r"`(\w[\w/]*\.py): ([\w, ]+)`", text):
            for name in names.split(", "):
                assert re.search(rf"\b{name}\b", read(path)), f"{page}: {path}: {name}"
        for status, code in re.findall(r"\b([45]\d\d) `([a-z_]+)`", text):
            assert FAULTS[code].status == int(status), f"{page}: {status} {code}"
        for code, status in re.findall(r"`([a-z_]+)` \(([45]\d\d)\)", text):
            assert FAULTS[code].status == int(status), f"{page}: {code} ({status})"


def test_both_readmes_have_the_same_figures() -> None:
    """Of what was measured. A single digit may be spelt out in one of them."""

    def figures(path: str) -> list[list[str]]:
        rows = re.findall(r"^\| .*", read(path), re.M)
        found = [re.findall(r"\d[\d,.]*\d", row) for row in rows]
        return [sorted(one) for one in found]

    assert figures("README.md") == figures("README.zh-CN.md")


def test_the_readme_names_every_command_and_no_other() -> None:
    said = re.search(r"^jingmin (demo \| .*)", read("README.md"), re.M)
    assert said is not None
    named = {one.split()[0] for one in said[1].split(" | ")}
    (commands,) = (one for one in _parser()._actions if isinstance(one, _SubParsersAction))
    assert named == set(commands.choices) - {"simulator"}, "which the demo starts"


def test_what_the_caller_sees_of_the_log_is_marked_and_nothing_else() -> None:
    """docs/log.md, in a table of entries with their data; the rest is the desk's."""
    marked, data = set(), {}
    for what, members in re.findall(r"^\| (`[^|]*) \|([^|]*)\|", log_table(), re.M):
        for name, dot in re.findall(r"`([a-z_.]+)`( ●)?", what):
            data[name] = set(re.findall(r"`(\w+)`", members))
            if dot:
                marked.add(name)
    assert marked == CALLER_SEES
    for name, kept in CALLER_DATA.items():
        assert set(kept) <= data[name], name
    text = read("docs/log.md")
    said = re.search(r"^Every entry has (.*?)\. The thread", text, re.M | re.S)
    assert said is not None
    named = set(re.findall(r"`(\w+)`", said[1])) - set(Who.__dataclass_fields__)
    assert named == set(Entry.__dataclass_fields__)


def test_who_may_ask_what_is_as_the_one_page_says() -> None:
    """docs/api.md, a row for some routes; ``same`` is as the row before."""
    routes = {(one.method, one.path): one for one in all_routes(demo=True)}
    rows = re.findall(r"^\| ([^|]*`/[^|]*) \| ([^|]*) \| ", read("docs/api.md"), re.M)
    whose, asked = "", set()
    for what, who in rows:
        whose = whose if who.startswith("same") else who
        methods: list[str] = []
        for named, path in re.findall(r"((?:[A-Z]{3,6}[,/ ]+)*)`(/[^`?]*)", what):
            methods = re.findall("[A-Z]+", named) or methods
            for method in methods:
                route = routes[method, path]
                asked.add((method, path))
                found = "public" if whose.startswith(("anybody", "a key", "an officer")) else ""
                found = "caller" if whose == "caller" else found
                may = route.access if isinstance(route.access, str) else set(route.access)
                assert may == (found or roles_of(whose)), f"{method} {path}: {whose}"
    assert asked >= set(routes), set(routes) - asked


def roles_of(whose: str) -> set[Role]:
    words = set(re.findall(r"\w+", whose))
    if words & {"who", "its"} and "desk" not in words:  # whose notice, tip or group it is
        words |= {"officers", "supervisor"}
    return {role for word in words & set(MAY) for role in MAY[word]}


# Who types what the operator's guide shows. A new block is to be typed by a test, too.
TYPED = {
    "ssh -L 8110:": "another machine's sshd is asked; test_the_ports_of_the_demo_are_brought_here",
    "python3 -m venv /opt/jingmin": ".ci/run",
    'public_url = "https://110.example.cn"': "tests/operations/test_started_wrong.py",
    "useradd --system": "tests/system/test_containerfile.py",
    "jingmin convert": "tests/locate/test_conversion.py",
    "jingmin --config /etc/jingmin.toml people": "tests/operations/test_people_commands.py",
    "jingmin backup-key": "tests/operations/test_backup.py",
    "jingmin backup ": "tests/operations/test_backup.py",
    "jingmin restore": "tests/operations/test_backup.py",
    "jingmin move": "tests/operations/test_backup.py",
    "jingmin store": "tests/operations/test_backup.py",
}


def test_each_block_of_the_operators_guide_is_typed_by_somebody() -> None:
    blocks = re.findall(r"^```\w*\n(.*?)^```", read("docs/operator.md"), re.M | re.S)
    named = [next((one for one in TYPED if block.startswith(one)), block[:60]) for block in blocks]
    assert sorted(named) == sorted(TYPED)
    for where in TYPED.values():
        assert " " in where or (ROOT / where).exists(), where


def test_the_ports_of_the_demo_are_brought_here() -> None:
    (line,) = re.findall(r"^ssh .*$", read("docs/operator.md"), re.M)
    ports = {int(one) for one in re.findall(r"-L (\d+):127\.0\.0\.1:\1", line)}
    defaults = Settings()
    assert ports == {
        defaults.port,
        defaults.media_port,
        defaults.bot_port,
        defaults.simulator_port,
    }
