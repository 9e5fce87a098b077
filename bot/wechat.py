"""wechatpy's signatures and AES behind our own types; the only importer of wechatpy."""

from __future__ import annotations

import hashlib


def page_signature(ticket: str, nonce: str, timestamp: int | str, url: str) -> str:
    """The JS-SDK's signature: raw values, and the address without its fragment."""
    page = url.partition("#")[0]
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={page}"
    return hashlib.sha1(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
