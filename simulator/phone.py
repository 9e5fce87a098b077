"""What a resident does with his phone, and the callback each act makes."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from typing import Any

from simulator.courier import HEARD, UNAVAILABLE, Outcome
from simulator.datum import gcj02
from simulator.oa.messages import grant
from simulator.parcel import Fields
from simulator.people import Resident
from simulator.refusal import Refusal
from simulator.verdict import Verdict
from simulator.world import World

Sent = asyncio.Task[Outcome]
PUSH_SERVICE = "owAqB1v0ahK_platform_service"


class Phone:
    """One resident's hands on the account's chat."""

    def __init__(self, world: World, resident: Resident, host: str = "") -> None:
        self._world = world
        self._who = resident
        self._host = host

    def _envelope(self, kind: str) -> Fields:
        return {
            "ToUserName": self._world.config.oa.original_id,
            "FromUserName": self._who.openid,
            "CreateTime": self._world.clock.seconds(),
            "MsgType": kind,
        }

    def _event(self, event: str, **more: Any) -> Sent:
        self._world.changed()
        fields = {**self._envelope("event"), "Event": event, **more}
        return self._world.courier.send("oa", fields, self._hear(event in HEARD))

    def _message(self, kind: str, data: dict[str, Any], **more: Any) -> Sent:
        self._must_follow()
        grant(self._world, self._who, "message")
        self._world.show(self._who.chat, "me", kind, data)
        fields = {**self._envelope(kind), **more, "MsgId": self._world.make.number()}
        return self._world.courier.send("oa", fields, self._hear(True))

    def _must_follow(self) -> None:
        if not self._who.following:
            raise Refusal(43004)

    def _hear(self, waits: bool) -> Callable[[Verdict], None]:
        def heard(verdict: Verdict) -> None:
            if verdict.kind == "reply" and self._who.following:
                self._world.show(self._who.chat, "account", verdict.type, verdict.data, "passive")
            elif verdict.kind in ("bad", "failed") and waits and self._who.following:
                self._world.show(self._who.chat, "notice", "text", {"content": UNAVAILABLE})

        return heard

    # Following

    def follow(self, scene: str = "", ticket: str = "", way: str = "ADD_SCENE_SEARCH") -> Sent:
        who = self._who
        if who.following:
            raise ValueError("follows already")
        who.following = True
        who.followed_at = self._world.clock.seconds()
        who.subscribe_scene = "ADD_SCENE_QR_CODE" if scene else way
        who.qr_scene = int(scene) if scene.isdigit() else 0
        who.qr_scene_str = "" if scene.isdigit() else scene
        grant(self._world, who, "subscribe")
        if scene:
            grant(self._world, who, "scan")
            return self._event("subscribe", EventKey=f"qrscene_{scene}", Ticket=ticket)
        return self._event("subscribe", EventKey="")

    def unfollow(self) -> Sent:
        self._must_follow()
        self._who.following = False
        self._who.credits.clear()
        return self._event("unsubscribe", EventKey="")

    def scan(self, ticket: str) -> Sent:
        """Scan the account's QR code: SCAN for a follower, subscribe for everybody else."""
        passage = self._world.state.passages.get(ticket)
        if passage is None:
            passage = next(
                (one for one in self._world.state.passages.values() if one.url == ticket), None
            )
        if passage is None or (passage.until and self._world.clock.now() > passage.until):
            raise Refusal(42000, "qrcode expired")
        if not self._who.following:
            return self.follow(passage.scene, passage.ticket)
        grant(self._world, self._who, "scan")
        return self._event("SCAN", EventKey=passage.scene, Ticket=passage.ticket)

    # Messages

    def text(self, content: str, menu_id: str = "") -> Sent:
        more = {"bizmsgmenuid": menu_id} if menu_id else {}
        return self._message("text", {"content": content}, Content=content, **more)

    def media(self, kind: str, data: bytes, name: str, content_type: str, **more: Any) -> Sent:
        """image, voice, video or shortvideo."""
        shelf = self._world.shelf
        stored = "video" if kind == "shortvideo" else kind
        one = shelf.put("oa", stored, name, content_type, data)
        fields: dict[str, Any] = {"MediaId": one.media_id}
        if kind == "image":
            fields = {"PicUrl": f"http://{self._host}/sim/media/{one.media_id}", **fields}
        elif kind == "voice":
            fields["Format"] = more.get("format") or "amr"
            if more.get("recognition"):
                fields["Recognition"] = more["recognition"]
        else:
            thumb = shelf.put(
                "oa", "thumb", "thumb.jpg", "image/jpeg", more.get("thumb") or b"\xff\xd8\xff\xd9"
            )
            fields["ThumbMediaId"] = thumb.media_id
        shown = {"media_id": one.media_id, "content_type": content_type}
        return self._message(kind, shown, **fields)

    def _picked(self, body: dict[str, Any]) -> tuple[float, float]:
        place = (
            float(body.get("latitude", self._who.latitude)),
            float(body.get("longitude", self._who.longitude)),
        )
        return gcj02(*place) if self._world.settings.location_datum == "gcj02" else place

    def location(self, body: dict[str, Any]) -> Sent:
        """A place picked on the map: WGS-84 in, the map's datum out."""
        latitude, longitude = self._picked(body)
        label = str(body.get("label", ""))
        shown = {"latitude": latitude, "longitude": longitude, "label": label}
        return self._message(
            "location",
            shown,
            Location_X=round(latitude, 6),
            Location_Y=round(longitude, 6),
            Scale=int(body.get("scale", 15)),
            Label=label,
        )

    def link(self, title: str, description: str, url: str) -> Sent:
        shown = {"title": title, "description": description, "url": url}
        return self._message("link", shown, Title=title, Description=description, Url=url)

    # Events

    def click(self, key: str) -> Sent:
        self._must_follow()
        grant(self._world, self._who, "click")
        return self._event("CLICK", EventKey=key)

    def view(self, url: str) -> Sent:
        self._must_follow()
        return self._event("VIEW", EventKey=url, MenuId="425501801")

    def scancode(self, event: str, key: str, text: str) -> Sent:
        self._must_follow()
        grant(self._world, self._who, "click")
        return self._event(
            event, EventKey=key, ScanCodeInfo={"ScanType": "qrcode", "ScanResult": text}
        )

    def pictures(self, event: str, key: str, pictures: list[tuple[str, bytes, str]]) -> Sent:
        """A photo button: first the event, then each picture as a message."""
        sums = [
            {"PicMd5Sum": hashlib.md5(data, usedforsecurity=False).hexdigest()}
            for _, data, _ in pictures
        ]
        sent = self._event(
            event, EventKey=key, SendPicsInfo={"Count": len(sums), "PicList": {"item": sums}}
        )
        for name, data, content_type in pictures:
            self.media("image", data, name, content_type)
        return sent

    def location_select(self, key: str, body: dict[str, Any]) -> Sent:
        """A location button: the event, then the same place as a message."""
        latitude, longitude = self._picked(body)
        info = {
            "Location_X": str(round(latitude, 6)),
            "Location_Y": str(round(longitude, 6)),
            "Scale": str(body.get("scale", 15)),
            "Label": str(body.get("label", "")),
            "Poiname": str(body.get("poiname", "")),
        }
        sent = self._event("location_select", EventKey=key, SendLocationInfo=info)
        self.location(body)
        return sent

    def report(self) -> Sent:
        """LOCATION: where the phone is, as sent on entering the chat and every 5 s."""
        self._must_follow()
        place = (self._who.latitude, self._who.longitude)
        if self._world.settings.event_datum == "gcj02":
            place = gcj02(*place)
        return self._event(
            "LOCATION", Latitude=round(place[0], 6), Longitude=round(place[1], 6), Precision=30.0
        )

    async def report_often(self, count: int, every: float) -> None:
        for number in range(count):
            if number:
                await asyncio.sleep(every)
            self.report()

    def permit(self, template: str, accept: bool, popup: str = "subscribe_msg_popup_event") -> Sent:
        """The answer to a subscription popup: one more send, or none."""
        if accept:
            self._who.allowed[template] = self._who.allowed.get(template, 0) + 1
        self._world.changed()
        listed = {
            "TemplateId": template,
            "SubscribeStatusString": "accept" if accept else "reject",
            "PopupScene": 1,
        }
        return self._event(popup, **{_LISTS[popup]: {"List": listed}})

    def personal(self, event: str, **more: Any) -> Sent:
        """user_info_modified, user_authorization_revoke and _cancellation: sent by a service of the
        platform about the person in OpenID."""
        return self._event(
            event,
            FromUserName=PUSH_SERVICE,
            OpenID=self._who.openid,
            AppID=self._world.config.oa.appid,
            **more,
        )


_LISTS = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
    "subscribe_msg_sent_event": "SubscribeMsgSentEvent",
}
