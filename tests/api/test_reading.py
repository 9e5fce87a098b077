"""What was read and delivered, over the wire: both sides learn it, and nobody else writes it."""

from __future__ import annotations

from tests.api.conftest import Site


async def test_both_sides_learn_what_was_read(site: Site) -> None:
    receipt, desk, other = (
        await site.report(words="有人撬门"),
        await site.staff("desk1"),
        await site.staff("desk2"),
    )
    path, caller = f"/incidents/{receipt['id']}", site.caller(receipt)
    await site.ask(desk, "POST", f"{path}/answer")
    said = await site.ask(caller, "POST", "/my/messages", {"key": "line-0001", "text": "他在门口"})
    it = await site.ask(desk, "GET", path)
    assert (it["said"], it["unread"], it["marks"]) == (said["seq"], 1, [])
    far = {"received": said["seq"], "read": said["seq"]}
    await site.ask(other, "POST", f"{path}/read", far)
    assert (await site.ask(caller, "GET", "/my/incident"))["read"] == 0, "who looks reads nothing"
    await site.ask(desk, "POST", f"{path}/read", far)
    it = await site.ask(desk, "GET", path)
    assert (it["unread"], it["marks"]) == (0, [{"side": "desk", **far}])
    assert (await site.ask(caller, "GET", "/my/incident"))["read"] == said["seq"]

    line = {"key": "line-0002", "text": "请锁好门", "device_at": 1}
    written = await site.ask(desk, "POST", f"{path}/messages", line)
    await site.ask(caller, "POST", "/my/read", {"received": written["seq"], "read": 0})
    await site.ask(desk, "POST", f"{path}/dispatch", {"station": "w1"})
    station = await site.staff("w1")
    it = await site.ask(station, "GET", path)
    assert (it["said"], it["unread"]) == (written["seq"], 2), "what caller and desk wrote"
    page = await station.ws_connect(f"{site.api}/live?face=station")
    assert (await page.receive_json())["incidents"][0]["unread"] == 2
    await site.ask(station, "POST", f"{path}/read", {"received": 9, "read": written["seq"]})
    marks = {one["side"]: one for one in (await site.ask(station, "GET", path))["marks"]}
    assert marks["caller"] == {"side": "caller", "received": written["seq"], "read": 0}
    assert marks["w1"]["read"] == written["seq"]
    while (news := await page.receive_json())["type"] != "incident" or news["incident"]["unread"]:
        pass
    assert (await site.ask(desk, "GET", path))["unread"] == 0, "each side has its own"
    await site.ask(station, "POST", f"{path}/read", {"received": -1, "read": 0}, status=422)
    stranger = await site.staff("e1")
    await site.ask(stranger, "POST", f"{path}/read", far, status=404)
    assert (await site.ask(desk, "GET", f"{path}/verify"))["sound"]


async def test_a_message_to_a_closed_case_is_unread_at_every_desk_until_one_reads_it(
    site: Site,
) -> None:
    receipt, desk, other = (
        await site.report(),
        await site.staff("desk1"),
        await site.staff("desk2"),
    )
    path, caller = f"/incidents/{receipt['id']}", site.caller(receipt)
    await site.ask(desk, "POST", f"{path}/answer")
    await site.ask(desk, "POST", f"{path}/close", {"disposition": "ADVICE"})
    said = await site.ask(caller, "POST", "/my/messages", {"key": "line-0001", "text": "他又来了"})
    async with other.ws_connect(f"{site.api}/live") as socket:
        (seen,) = (await socket.receive_json())["incidents"]
        assert (seen["state"], seen["said"], seen["unread"]) == ("CLOSED", said["seq"], 1)
        await site.ask(
            other, "POST", f"{path}/read", {"received": said["seq"], "read": said["seq"]}
        )
        while (news := await socket.receive_json())["type"] != "incident":
            continue
        assert news["incident"]["unread"] == 0
