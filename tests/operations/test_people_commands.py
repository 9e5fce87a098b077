"""``jingmin people``: as the page 人员 does it, heard at once by what runs."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

import main
from api.routes import now_ms
from domain.audit import verify_audit
from domain.incident import Incident
from domain.people import Attempts, Person, Role
from storage.embedded import EmbeddedStore
from tests.api.conftest import PASSWORD, SECRET, Site, site
from tests.city import small_city

__all__ = ["site"]
TOTP = "JBSWY3DPEHPK3PXP" * 2
GUIDE = Path(__file__).parents[2] / "docs" / "operator.md"
# What neither the page nor the command takes.
WRONG: list[dict[str, Any]] = [
    {"login": "Chief Li"},
    {"login": "l"},
    {"login": "-li"},
    {"login": "desk1"},
    {"name": ""},
    {"password": "short"},
    {"role": "RESIDENT"},
    {"role": "STATION_OFFICER"},
    {"role": "COMMUNITY_OFFICER", "station": "w9"},
]


class Shell:
    """A shell on the machine whose api runs."""

    def __init__(self, site: Site, capsys: pytest.CaptureFixture[str]) -> None:
        self.site = site
        self._capsys = capsys

    async def type(self, line: str) -> tuple[int, str, str]:
        """The exit code and what was printed. ``line`` is what follows ``jingmin``."""
        return await self.run(*shlex.split(line))

    async def run(self, *arguments: str) -> tuple[int, str, str]:
        self._capsys.readouterr()
        try:
            code = await asyncio.to_thread(main.main, arguments)
        except SystemExit as exit:
            code = int(exit.code or 0)
        return code, *self._capsys.readouterr()

    async def well(self, line: str) -> str:
        code, out, err = await self.type(line)
        assert code == 0, err
        return out


@pytest.fixture
def shell(
    site: Site,
    embedded: EmbeddedStore,
    database: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Shell]:
    boundaries = tmp_path / "stations.geojson"
    boundaries.write_text(json.dumps(small_city()))
    for name, value in {
        "STORE_URI": embedded.uri,
        "STORE_DATABASE": database,
        "SECRET": SECRET.decode(),
        "DATA": str(tmp_path / "data"),
        "BOUNDARIES": str(boundaries),
        "PASSWORD": PASSWORD,
    }.items():
        monkeypatch.setenv(f"JINGMIN_{name}", value)
    before = os.umask(0o077)
    yield Shell(site, capsys)
    os.umask(before)


async def named(site: Site, login: str) -> Person:
    [person] = await site.house.store.people.find({"login": login}, limit=1)
    return person


async def enter(site: Site, login: str, password: str, status: int = 200) -> Any:
    client = site.anybody(**{"Jingmin-Face": "console"})
    body = {"login": login, "password": password}
    return await site.ask(client, "POST", "/session", body, status=status)


async def until_closed(feed: aiohttp.ClientWebSocketResponse) -> int:
    while (message := await feed.receive(timeout=30)).type is aiohttp.WSMsgType.TEXT:
        pass
    return int(message.data)


async def audited(site: Site, what: str) -> list[str]:
    """Whom the entries of the command are about."""
    found = await site.house.store.audit.find({"what": what, "person": "command"}, limit=100)
    return sorted(str(one.entry.data["about"]) for one in found)


async def test_what_the_guide_says_is_typed(shell: Shell) -> None:
    lines = re.findall(
        r"^jingmin --config /etc/jingmin\.toml (people .*)", GUIDE.read_text("utf-8"), re.M
    )
    assert {one.split()[1] for one in lines} == {
        "list",
        "add",
        "reset",
        "disable",
        "enable",
        "end-sessions",
    }
    for line in lines:
        await shell.well(line)


async def test_the_first_password_has_to_be_changed(shell: Shell) -> None:
    assert await shell.well("people add chief.li 管理员 --role ADMIN") == "added chief.li (ADMIN)\n"
    assert (await enter(shell.site, "chief.li", PASSWORD))["password_needed"] is True
    # The older name, which scripts may have.
    await shell.well("person w2 西二 --role STATION_OFFICER --station w1")
    person = await named(shell.site, "w2")
    assert (person.station, person.password_initial) == ("w1", True)
    added = [(await named(shell.site, "chief.li")).id, person.id]
    assert await audited(shell.site, "person.added") == sorted(added)


@pytest.mark.parametrize("wrong", WRONG, ids=str)
async def test_the_checks_are_those_of_the_page(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any]
) -> None:
    before = len(await shell.site.house.store.people.find(limit=100))
    given = {"login": "new.one", "name": "新警官", "role": "DISPATCHER", "password": PASSWORD}
    given |= wrong
    admin = await shell.site.staff("admin")
    async with admin.post(f"{shell.site.api}/people", json=given) as response:
        assert 400 <= response.status < 500
    monkeypatch.setenv("JINGMIN_PASSWORD", given["password"])
    options = [f"--role={given['role']}"]
    options += [f"--station={given['station']}"] if "station" in given else []
    code, out, err = await shell.run("people", "add", *options, "--", given["login"], given["name"])
    assert (code in (1, 2), out) == (True, "")
    assert "Traceback" not in err
    assert len(await shell.site.house.store.people.find(limit=100)) == before


async def test_who_is_disabled_is_out_at_once_and_his_call_rings_again(shell: Shell) -> None:
    site = shell.site
    desk = await site.staff("desk1")
    feed = await desk.ws_connect(f"{site.api}/live")
    receipt = await site.report()
    await site.stored(receipt["id"])
    await site.ask(desk, "POST", f"/incidents/{receipt['id']}/answer")
    assert await shell.well("people disable desk1") == "disabled desk1\n"
    assert await until_closed(feed) == 4401
    await site.ask(desk, "GET", "/session", status=401)
    await enter(site, "desk1", PASSWORD, status=401)
    it: Incident = await site.house.store.incidents.get(receipt["id"])
    assert it.unattended_at is not None
    colleague = await site.staff("desk2")
    await site.ask(colleague, "POST", f"/incidents/{receipt['id']}/answer")

    await shell.well("people enable desk1")
    await enter(site, "desk1", PASSWORD)
    assert await audited(site, "person.changed") == [(await named(site, "desk1")).id] * 2


async def test_a_new_password_is_said_once(shell: Shell) -> None:
    site = shell.site
    person = await named(site, "desk1")
    person.totp, person.recovery = TOTP, ["0" * 64]
    await site.house.store.people.save(person)
    shut = Attempts("login:desk1", 70, now_ms() + 10_000, now_ms())
    await site.house.store.attempts.add(shut)
    await enter(site, "desk1", PASSWORD, status=429)
    password = (await shell.well("people reset desk1 --second-factor")).strip()
    me = await enter(site, "desk1", password)
    assert (me["password_needed"], me["totp"], me["recovery_left"]) == (True, False, 0)
    await enter(site, "desk1", PASSWORD, status=401)
    written = [one async for one in site.house.store.audit.every()]
    assert password not in str(written)
    for what in ("person.password_reset", "person.code_reset"):
        assert await audited(site, what) == [person.id]

    # The one-time code stays where it is not asked for, and one's own words may be given.
    person = await named(site, "desk2")
    person.totp = TOTP
    await site.house.store.people.save(person)
    assert PASSWORD not in await shell.well("people reset desk2 --ask")
    assert (await named(site, "desk2")).totp is not None


async def test_sessions_are_ended(shell: Shell) -> None:
    site = shell.site
    one, other, admin = [await site.staff(who) for who in ("desk1", "desk2", "admin")]
    feed = await one.ws_connect(f"{site.api}/live")
    await shell.well("people end-sessions desk1")
    assert await until_closed(feed) == 4401
    await site.ask(one, "GET", "/session", status=401)
    await site.ask(other, "GET", "/session")
    assert await shell.well("people end-sessions --all") == "logged out 2\n"
    for client in (other, admin):
        await site.ask(client, "GET", "/session", status=401)
    await enter(site, "desk1", PASSWORD)
    assert len(await audited(site, "person.sessions_ended")) == 3


async def test_the_last_administrator_stays_one(shell: Shell) -> None:
    site = shell.site
    admin, id = await site.staff("admin"), (await named(site, "admin")).id
    await site.ask(admin, "PATCH", f"/people/{id}", {"role": "DISPATCHER"}, status=422)
    code, _, err = await shell.type("people disable admin")
    assert (code, "the last administrator" in err, "--force" in err) == (1, True, True)
    assert not (await named(site, "admin")).disabled
    await shell.well("people disable admin --force")
    assert (await named(site, "admin")).disabled
    # Nor is one who is disabled another.
    await shell.well("people add second 管理员")
    code, _, _ = await shell.type("people disable second")
    assert code == 1


async def test_the_list_says_who_may_log_in(shell: Shell) -> None:
    site = shell.site
    person = await named(site, "w1")
    person.totp, person.disabled = TOTP, True
    await site.house.store.people.save(person)
    rows = json.loads(await shell.well("people list --json"))
    assert [one["login"] for one in rows] == sorted(one["login"] for one in rows)
    [row] = [one for one in rows if one["login"] == "w1"]
    assert row == {
        "login": "w1",
        "name": "w1 警官",
        "role": str(Role.STATION_OFFICER),
        "station": "w1",
        "enabled": False,
        "second_factor": True,
        "recovery_left": 0,
    }
    said = await shell.well("people list")
    assert re.search(r"^w1 +STATION_OFFICER +w1 +disabled +one-time code +w1 警官$", said, re.M)
    assert PASSWORD not in said


async def test_what_the_command_did_is_in_the_sealed_audit(shell: Shell) -> None:
    await shell.well("people end-sessions desk1")
    _, flaws = await verify_audit(shell.site.house.store, SECRET)
    assert flaws == []
    signed = [one async for one in shell.site.house.store.checkpoints.every()]
    [entry] = await shell.site.house.store.audit.find({"person": "command"}, limit=2)
    assert f"audit:{entry.chain}" in {one.incident for one in signed}


async def test_nobody_of_that_name(shell: Shell) -> None:
    for line in ("reset nobody", "disable nobody", "enable nobody", "end-sessions nobody"):
        code, out, err = await shell.type(f"people {line}")
        assert (code, out) == (1, "")
        assert "nobody has the login nobody" in err
