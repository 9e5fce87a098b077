"""One callback as it is written on the wire: XML or JSON, plain, compatible or sealed."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

import msgspec

from simulator.crypto import Envelope, signature
from simulator.tickets import Maker

Fields = dict[str, Any]


def xml(fields: Fields, escapes: bool = True) -> str:
    """The fields as the platforms write them: text in CDATA, numbers bare, lists repeated. ``escapes``
    False: a text that ends its CDATA is left as it is."""
    return f"<xml>{_inside(fields, escapes)}</xml>"


def _inside(fields: Fields, escapes: bool) -> str:
    return "".join(
        f"<{name}>{_value(one, escapes)}</{name}>"
        for name, value in fields.items()
        for one in (value if isinstance(value, list) else [value])
    )


def _value(value: Any, escapes: bool) -> str:
    if isinstance(value, dict):
        return _inside(value, escapes)
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    # A CDATA section cannot hold its own end, so such a text travels escaped.
    return escape(text) if escapes and "]]>" in text else f"<![CDATA[{text}]]>"


class Route:
    """Where callbacks of one kind go, and how they are sealed."""

    def __init__(
        self,
        *,
        name: str,
        url: str,
        token: str,
        receive_id: str,
        aes_key: str,
        mode: str = "safe",
        format: str = "xml",
    ) -> None:
        self.name = name  # oa, app:<agentid> or contact
        self.url = url
        self.token = token
        self.mode = mode
        self.format = format
        self.envelope = Envelope(aes_key, receive_id) if aes_key else None
        self._aes_key = aes_key

    def addressed(self, receive_id: str) -> Route:
        """The same address, sealed for somebody else."""
        return Route(
            name=self.name,
            url=self.url,
            token=self.token,
            receive_id=receive_id,
            aes_key=self._aes_key,
            mode=self.mode,
            format=self.format,
        )

    @property
    def work(self) -> bool:
        return self.name != "oa"

    def write(
        self,
        fields: Fields,
        make: Maker,
        timestamp: int,
        flaw: str = "",
        escapes: bool = True,
    ) -> tuple[dict[str, str], bytes]:
        """Query and body of a POST; ``flaw`` spoils one thing on purpose."""
        token = "wrong-token" if flaw == "token" else self.token
        stamp, nonce = str(timestamp), str(make.number())[-10:]
        query = {"timestamp": stamp, "nonce": nonce}
        if not self.work:
            query["signature"] = signature(token, stamp, nonce)
            query["openid"] = str(fields["FromUserName"])
        as_json = self.format == "json"
        plain = msgspec.json.encode(fields).decode() if as_json else xml(fields, escapes)
        if self.mode == "plain" and not self.work:
            return query, plain.encode()
        sealed = self._seal(plain, flaw)
        signed = signature(token, stamp, nonce, sealed)
        query["msg_signature"] = signed[::-1] if flaw == "signature" else signed
        outer: Fields = {"ToUserName": fields["ToUserName"], "Encrypt": sealed}
        if self.work and "AgentID" in fields:
            outer["AgentID"] = fields["AgentID"]
        if not self.work:
            query["encrypt_type"] = "aes"
            if self.mode == "compatible":
                outer = {**fields, "Encrypt": sealed}
        return query, (msgspec.json.encode(outer) if as_json else xml(outer, escapes).encode())

    def _seal(self, plain: str, flaw: str) -> str:
        if self.envelope is None:
            raise ValueError(f"{self.name} has no EncodingAESKey")
        if flaw == "padding":
            return self.envelope.seal_raw(b"\x00" * 16 + plain.encode()[:16] + b"\xff" * 32)
        return self.envelope.seal(plain)

    def challenge(self, make: Maker, timestamp: int) -> tuple[dict[str, str], str]:
        """Query of the GET that proves the address, and the answer it must give."""
        stamp, nonce = str(timestamp), str(make.number())[-10:]
        echo = str(make.number())
        if not self.work:
            signed = signature(self.token, stamp, nonce)
            return {"signature": signed, "timestamp": stamp, "nonce": nonce, "echostr": echo}, echo
        sealed = self._seal(echo, "")
        return {
            "msg_signature": signature(self.token, stamp, nonce, sealed),
            "timestamp": stamp,
            "nonce": nonce,
            "echostr": sealed,
        }, echo
