"""The whole product as an operator watches it: a token for every ``/metrics``, JSON lines, and every figure
that documents, alarms and dashboard name."""

from __future__ import annotations

import json
import re
import signal
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.operations.test_started_wrong import Machine, until_it_answers
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
TOKEN = "a-token-of-the-tests"
PROMETHEUS = {"up"}  # made by Prometheus itself
OFFICIAL = {
    "official_appid": "wx1",
    "official_secret": "s",
    "official_original_id": "gh_1",
    "official_token": "t",
    "official_mode": "plain",
    "official_api": "http://127.0.0.1:1",
}


class Watched:
    """What a product that was watched for a while has said."""

    def __init__(self, settings: dict[str, str], metrics: dict[str, str], log: list[Any]) -> None:
        self.settings, self.metrics, self.log = settings, metrics, log

    @property
    def families(self) -> set[str]:
        """Names of all figures of all processes."""
        found: set[str] = set()
        for text in self.metrics.values():
            kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M))
            found |= set(kinds)
            for name, kind in kinds.items():
                if kind == "histogram":
                    found |= {f"{name}_bucket", f"{name}_sum", f"{name}_count"}
        return found


def scrape(port: str, token: str = "") -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/metrics", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """Started, watched and ended once for all."""
    machine = Machine(tmp_path_factory.mktemp("watched"))
    settings = machine.settings(
        "data", log_format="json", metrics_token=TOKEN, worker_port=free_port(), **OFFICIAL
    )
    running = machine.start("serve", settings)
    metrics: dict[str, str] = {}
    try:
        until_it_answers(running, settings)
        for name in ("PORT", "MEDIA_PORT", "BOT_PORT", "WORKER_PORT"):
            end = time.monotonic() + 90
            while name not in metrics:
                assert time.monotonic() < end, name
                try:
                    assert scrape(settings[f"JINGMIN_{name}"])[0] == 401
                    assert scrape(settings[f"JINGMIN_{name}"], TOKEN + "x")[0] == 401
                    status, metrics[name] = scrape(settings[f"JINGMIN_{name}"], TOKEN)
                    assert status == 200
                except OSError:
                    time.sleep(0.2)
        alive = 'jingmin_processes{kind="%s"} 1.0'
        while not all(alive % one in metrics["PORT"] for one in ("media", "bot", "worker")):
            assert time.monotonic() < end, metrics["PORT"]
            time.sleep(1)
            metrics["PORT"] = scrape(settings["JINGMIN_PORT"], TOKEN)[1]
        running.send_signal(signal.SIGTERM)
        said, _ = running.communicate(timeout=60)
    finally:
        machine.stop()
    return Watched(settings, metrics, [json.loads(line) for line in said.splitlines()])


def test_every_process_is_watched_and_logs_in_json(product: Watched) -> None:
    named = {"supervisor", "media-1", "api", "bot", "worker"}
    assert {line["process"] for line in product.log} == named
    for line in product.log:
        assert {"time", "level", "logger", "process", "pid", "message"} <= set(line)
        assert TOKEN not in json.dumps(line)
    assert len({line["pid"] for line in product.log}) == len(named)
    for text in product.metrics.values():
        assert re.search(r"^process_start_time_seconds 1\.\d+e\+09$", text, re.M)
    store = re.search(r"^jingmin_store_bytes (\S+)$", product.metrics["PORT"], re.M)
    assert store is not None
    assert float(store.group(1)) > 10_000


def test_what_the_guide_says_to_alarm_on_is_there(product: Watched) -> None:
    text = (ROOT / "docs" / "operator.md").read_text("utf-8")
    _, _, table = text.partition("| alarm on | of | why |")
    rows = [line.split("|") for line in table.partition("\n\n")[0].splitlines()[2:]]
    names = {name for row in rows for name in named(row[1] + row[3])}
    assert len(rows) > 15
    assert names - product.families == PROMETHEUS & names
    # Each is shown by the processes that the row names.
    ports = {"api": "PORT", "media": "MEDIA_PORT", "bot": "BOT_PORT", "worker": "WORKER_PORT"}
    for row in rows:
        of = list(ports) if row[2].strip() == "all" else row[2].strip().split(", ")
        for name in named(row[1]) - PROMETHEUS:
            for one in of:
                assert f"# TYPE {name} " in product.metrics[ports[one]], f"{name} of {one}"


def test_every_alert_and_panel_asks_for_figures_that_are_there(product: Watched) -> None:
    rules = [
        rule
        for group in yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text())["groups"]
        for rule in group["rules"]
    ]
    dashboard = json.loads((ROOT / "deploy/grafana/dashboard.json").read_text("utf-8"))
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    assert len(asked) > 10
    for expression in [*asked, *(rule["expr"] for rule in rules)]:
        assert named(expression), expression
        assert named(expression) <= product.families | PROMETHEUS, expression
    # And each row of the guide that is no trend has its alert.
    text = (ROOT / "docs" / "operator.md").read_text("utf-8")
    _, _, table = text.partition("| alarm on | of | why |")
    wanted = {
        name
        for line in table.partition("\n\n")[0].splitlines()[2:]
        for name in named(line.split("|")[1])
    }
    in_rules = {re.sub("_bucket$", "", name) for rule in rules for name in named(str(rule["expr"]))}
    assert wanted == in_rules


def named(words: str) -> set[str]:
    """The figures that are named in a text or an expression."""
    return set(re.findall(r"\b(jingmin_[a-z_]+|process_[a-z_]+|up)\b", words))
