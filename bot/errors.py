"""How a call to a platform can fail; what may be done about it depends on which of the three it is."""

from __future__ import annotations


class CallFailed(Exception):
    """A call to WeChat or WeCom did not succeed. The text holds no openid, text or token."""


class PlatformError(CallFailed):
    """The platform understood the call and said no; nothing was done, and the same again gets the
    same. Branch on ``code`` (errcode) only: ``text`` is for the log and changes without notice."""

    def __init__(self, code: int, text: str = "") -> None:
        super().__init__(f"{code} {text}".strip())
        self.code = code
        self.text = text


class Unsent(CallFailed):
    """Certainly nothing was done, and the same may be tried again: the platform could not be reached,
    was busy (-1), or a quota is used up. Not before ``until`` (Unix ms, 0: whenever); ``code`` is the
    errcode, 0 without one."""

    def __init__(self, text: str, code: int = 0, until: int = 0) -> None:
        super().__init__(text)
        self.code = code
        self.until = until


class Unknown(CallFailed):
    """The call left and no answer came that can be read: it may have been done. It must not be
    repeated unless the platform drops duplicates."""
