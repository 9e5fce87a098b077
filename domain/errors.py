"""Every refusal of the product, in one list: stable code, HTTP hint, text in Chinese and English.

A room raises ``Refused(FAULT)``; the edge (HTTP, live feed, signalling) turns it into RFC 9457
problem details or a protocol error with the same code. Codes never change once released.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of refusal: ``code`` is stable, ``status`` is the HTTP hint, texts are for people."""

    code: str
    status: int
    zh: str
    en: str


BAD_REQUEST = Fault("bad_request", 400, "请求内容无法识别", "The request could not be understood")
INVALID = Fault("invalid", 422, "内容不符合要求", "The content is not valid")
DATUM_MISSING = Fault("datum_missing", 422, "位置缺少坐标系", "A position needs its datum")
LOGIN_NEEDED = Fault("login_needed", 401, "请先登录", "Log in first")
LOGIN_FAILED = Fault(
    "login_failed", 401, "账号、密码或动态码不正确", "Account, password or one-time code is wrong"
)
UNREADABLE = Fault(
    "unreadable",
    501,
    "这条记录暂时无法读取。紧急情况请直接拨打 110",
    "The record cannot be read now. In an emergency dial 110",
)
PROOF_NEEDED = Fault(
    "proof_needed",
    403,
    "请再次输入密码和动态码",
    "Give the password and the one-time code once more",
)
SECOND_FACTOR = Fault("second_factor", 403, "请先启用动态码", "Set up the one-time code first")
PASSWORD_NEEDED = Fault(
    "password_needed", 403, "请先修改初始密码", "Change the initial password first"
)
LOGIN_SLOWED = Fault("login_slowed", 429, "登录尝试次数过多", "Too many attempts to log in")
TOKEN_BAD = Fault("token_bad", 401, "凭证无效或已失效", "The token is not valid or has expired")
FORBIDDEN = Fault("forbidden", 403, "没有权限", "Not permitted")
ORIGIN_REFUSED = Fault("origin_refused", 403, "来源网址不被允许", "The origin is not allowed")
NOT_FOUND = Fault("not_found", 404, "没有找到", "Not found")
METHOD = Fault("method_not_allowed", 405, "不支持此操作方式", "Method not allowed")
WRONG_STATE = Fault("wrong_state", 409, "当前状态下不能这样做", "Not possible in the present state")
TAKEN = Fault("taken", 409, "已由他人接听", "Already answered by somebody else")
IN_HAND = Fault(
    "in_hand", 409, "您手上还有警情，请先转交", "Hand over the incidents you have first"
)
NOT_AT_DESK = Fault("not_at_desk", 409, "对方不在席位上", "The colleague is not at a desk")
CONFLICT = Fault("conflict", 409, "内容已被他人更新，请刷新", "Changed by somebody else meanwhile")
DUPLICATE = Fault("duplicate", 409, "已经存在", "Already exists")
TOO_LARGE = Fault("too_large", 413, "内容过大", "Too large")
MEDIA_KIND = Fault("media_kind", 415, "不支持的文件类型", "Unsupported kind of file")
RANGE = Fault("range", 416, "请求的范围不存在", "The range asked for does not exist")
TOO_MANY = Fault("too_many", 429, "请求过于频繁，请稍后再试", "Too many requests; try again later")
INTERNAL = Fault("internal", 500, "系统内部错误", "Internal error")
STORE_DOWN = Fault(
    "store_down", 503, "数据库暂时不可用，请稍后重试", "The store is unavailable; retry"
)
NOT_TAKEN = Fault(
    "not_taken",
    503,
    "报警没有收到，请立即拨打 110",
    "The report was not taken. Dial 110 now",
)
BUSY = Fault("busy", 503, "服务器繁忙，请稍后再试", "Too much is waiting; try again shortly")
NO_MEDIA = Fault("no_media", 503, "没有可用的通话服务", "No media process is available")
BOUNDARY_BROKEN = Fault("boundary_broken", 422, "辖区边界文件有误", "The boundary file is broken")
# The signalling socket of webrtc/ speaks the same list.
PROTOCOL = Fault("protocol", 400, "信令消息不合规", "The signalling message is malformed")
TICKET_BAD = Fault(
    "ticket_bad", 401, "入会凭证无效或已用过", "The ticket is invalid, expired or used"
)
ROOM_FULL = Fault("room_full", 409, "通话人数已满", "The call is full")
ROOM_ENDED = Fault("room_ended", 410, "通话已结束", "The call has ended")
SDP_BAD = Fault("sdp_bad", 400, "媒体协商失败", "The session description is not acceptable")
MEDIA_LOST = Fault("media_lost", 408, "媒体连接中断", "The media connection was lost")

FAULTS: dict[str, Fault] = {
    fault.code: fault for fault in list(globals().values()) if isinstance(fault, Fault)
}


class Refused(Exception):
    """Something was asked that cannot be done; nothing was changed.

    ``detail`` says in English what exactly was wrong; ``facts`` are JSON values for the page
    (who has the incident, which field). Neither may hold personal data beyond the asker's own.
    """

    def __init__(self, fault: Fault, detail: str = "", **facts: object) -> None:
        super().__init__(detail or fault.en)
        self.fault = fault
        self.detail = detail
        self.facts = facts


class WrongState(Refused):
    """The event is not in the state table for the present state."""

    def __init__(self, detail: str = "", **facts: object) -> None:
        super().__init__(WRONG_STATE, detail, **facts)


class Conflict(Refused):
    """The document was changed by somebody else since it was loaded."""

    def __init__(self, detail: str = "", **facts: object) -> None:
        super().__init__(CONFLICT, detail, **facts)


class Duplicate(Refused):
    """A unique key exists already; the first document stands."""

    def __init__(self, detail: str = "", **facts: object) -> None:
        super().__init__(DUPLICATE, detail, **facts)


class NotFound(Refused):
    """No such document, or none that the asker may know of."""

    def __init__(self, detail: str = "", **facts: object) -> None:
        super().__init__(NOT_FOUND, detail, **facts)


class StoreDown(Refused):
    """The store did not answer in time or refused to work."""

    def __init__(self, detail: str = "", **facts: object) -> None:
        super().__init__(STORE_DOWN, detail, **facts)


class UnusableStore(Exception):
    """What is stored was written by a version that this one cannot follow, or is a part of a backup; the text
    says what to do."""
