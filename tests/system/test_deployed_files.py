"""The files of deploy/ that the system's own tools read: systemd's units, Prometheus's rules, logrotate's."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.system.product import ROOT

pytestmark = pytest.mark.system
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
PROGRAM = "/opt/jingmin/bin/jingmin"


def run(*command: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which(command[0]) or f"/usr/sbin/{command[0]}"
    return subprocess.run(
        [program, *command[1:]], capture_output=True, text=True, timeout=60, check=False
    )


def verified(folder: Path, unit: Path, text: str) -> str:
    """What systemd has to say about a unit; it ends with 0 whatever it says."""
    copy = folder / unit.name.replace("@.", "@8110.")
    copy.write_text(text.replace(PROGRAM, "/bin/true"))
    done = run("systemd-analyze", "verify", "--man=no", str(copy))
    assert done.returncode == 0
    return done.stdout + done.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: str(unit.name))
def test_systemd_knows_every_line_of_a_unit(unit: Path, tmp_path: Path) -> None:
    text = unit.read_text()
    assert verified(tmp_path, unit, text) == ""
    assert "Unknown key" in verified(tmp_path, unit, text.replace("WatchdogSec=", "WatchdogSecs="))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: str(unit.name))
def test_a_unit_is_watched_and_may_little(unit: Path) -> None:
    text = unit.read_text()
    for line in ("Type=notify", "WatchdogSec=10", "LimitNOFILE=65536", "User=jingmin"):
        assert f"\n{line}\n" in text
    # What decodes the files of strangers needs namespaces of its own.
    assert not re.search(r"^(RestrictNamespaces|PrivateUsers|ProcSubset)=", text, re.M)
    said = run("systemd-analyze", "security", "--offline=true", str(unit)).stdout
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
    assert exposure is not None
    assert float(exposure.group(1)) < 4.5


def test_the_units_start_commands_that_there_are() -> None:
    from main import _parser

    started = {
        match.group(1)
        for unit in UNITS
        if (
            match := re.search(rf"^ExecStart={PROGRAM} --config \S+ (\w+)$", unit.read_text(), re.M)
        )
    }
    assert started == {"serve", "api", "media", "bot", "worker"}
    for command in started:
        assert _parser().parse_args([command]).command == command


def test_prometheus_accepts_rules_and_configuration(tmp_path: Path) -> None:
    done = run("promtool", "check", "rules", str(DEPLOY / "prometheus" / "alerts.yml"))
    assert done.returncode == 0, done.stderr
    shutil.copy(DEPLOY / "prometheus" / "alerts.yml", tmp_path)
    configuration = (DEPLOY / "prometheus" / "prometheus.yml").read_text()
    (tmp_path / "jingmin.token").write_text("a-token-of-the-tests")
    token = "/etc/prometheus/jingmin.token"
    assert configuration.count(token) == 1
    file = tmp_path / "prometheus.yml"
    file.write_text(configuration.replace(token, str(tmp_path / "jingmin.token")))
    done = run("promtool", "check", "config", str(file))
    assert done.returncode == 0, done.stderr


def test_alerts_fire_on_what_they_are_for_and_not_on_what_is_not_known(tmp_path: Path) -> None:
    shutil.copy(DEPLOY / "prometheus" / "alerts.yml", tmp_path)
    tests = tmp_path / "tests.yml"
    tests.write_text(ALARMING)
    done = run("promtool", "test", "rules", str(tests))
    assert done.returncode == 0, done.stdout + done.stderr


ALARMING = """
rule_files: [alerts.yml]
evaluation_interval: 5s
tests:
  - interval: 5s
    input_series:
      - {series: 'jingmin_oldest_report_seconds', values: '0 30 61 66 71'}
      - {series: 'jingmin_processes{kind="media"}', values: '1 0 0 0 0 0 0'}
      - {series: 'jingmin_processes{kind="worker"}', values: 'NaN NaN NaN NaN NaN NaN NaN NaN NaN'}
      - {series: 'jingmin_backup_age_seconds', values: 'NaN NaN NaN NaN NaN NaN NaN'}
      - {series: 'jingmin_messages_total{became="failed"}', values: '0 0 1 1 1 1 1'}
    alert_rule_test:
      - {alertname: JingminNobodyAnswers, eval_time: 5s, exp_alerts: []}
      - alertname: JingminNobodyAnswers
        eval_time: 10s
        exp_alerts:
          - exp_labels: {severity: critical}
            exp_annotations:
              summary: "有报警超过一分钟无人接听 / A report has waited over a minute for somebody to answer"
      - {alertname: JingminNoMedia, eval_time: 20s, exp_alerts: []}
      - alertname: JingminNoMedia
        eval_time: 25s
        exp_alerts:
          - exp_labels: {severity: critical, kind: media}
            exp_annotations: {summary: "没有可用的音视频进程 / No media process: no calls"}
      - {alertname: JingminNoWorker, eval_time: 40s, exp_alerts: []}
      - {alertname: JingminBackupOld, eval_time: 30s, exp_alerts: []}
      - alertname: JingminMessagesFail
        eval_time: 30s
        exp_alerts:
          - exp_labels: {severity: warning, became: failed}
            exp_annotations: {summary: "有消息发送失败 / Messages were not sent"}
"""


def test_logrotate_turns_a_log_that_is_held_open(tmp_path: Path) -> None:
    logs = tmp_path / "store"
    logs.mkdir(mode=0o700)
    log = logs / "jingmin.log"
    configuration = (DEPLOY / "logrotate" / "jingmin").read_text()
    assert configuration.count("\n/var/log/jingmin/*.log {") == 1
    me = pwd.getpwuid(os.getuid()).pw_name
    file = tmp_path / "jingmin"
    file.write_text(
        configuration.replace("/var/log/jingmin/*.log {", f"{log} {{").replace(
            "su jingmin jingmin", f"su {me} {me}"
        )
    )
    file.chmod(0o644)
    with log.open("ab", buffering=0) as held:
        held.write(b"before\n")
        done = run("logrotate", "--force", "--state", str(tmp_path / "state"), str(file))
        assert (done.returncode, done.stderr) == (0, "")
        held.write(b"after\n")
    assert log.read_bytes() == b"after\n"
    assert (logs / "jingmin.log.1").read_bytes() == b"before\n"
