"""Signatures, AES and messages of both platforms: the only importer of wechatpy.

What wechatpy leaves open is closed here: signatures are compared in constant time, padding and
receiver are checked, a changed key is tried beside the new one, what is malformed is refused and never
raises anything else, numbers are numbers, events keep the names the platform gave them, and no text
can end its CDATA. Sources: developers.weixin.qq.com/doc/service/guide/dev/push/encryption.html,
developer.work.weixin.qq.com/document/path/90968.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from dataclasses import dataclass

from wechatpy.crypto.base import WeChatCipher
from wechatpy.crypto.pkcs7 import PKCS7Encoder
from wechatpy.replies import TextReply
from wechatpy.utils import WeChatSigner
from wechatpy.work.messages import MESSAGE_TYPES

from bot.document import LIMIT, Fields
from bot.house import CallbackKeys
from domain.errors import BAD_REQUEST, FORBIDDEN, Refused

# wechatpy's name of a message's part → ours. WeCom's classes know all that the Official Account's do.
_PARTS = {
    "content": "text",
    "recognition": "text",
    "image": "url",
    "media_id": "media_id",
    "thumb_media_id": "thumb_id",
    "format": "format",
    "title": "title",
    "description": "description",
    "url": "url",
    "location_x": "latitude",
    "location_y": "longitude",
    "label": "label",
}
BLOCK = 32
PREFIX = 16
SEALED_LIMIT = 2 * LIMIT


def signature(*parts: str) -> str:
    """SHA-1 over the parts in byte order, as callbacks and replies are signed."""
    signer = WeChatSigner()
    signer.add_data(*(part.encode("utf-8", "surrogatepass") for part in parts))
    return str(signer.signature)


def page_signature(ticket: str, nonce: str, timestamp: int | str, url: str) -> str:
    """The JS-SDK's signature: raw values, and the address without its fragment."""
    page = url.partition("#")[0]
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={page}"
    return hashlib.sha1(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def text_reply(sender: str, receiver: str, text: str, at: int) -> str:
    """A passive reply as XML; ``at`` in Unix seconds."""
    # A CDATA section cannot hold its own end, so a text that does is split over two.
    content = text.replace("]]>", "]]]]><![CDATA[>")
    return str(TextReply(source=sender, target=receiver, content=content, time=at).render())


def message_parts(kind: str, fields: Fields) -> dict[str, str] | None:
    """The parts of a message by our names; None for a kind that wechatpy does not know. The fields that
    are read must be texts."""
    known = MESSAGE_TYPES.get(kind)
    if known is None:
        return None
    message = known(dict(fields))
    return {
        ours: str(getattr(message, theirs) or "")
        for theirs, ours in _PARTS.items()
        if theirs in known._fields
    }


@dataclass(frozen=True, slots=True)
class Opened:
    """What was sealed, and with which key: the answer goes under the same."""

    text: str
    key: bytes


class Envelope:
    """Signs, opens and seals with the keys of one callback address.

    Raises ``Refused``: forbidden for what is not signed with the token, sealed with a key or meant for
    the receiver, bad_request for what cannot be read at all."""

    def __init__(self, keys: CallbackKeys) -> None:
        self._token = keys.token
        self._receiver = keys.receiver.encode()
        self._keys = [_aes_key(one) for one in (keys.aes_key, keys.previous_aes_key) if one]

    def check(self, given: str, *parts: str) -> None:
        """Refuses a signature that was not made with the token over these parts."""
        wanted = signature(self._token, *parts)
        if not self._token or not hmac.compare_digest(
            wanted.encode(), given.encode("utf-8", "surrogatepass")
        ):
            raise Refused(FORBIDDEN, "the signature is wrong")

    def open(self, sealed: str) -> Opened:
        """What is inside, tried with the present key and then with the previous one."""
        if len(sealed) > SEALED_LIMIT:
            raise Refused(BAD_REQUEST, "the ciphertext is too long")
        try:
            data = base64.b64decode(sealed, validate=True)
        except (binascii.Error, ValueError):
            raise Refused(BAD_REQUEST, "the ciphertext is not base64") from None
        if not data or len(data) % 16:
            raise Refused(BAD_REQUEST, "the ciphertext is truncated")
        refused = Refused(FORBIDDEN, "no key opens the ciphertext")
        for key in self._keys:
            try:
                return Opened(self._read(WeChatCipher(key).decrypt(data)), key)
            except Refused as error:
                refused = error
        raise refused

    def seal(self, text: str, key: bytes | None = None, prefix: bytes | None = None) -> str:
        """Sealed with ``key`` (the present one); ``prefix`` are 16 bytes that are random otherwise."""
        body = text.encode("utf-8", "replace")
        start = os.urandom(PREFIX) if prefix is None else prefix
        whole = start + len(body).to_bytes(4, "big") + body + self._receiver
        data = WeChatCipher(key or self._keys[0]).encrypt(PKCS7Encoder.encode(whole))
        return base64.b64encode(data).decode()

    def reply(self, text: str, opened: Opened, timestamp: str, nonce: str) -> str:
        """``text`` sealed and signed as the answer to ``opened``."""
        sealed = self.seal(text, opened.key)
        signed = signature(self._token, timestamp, nonce, sealed)
        return (
            f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt><MsgSignature>{signed}</MsgSignature>"
            f"<TimeStamp>{int(timestamp)}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        )

    def _read(self, plain: bytes) -> str:
        count = plain[-1]
        if not 1 <= count <= BLOCK or plain[-count:] != bytes([count]) * count:
            raise Refused(FORBIDDEN, "no key opens the ciphertext")
        content = plain[PREFIX:-count]
        size = int.from_bytes(content[:4], "big")
        if len(content) < 4 + size:
            raise Refused(FORBIDDEN, "the ciphertext's length is wrong")
        if not hmac.compare_digest(content[4 + size :], self._receiver):
            raise Refused(FORBIDDEN, "the ciphertext is for somebody else")
        try:
            return content[4 : 4 + size].decode()
        except UnicodeDecodeError:
            raise Refused(BAD_REQUEST, "the text inside is not UTF-8") from None


def _aes_key(text: str) -> bytes:
    # The last of the 43 characters may carry bits that belong to no byte; they are dropped.
    if len(text) != 43:
        raise ValueError("an EncodingAESKey has 43 characters")
    return base64.b64decode(text + "=")
