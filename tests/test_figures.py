"""A figure that a document gives is the one the code goes by.

Each row is a document and a sentence of it with the constants put in: another constant, or another sentence,
and the row is not found any more. ``docs/clients.md`` draws its own tables (tests/test_documents.py); how
long rows of the store are kept is in tests/storage/test_collections.py.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

import clips
import decoding
import pictures
import supervisor
from api import (
    board,
    channels,
    compression,
    disk_watch,
    lanes,
    limits,
    live,
    members,
    notice_calendar,
    proof,
    tip_sheet,
    uploads,
    webhook_post,
    webhooks,
)
from api.call_back import LINK_MS
from api.devices import REMEMBERED
from api.house import STORE_PATIENCE_S
from api.intake import STORE_FIRST_S
from api.integrators import AT_ONCE as OF_A_KEY
from api.login_policy import BOUNDS, DOORS, HALVED_MS, SLOW_FROM, Lane
from bot import callbacks, links
from config import Settings
from confinement import NOBODY, UNUSED
from domain import (
    arrival,
    bounds,
    call_back,
    caller_position,
    contact,
    flood,
    incident,
    lookup,
    message,
    notice,
    notice_presets,
    numbers,
    platform_alarm,
    prepared_answer,
    presence,
    recurring,
    registry,
    resident,
    sweep,
    tip,
    tip_many,
    trial,
    unattended,
    webhook,
)
from domain.call import MEDIA_DEAD_MS
from domain.clock import DAY_MS, HOUR_MS, MINUTE_MS
from domain.disclosure import FEW
from domain.dispatch import NEXT_MS
from domain.group import NEARLY_FULL
from domain.json_limits import LEVELS
from domain.ticket import DEVICE_MS, ENTRY_MS
from heartbeat import EVERY_S, LATE_S
from locate import finder
from locate.boundaries import HASH_SHOWN
from locate.problem import SHOWN
from serving import HEAD_S, READS_S
from storage import watch
from storage.mongo import ANSWER_MS
from webrtc import levels, peer, recorder, spool
from webrtc.ice import CREDENTIAL_SECONDS

ROOT = Path(__file__).parents[1]
SPELT = {0.9: "nine tenths", 1: "one", 1.5: "1½", 2: "two", 3: "three", 4: "four", 5: "five"}
SPELT |= {6: "six", 8: "eight", 10: "ten"}
SPANS = {1_000: "a second", 30_000: "half a minute", MINUTE_MS: "a minute", HOUR_MS: "an hour"}
SPANS |= {DAY_MS: "a day", 7 * DAY_MS: "a week"}
GIB = 2**30


@cache
def read(path: str) -> str:
    """The text with every run of white space as one blank."""
    return re.sub(r"\s+", " ", (ROOT / path).read_text("utf-8"))


def spelt(number: float) -> str:
    return SPELT.get(number, f"{number:g}")


def span(ms: float) -> str:
    return SPANS.get(int(ms), f"{ms} ms")


def seconds(ms: float) -> str:
    return f"{ms / 1000:g}"


def minutes(ms: float) -> str:
    return f"{ms / MINUTE_MS:g}"


def rate(name: str) -> str:
    """As ``docs/operator.md`` writes a rate: on average, and at once in brackets."""
    return f"{limits.RATES[name].per_second:g} ({limits.RATES[name].burst:,g})"


def bound(one: bounds.Bound) -> str:
    assert one.every_ms == MINUTE_MS
    return f"the first {one.each}, then one a minute, at most {one.most:,}"


def of_page(path: str, pattern: str) -> list[int]:
    """Numbers of a page's source."""
    found = re.search(pattern, (ROOT / path).read_text("utf-8"))
    assert found is not None, f"{path}: {pattern}"
    return [int(text.replace("_", "")) for text in found.groups()]


SET = Settings()
DEVICE, PAIR, LOGIN = DOORS["device"], DOORS["pair"], DOORS["login"]
SMALL = pictures.DECODERS.limits
CLIP = clips.DECODERS.limits
STAFF_PING, STAFF_DOUBT = of_page("pages/shared/live.ts", r"STAFF.*ping: (\d+), doubt: (\d+)")
CALLER_PING, CALLER_DOUBT = of_page("pages/shared/live.ts", r"CALLER.*ping: (\d+), doubt: (\d+)")
(PAGE_SILENT,) = of_page("pages/shared/live.ts", r"SILENT_MS = ([\d_]+)")
(APP_FIRST,) = of_page("pages/resident/embedded.ts", r"FIRST_MS = ([\d_]+)")
(APP_SILENT,) = of_page("pages/resident/embedded.ts", r"SILENT_MS = ([\d_]+)")
(DRAFT_DAYS,) = of_page("pages/shared/drafts.ts", r"KEPT_MS = (\d+) \* 24 \* 3600 \* 1000")

NGINX = (
    f"server 127.0.0.1:{SET.port} max_fails=0;",
    f"server 127.0.0.1:{SET.bot_port} max_fails=0;",
    f"location = /rtc {{ proxy_pass http://127.0.0.1:{SET.media_port}; }}",
)
CADDY = tuple(f"reverse_proxy 127.0.0.1:{one}" for one in (SET.port, SET.bot_port, SET.media_port))
OPERATOR = [
    f"credentials are made per call and live {CREDENTIAL_SECONDS // 60} minutes",
    f"from {spelt(NEARLY_FULL)} on its officers are asked for another one",
    f"tells systemd once {span(EVERY_S * 1000)}, from its own event loop",
    f"a report that is not stored after {STORE_FIRST_S * 1000:g} ms is synced",
    f"waits for that, {STORE_PATIENCE_S:g} s at most; a callback likewise",
    f"after {watch.SILENT_S:g} s of errors, then after {2 * watch.SILENT_S:g}, "
    f"{4 * watch.SILENT_S:g}, {watch.LONGEST_REFUSING_S:g}",
    f"below {disk_watch.LITTLE / GIB:g} GiB or {disk_watch.LITTLE_SHARE * 100:g} %, every desk",
    f"gives no heartbeat for {supervisor.SILENT_S:g} s (after a start: {supervisor.STARTING_S:g} s)",
    "over https, to `{}`, `{}` and `{}` on the public network".format(*links.HOSTS),
    f"has {HEAD_S:g} s from its first byte, what waits to be read {spelt(READS_S / 60)} minutes",
    f"no write and read for {watch.SILENT_S:g} s while it neither computes nor writes, or for "
    f"{watch.WORKING_S:g} s while it does",
    f"it has {watch.SILENT_WITH_REASON_S:g} s and "
    f"{span(watch.WORKING_WITH_REASON_S * 1000)} instead",
    f"the event loop of a process is late by more than {LATE_S:g} s",
    f"who calls that name waits {lookup.PATIENCE_S:g} s and then counts as not reached",
    f"lookups have threads of their own, {lookup.THREADS} in a process",
    f"more than {peer.BYTES_A_SECOND * 8 / 1e6:g} Mbit/s or {peer.PACKETS_A_SECOND:,} packets a second",
    f"tried again after {spool.EVERY:g} s, then after twice as long each time, up to "
    f"{span(spool.LONGEST * 1000)}",
    f"Those of {spelt(spool.STUCK)} tries count",
    f"the incident {span(spool.AT_REST * 1000)} after the last writing",
    f"less than {spool.LEAST_FREE / GIB:g} GiB free where `data/recordings` is | calls go on and are not "
    f"recorded until there are {spool.ENOUGH_FREE / GIB:g} GiB",
    f"another file is begun after {recorder.FIRST_WAIT:g} to {recorder.LONGEST_WAIT:g} s (after "
    f"{recorder.WAIT_BEYOND:g} s from {recorder.FILES} files of one participant",
    f"when nobody has met it for {platform_alarm.LATE_MS // HOUR_MS} hours",
    ", ".join(f"`{one}`" for one in platform_alarm.Trouble) + ".",
    f"no media process counts as lost for {seconds(2 * MEDIA_DEAD_MS)} s, and no page of a caller, desk "
    f"or station as closed for {seconds(presence.SEEN_AGAIN_MS)} s",
    f"After {seconds(MEDIA_DEAD_MS)} s it counts as lost",
    f"is answered `store_down` after {seconds(ANSWER_MS)} s at most",
    f"good for more than {spelt(arrival.TOKEN_MS / HOUR_MS)} hours is fetched anew",
    f"in its first {spelt(supervisor.STOOD_S / 60)} minutes",
    # Ports and TLS
    f"| {SET.port}/tcp | pages, REST, live feed | the TLS proxy |",
    f"| {SET.media_port}/tcp | signalling `/rtc` | the TLS proxy |",
    f"| {SET.store_port}/tcp | embedded store | nobody (127.0.0.1) |",
    f"| {SET.bot_port}/tcp | bot: callbacks `/wechat/…` | the TLS proxy |",
    # Failed log-ins
    f"are halved every {spelt(HALVED_MS / MINUTE_MS)} minutes",
    f"logged in within {DEVICE_MS // DAY_MS} days (cookie `jingmin_device`; a browser knows its last "
    f"{spelt(REMEMBERED)} people)",
    f"| {DEVICE.free} | {seconds(DEVICE.first_ms)} s, twice as long each time, at most "
    f"{seconds(DEVICE.longest_ms)} s |",
    f"| {PAIR.free} | {seconds(PAIR.first_ms)} s, twice as long each time, at most "
    f"{minutes(PAIR.longest_ms)} min |",
    f"| {LOGIN.free} | one try in {seconds(LOGIN.longest_ms)} s;",
    f"With more than {SLOW_FROM} errors",
    f"at most {spelt(BOUNDS[Lane.SLOW].each)} under way",
    f"{spelt(lanes.THREADS).capitalize()} passwords are looked at at a time",
    f"({BOUNDS[Lane.DEVICE].all}, {BOUNDS[Lane.CLEAN].all} and {BOUNDS[Lane.SLOW].all} log-ins)",
    f"once more, and then not for {minutes(proof.PROVED_MS)} minutes",
    # Limits of requests
    f"Staff has {limits.RATES['request'].per_second:g} requests a second "
    f"({limits.RATES['request'].burst:g} at once) for each session",
    f"uploads {rate('upload')}, new live sockets {rate('socket')}",
    f"An address has {limits.RATES['public'].per_second:g} requests a second "
    f"({limits.RATES['public'].burst:,g} at once) to what anybody may ask, {rate('refused')} with",
    f"{limits.UNKNOWN_SOCKETS:,} callers' sockets that have not said hello",
    f"has {spelt(limits.SOCKETS)} live sockets",
    # Files from strangers
    f"{spelt(decoding.AT_ONCE_ORIGIN)} of each origin (an address; of IPv6 its first 64 bits)",
    f"files of at most {pictures.SMALL_FILE // 2**20} MB that say they have at most "
    f"{pictures.SMALL_PIXELS['JPEG'] // 10**6} million pixels (JPEG, at most "
    f"{pictures.SMALL_VISITS // 10**6} million times their scans) or "
    f"{pictures.SMALL_PIXELS['PNG'] // 10**6} million (PNG, WebP)",
    f"{decoding.MOST_WAITING} files may wait, {decoding.MOST_WAITING_EACH} of one sender, "
    f"{decoding.MOST_WAITING_ORIGIN} of one origin; of large pictures {decoding.MOST_WAITING_LARGE}, and "
    f"{decoding.MOST_WAITING_LARGE_ORIGIN} of one origin",
    f"a picture {SMALL.cpu_s} s of processor, {SMALL.wall_s:g} s of the clock; a clip {CLIP.cpu_s} s and "
    f"{CLIP.wall_s:g} s; both {SMALL.memory // GIB} GiB of address space",
    f"Who waits {decoding.WAIT_S:g} s for a turn",
    f"The second time within {span(decoding.TWICE_S * 1000)} that",
    f"an unused user ({UNUSED}, else {NOBODY})",
    f"with up to {pictures.MOST_STRAY} stray bytes before it",
    f"A JPEG of more than {pictures.MAX_SCANS} scans, or of more than "
    f"{pictures.MAX_VISITS / 1e9:g} thousand million pixels times scans",
    # Boundaries
    f"lists everything that is wrong, {SHOWN} problems at most",
    f"ends in the first {HASH_SHOWN} hex digits of a SHA-256",
    f"when they have {finder._SURE:g} of the accuracy circle",
    f"counts as {finder.UNKNOWN:g} m, as {finder.POINTED:g} m where somebody pointed at a map",
]
API = [
    f"at most {members.BODY_LIMIT // 1024} KiB and {LEVELS} levels",
    f"Answers to GET of {compression.LEAST // 1024} kB and more are gzip",
    f"a telephone number or a name, {contact.LONGEST} characters at most",
    f"for {minutes(proof.PROVED_MS)} minutes the session may do what answers `proof_needed`",
    f"opens this report on another telephone, for {span(LINK_MS)}",
    f"WebhookEventList, the last {webhooks.SHOWN} /",
    f"CSV of that list, {tip_sheet.MOST:,} at most",
    f"one text to the residents of {tip_many.MOST} tips at most",
    f"{prepared_answer.MOST} at most, each of {prepared_answer.LENGTH} characters",
    f"at most {notice_calendar.MOST}, `more` says so",
    f"nothing → PresetsView; at most {notice_presets.MOST_AUDIENCES}; 409",
    f"nothing → PresetsView; at most {notice_presets.MOST_TEMPLATES}; refusals",
    f"when another version is there; at most {recurring.MOST_OF_STATION} of a station",
    f"when urgent or > {notice.SECOND_PERSON_ABOVE} communities",
    f"marked 【试发】; {spelt(trial.IN_A_MINUTE)} times a minute",
    "of the last {}, {} (unless told) or {} days".format(*numbers.DAYS),
    f"Counts of 1 to {FEW - 1} are null",
    f"{seconds(unattended.LOST_MS)} s after it was lost to the call while he has no page at the desk, and "
    f"{seconds(unattended.UNATTENDED_MS)} s after it while he has one",
    f"a process that died counts for {seconds(presence.FRESH_MS)} s",
    f"has not been in the call for {seconds(unattended.UNATTENDED_MS)} s "
    f"({seconds(unattended.LOST_MS)} s without a page at the desk)",
    f"has not been read for {seconds(unattended.UNREAD_MS)} s and he did nothing there",
    f"good once, for {spelt(ENTRY_MS / MINUTE_MS)} minutes",
]
LIVE = [
    f"First message from the page, within {live.HELLO_S:g} s",
    f"in the last hour, newest {board.CLOSED_KEPT})",
    f"The next {live.PART} incidents of the snapshot",
    f"less than {disk_watch.LITTLE / GIB:g} GiB or {disk_watch.LITTLE_SHARE * 100:g} % is free",
    f"a process that died counts for {seconds(presence.FRESH_MS)} s",
    f"hears nothing for {seconds(STAFF_DOUBT)} s says that it may be cut off",
    f"after {seconds(PAGE_SILENT)} s it connects anew. Pages of callers do both after "
    f"{seconds(CALLER_DOUBT)} s",
    f"From staff every {spelt(STAFF_PING / 1000)} s, from callers every {seconds(CALLER_PING)} s",
    f"an incident have {spelt(limits.SOCKETS)}, an address {limits.UNKNOWN_SOCKETS:,} that have not said",
    f"waits {STORE_PATIENCE_S:g} s for the store",
    f"More than {flood.A_MINUTE} reports a minute from one address",
    f"have nothing after {seconds(flood.AFTER_MS)} s",
    f"no page that is open or was for {seconds(presence.LASTED_MS)} s",
]
LOG = [
    f"nobody answered: 1 after {seconds(sweep.ESCALATE_MS[0])} s, 2 after {seconds(sweep.ESCALATE_MS[1])} s",
    f"not been in the call for {seconds(unattended.UNATTENDED_MS)} s, or for "
    f"{seconds(unattended.LOST_MS)} s and has no page",
    f"has not been read for {seconds(unattended.UNREAD_MS)} s (`unread`",
    f"none of those called before came in {seconds(NEXT_MS)} s",
    f"nobody took it in {seconds(sweep.STATION_MS)} s",
    f"(less than {spool.LEAST_FREE / GIB:g} GiB free)",
    f"the first {bounds.RETURNING.each} together, then one a minute, at most {bounds.RETURNING.most:,}",
    f"from {bounds.CALLS} calls on the last one rings again",
    f"one in {seconds(incident.HANG_UP_EVERY_MS)} s; {bound(bounds.HUNG_UP)}",
    f"| `caller.contact` | {contact.CHANGES} |",
    f"one in {seconds(call_back.RING_MS)} s, at most {call_back.MOST} |",
    f"of each other participant, {bound(bounds.ATTENDANCE)}",
    f"of one participant {bound(bounds.ADMITTED)} |",
    f"of one participant one in {levels.EVERY:g} s, the last of them, at most {bounds.LEVELS}",
    f"after {recorder.FILES} of one participant of a call he goes on with the file he left, within "
    f"{recorder.KEEP / 60:g} minutes",
    f"of one participant the first {bounds.GAPS.each}, then one a minute, at most {bounds.GAPS.most};",
    f"{caller_position.BURST} in {seconds(caller_position.BURST_MS)} s, or "
    f"{caller_position.GAINING_BURST} that tell the desk clearly more; from "
    f"{caller_position.LONG_LOG:,} entries of the log on one a minute, and up to "
    f"{caller_position.LONGEST_LOG:,} what",
    f"{message.CALLER_ENTRIES:,} entries and {message.CALLER_TEXT:,} letters of the caller; "
    f"{uploads.FILES_EACH} files",
    f"carry times to {spelt(tip.COARSE_MS / MINUTE_MS)} minutes while the tip is anonymous",
    f"once in {spelt(tip.LOOK_EVERY_MS / MINUTE_MS)} minutes a person",
]
CLIENTS = [
    f"{limits.RATES['test'].burst:g} tests at once, and then one in "
    f"{1 / limits.RATES['test'].per_second:g} s",
    f"requests and files a second; {spelt(OF_A_KEY)} times as many at once",
    f"up to {channels.LONGEST_ID} characters: the same one",
    f"Any 2xx within {webhook_post.PATIENCE_S:g} s is good",
    "is tried again after {} s, {} min, {} min, {} min, {} h, {} h and {} h".format(
        webhook.PAUSES_MS[0] // 1000,
        *(one // MINUTE_MS for one in webhook.PAUSES_MS[1:4]),
        *(one // HOUR_MS for one in webhook.PAUSES_MS[4:]),
    ),
    f"After {spelt(webhook.GIVE_UP_MS / DAY_MS)} days without one that went through, or after {webhook.GONE}",
    f"({seconds(APP_FIRST)} s at first, {seconds(APP_SILENT)} s later, after `stop` at once)",
]
WECHAT = [
    f"a callback more than {spelt(callbacks.FRESH_MS / MINUTE_MS)} minutes off is refused with 403",
    f"up to {spelt(registry.CHATS)} groups behind one code",
    f"stays in the browser for {span(DRAFT_DAYS * DAY_MS)}",
    f"wrote more than {resident.CREDIT[resident.Trigger.MESSAGE][1] // HOUR_MS} h ago, or had "
    f"{spelt(resident.CREDIT[resident.Trigger.MESSAGE][0])} answers",
    f"at most {spelt(notice.REMINDERS)} times a day",
]
ROWS = [
    *(("docs/operator.md", one) for one in OPERATOR),
    *(("deploy/nginx/jingmin.conf", one) for one in NGINX),
    *(("deploy/caddy/Caddyfile", one) for one in CADDY),
    *(("docs/api.md", one) for one in API),
    *(("api/LIVE.md", one) for one in LIVE),
    *(("docs/log.md", one) for one in LOG),
    *(("docs/clients.md", one) for one in CLIENTS),
    *(("docs/wechat-setup.md", one) for one in WECHAT),
    ("docs/wechat-setup.md", f"the proxy sends /wechat/ to port {SET.bot_port}"),
    ("README.md", f"Start at `http://127.0.0.1:{SET.port}/`"),
    ("README.zh-CN.md", f"从 `http://127.0.0.1:{SET.port}/` 开始"),
]


@pytest.mark.parametrize(("path", "sentence"), ROWS)
def test_the_figure_is_the_one_of_the_code(path: str, sentence: str) -> None:
    assert sentence in read(path)
