"""``jingmin people``: the accounts of staff for whoever has a shell on the machine.

The same checks, audit entries and consequences as the page 人员 has (api/personnel.py); processes that run
hear of it from the store's feed.
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import re
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from api import personnel
from api.bodies import PersonIn, PersonPatch
from api.office import Office
from api.passwords import Passwords, new_password
from api.routes import now_ms
from config import Settings
from domain.audit import Audit
from domain.errors import (
    BOUNDARY_BROKEN,
    CONFLICT,
    DUPLICATE,
    INVALID,
    Conflict,
    NotFound,
    Refused,
    StoreDown,
)
from domain.people import COMMAND, STAFF, Person
from domain.ports import Store
from domain.queries_people import people_after, person_named, sessions_of
from jingmin.assembly.areas import boundaries_of
from jingmin.command import Declare, Run
from jingmin.store import with_store
from locate.boundaries import EMPTY
from locate.finder import BoundaryFinder
from storage.store import MongoStore

T = TypeVar("T")
Work = Callable[[Office, argparse.Namespace], Awaitable[int]]
# What is wrong with what was typed.
RULES = {
    "login": "2 to 64 of a-z 0-9 . _ -, the first a letter or digit",
    "name": "1 to 64 characters",
    "password": "12 to 256 characters",
    "station": "an id of the boundary file, 1 to 64 characters",
}


def declare(command: Declare) -> None:
    """Declare ``people``, and ``person``, its older name for ``people add``."""
    people = command(
        "people",
        "list, add, disable and enable members of staff, reset passwords, end sessions",
        _unknown,
        lenient=True,
    )
    subs = people.add_subparsers(dest="what", required=True, metavar="WHAT")

    def sub(name: str, help: str, run: Run) -> argparse.ArgumentParser:
        one = subs.add_parser(name, help=help, description=help)
        one.set_defaults(run=run)
        # Said before or behind the name.
        one.add_argument("--data", type=Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        return one

    listing = sub("list", "list members of staff by login", list_people)
    listing.add_argument("--json", action="store_true", help="as a JSON list")
    _add_options(sub("add", "add a member of staff; asks for the first password", add))
    resetting = sub("reset", "give a new password, said once; whoever is in is out", reset)
    resetting.add_argument("login", metavar="LOGIN")
    resetting.add_argument(
        "--second-factor",
        dest="forget_code",  # not the setting of that name
        action="store_true",
        help="take one-time code and recovery codes away, too",
    )
    resetting.add_argument("--ask", action="store_true", help="ask for the new password")
    disabling = sub("disable", "let somebody in no more; whoever is in is out", disable)
    disabling.add_argument("login", metavar="LOGIN")
    disabling.add_argument("--force", action="store_true", help="also the last administrator")
    enabling = sub("enable", "let somebody in again", enable)
    enabling.add_argument("login", metavar="LOGIN")
    ending = sub("end-sessions", "log somebody out everywhere", end_sessions)
    whose = ending.add_mutually_exclusive_group(required=True)
    whose.add_argument("login", metavar="LOGIN", nargs="?")
    whose.add_argument("--all", action="store_true", help="everybody")
    _add_options(command("person", "the older name of people add", add, lenient=True))


def list_people(settings: Settings, options: argparse.Namespace) -> int:
    """Print members of staff by login."""
    return with_store(settings, lambda store: _list(store, as_json=options.json))


def add(settings: Settings, options: argparse.Namespace) -> int:
    """Add a member of staff, asking for the password."""
    given = {
        "login": options.login.lower(),
        "name": options.name,
        "role": options.role,
        "station": options.station,
    }
    # What is wrong is said before anybody thinks of a password.
    _checked(PersonIn, {**given, "password": "x" * 12})
    person = _checked(PersonIn, {**given, "password": _typed_password()})
    mapped = person.role in personnel.STATIONED
    return _at_office(settings, options, lambda office, _: _add(office, person), mapped=mapped)


def reset(settings: Settings, options: argparse.Namespace) -> int:
    """Give a new password, made here unless it is asked for."""
    patch = PersonPatch(reset_totp=options.forget_code)
    if options.ask:
        given = {"reset_totp": options.forget_code, "password": _typed_password()}
        patch = _checked(PersonPatch, given)

    async def work(office: Office, options: argparse.Namespace) -> int:
        person = await _named(office.store, options.login)
        gone = ", one-time code and recovery codes are gone" if options.forget_code else ""
        if options.ask:
            await personnel.change(office, person.id, patch)
            print(f"reset {person.login}{gone}; the password has to be changed at the next log-in")
            return 0
        password = new_password()
        given = PersonPatch(password=password, reset_totp=options.forget_code)
        try:
            await personnel.change(office, person.id, given)
        except StoreDown:
            print(
                "jingmin: the store went away meanwhile; run it again. The password may count already:",
                file=sys.stderr,
            )
            print(password)
            return 1
        print(f"reset {person.login}{gone}; to be changed at the next log-in:", file=sys.stderr)
        print(password)
        return 0

    return _at_office(settings, options, work)


def disable(settings: Settings, options: argparse.Namespace) -> int:
    """Let somebody in no more."""

    async def work(office: Office, options: argparse.Namespace) -> int:
        person = await _named(office.store, options.login)
        patch = PersonPatch(disabled=True)
        try:
            await personnel.change(office, person.id, patch, last_administrator=options.force)
        except Refused as refused:
            if refused.fault is INVALID and not options.force:
                raise Refused(
                    INVALID,
                    f"{person.login} is the last administrator: then only a command on this machine "
                    "can let anybody in; --force does it all the same",
                ) from None
            raise
        print(f"disabled {person.login}")
        return 0

    try:
        return _at_office(settings, options, work, mapped=True)
    except Refused as refused:
        if refused.fault is not BOUNDARY_BROKEN:
            raise
        print(
            "jingmin: the boundary file is broken: without it, communities go to nobody else",
            file=sys.stderr,
        )
        return _at_office(settings, options, work)


def enable(settings: Settings, options: argparse.Namespace) -> int:
    """Let somebody in again, with the password from before."""

    async def work(office: Office, options: argparse.Namespace) -> int:
        person = await _named(office.store, options.login)
        await personnel.change(office, person.id, PersonPatch(disabled=False))
        print(f"enabled {person.login}")
        return 0

    return _at_office(settings, options, work)


def end_sessions(settings: Settings, options: argparse.Namespace) -> int:
    """Log somebody, or everybody, out everywhere."""

    async def work(office: Office, options: argparse.Namespace) -> int:
        if not options.all:
            person = await _named(office.store, options.login)
            await personnel.end(office, person)
            print(f"logged out {person.login}")
            return 0
        count = 0
        async for one in office.store.people.every(people_after("")):
            if await office.store.sessions.find(sessions_of(one.id), limit=1):
                await personnel.end(office, one)
                count += 1
        print(f"logged out {count}")
        return 0

    return _at_office(settings, options, work)


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("login", metavar="LOGIN")
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--role", choices=[str(one) for one in STAFF], default="ADMIN")
    parser.add_argument("--station", help="id of an officer's station")


def _unknown(settings: Settings, options: argparse.Namespace) -> int:
    raise Refused(INVALID, "people: what?")


def _typed_password() -> str:
    return os.environ.get("JINGMIN_PASSWORD") or getpass.getpass("Password (12 or more): ")


def _at_office(
    settings: Settings, options: argparse.Namespace, work: Work, *, mapped: bool = False
) -> int:
    """Do ``work`` on accounts; without ``mapped`` the map is not read, for who forgot a password must not
    wait for one that is broken."""
    boundaries = EMPTY
    if mapped and (settings.boundaries is not None or settings.demo or _is_demo(settings.data)):
        boundaries = boundaries_of(settings)
    finder = BoundaryFinder(boundaries)

    async def run(store: MongoStore) -> int:
        audit, passwords = Audit(store, settings.secret_bytes()), Passwords()
        corps = [one.name for one in settings.accounts if one.work_corpid]
        try:
            return await work(
                Office(store, finder, passwords, audit, corps, COMMAND, now_ms()), options
            )
        except Conflict:
            raise Refused(CONFLICT, "changed by somebody else meanwhile: try again") from None
        finally:
            passwords.close()
            await audit.sign(now_ms())

    return with_store(settings, run)


def _is_demo(data: Path) -> bool:
    return (data / "sample-city.geojson").exists()


async def _add(office: Office, given: PersonIn) -> int:
    try:
        person = await personnel.add(office, given)
    except NotFound:
        raise Refused(INVALID, f"{given.station}: no such station on the map") from None
    except Refused as refused:
        if refused.fault is DUPLICATE:
            raise Refused(DUPLICATE, f"{given.login} is there already") from None
        raise
    at = f", {person.station}" if person.station else ""
    print(f"added {person.login} ({person.role}{at})")
    return 0


async def _list(store: Store, *, as_json: bool) -> int:
    found = [one async for one in store.people.every(people_after(""), order="login")]
    rows = [
        {
            "login": one.login,
            "name": one.name,
            "role": str(one.role),
            "station": one.station,
            "enabled": not one.disabled,
            "second_factor": one.totp is not None,
            "recovery_left": len(one.recovery),
        }
        for one in found
    ]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return 0
    for one in found:
        state = "disabled" if one.disabled else "enabled"
        factor = "one-time code" if one.totp is not None else "no one-time code"
        print(
            f"{one.login:20} {one.role:17} {one.station or '-':12} {state:8} {factor:16} {one.name}"
        )
    return 0


async def _named(store: Store, login: str) -> Person:
    found = await store.people.find(person_named(login.lower()), limit=1)
    if not found:
        raise NotFound(f"nobody has the login {login}")
    return found[0]


def _checked(kind: type[T], given: dict[str, object]) -> T:
    """What was typed as the API takes it; raises ``invalid`` with the rule that it breaks."""
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        found = re.search(r"`\$\.(\w+)", str(error))
        name = found[1] if found else ""
        raise Refused(INVALID, f"{name}: {RULES.get(name, error)}") from None
