"""``jingmin verify``: says of what is sealed whether it is as it was written."""

from __future__ import annotations

from api.shapes import VerifyView
from api.verify import check, check_log
from domain.audit import verify_audit
from domain.incident import Incident
from domain.notice import Notice
from domain.ports import Store
from domain.queries import incidents_numbered, tips_numbered
from domain.queries_groups import notices_numbered
from domain.tip import Tip
from storage.seal import KeySeal


async def verify(store: Store, secret: bytes, incident: str) -> int:
    """Print what is wrong with an incident, a tip, a notice or the audit, or that nothing is; 1 when
    something is."""
    if incident == "audit":
        return await _verify_audit(store, secret)
    if incident == "all":
        return await _verify_all(store, secret)
    tips = (
        await store.tips.find(tips_numbered(incident), limit=1) if incident.startswith("T-") else []
    )
    notices = await store.notices.find(notices_numbered(incident), limit=1)
    if tips or notices:
        one = (tips or notices)[0]
        return _told(
            one.number, one.id, str(one.state), one.log.head, await check_log(store, secret, one)
        )
    found = await store.incidents.find(incidents_numbered(incident), limit=1)
    it = found[0] if found else await store.incidents.get(incident)
    content = KeySeal(secret, "tip-content")
    result = await check(store, secret, content, it)
    return _told(it.number, it.id, str(it.state), it.log.head, result)


def _told(number: str, id: str, state: str, head: str, result: VerifyView) -> int:
    print(f"{number}  {id}  {state}")
    print(f"log: {result.entries} entries, head {head}")
    print(f"files: {result.files}")
    for flaw in result.flaws:
        print(f"  entry {flaw.seq}: {flaw.what}" if flaw.seq else f"  log: {flaw.what}")
    print("SOUND: as it was written" if result.sound else f"ALTERED: {len(result.flaws)} flaws")
    return 0 if result.sound else 1


async def _verify_all(store: Store, secret: bytes) -> int:
    """Every incident, tip and notice, and the audit: what is altered is told as it is for one, of the rest
    the number."""
    sound, altered = 0, 0
    content = KeySeal(secret, "tip-content")

    def judged(one: Incident | Tip | Notice, result: VerifyView) -> None:
        nonlocal sound, altered
        if result.sound:
            sound += 1
        else:
            altered += 1
            _told(one.number, one.id, str(one.state), one.log.head, result)

    async for it in store.incidents.every():
        judged(it, await check(store, secret, content, it))
    async for tip in store.tips.every():
        judged(tip, await check_log(store, secret, tip))
    async for notice in store.notices.every():
        judged(notice, await check_log(store, secret, notice))
    print(f"{sound:,} sound, {altered:,} altered")
    audit = await _verify_audit(store, secret)
    return 1 if altered else audit


async def verify_sample(store: Store, secret: bytes, most: int) -> int:
    """As ``all``, of ``most`` incidents, tips and notices each, by their ids, which are random; the audit
    whole. The ends of logs may be unsigned: no api process has been on this store yet."""
    content = KeySeal(secret, "tip-content")
    altered = 0
    incidents = await store.incidents.find(limit=most)
    tips = await store.tips.find(limit=most)
    notices = await store.notices.find(limit=most)
    found: list[Incident | Tip | Notice] = [*incidents, *tips, *notices]
    for it in found:
        if isinstance(it, Incident):
            result = await check(store, secret, content, it, unsigned=True)
        else:
            result = await check_log(store, secret, it, unsigned=True)
        if not result.sound:
            altered += 1
            _told(it.number, it.id, str(it.state), it.log.head, result)
    print(
        f"sample: {len(incidents)} incidents, {len(tips)} tips, {len(notices)} notices; {altered} altered"
    )
    return await _verify_audit(store, secret) or min(altered, 1)


async def _verify_audit(store: Store, secret: bytes) -> int:
    entries, flaws = await verify_audit(store, secret)
    print(f"audit: {entries} entries")
    for chain, flaw in flaws:
        print(f"  chain {chain} entry {flaw.seq}: {flaw.what}")
    print("SOUND: as it was written" if not flaws else f"ALTERED: {len(flaws)} flaws")
    return 1 if flaws else 0
