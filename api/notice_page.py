"""The public page of a notice: what it says, who says it, and whether it still holds.

Rendered here, without scripts: it opens on any phone inside WeChat, and a copied text can always be
checked against it. It says nothing of who wrote it and learns nothing of who reads it.
"""

from __future__ import annotations

from html import escape

from aiohttp import web

from api.compression import compress
from api.house import House
from api.notice_views import find_public
from api.routes import now_ms
from api.shapes_notices import PublicNotice
from domain.clock import in_china
from domain.errors import NOT_FOUND, Refused

HEADERS = {
    "Cache-Control": "public, max-age=30",
    "Vary": "Accept-Language",
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# Shape, word and colour: the colour alone says nothing to many.
STANDING = {
    "VALID": ("✓", "有效", "Valid", "good"),
    "CORRECTED": ("↻", "已更正", "Corrected", "warn"),
    "WITHDRAWN": ("✕", "已撤回", "Withdrawn", "bad"),
    "EXPIRED": ("○", "已过期", "Expired", "over"),
}
WORDS = {
    "VALID": ("这份通告现在有效。", "This notice holds."),
    "CORRECTED": (
        "这份通告的内容有误，已由另一份通告更正，请以更正为准。",
        "This notice was wrong. Another one has taken its place.",
    ),
    "WITHDRAWN": (
        "这份通告已由公安机关撤回，请不要再按其内容办理。",
        "The police have withdrawn this notice. Do not act on it.",
    ),
    "EXPIRED": ("这份通告已经过期。", "The time of this notice is over."),
}
TEXT = {
    "from": ("发布单位", "Issued by"),
    "at": ("发布时间", "Issued at"),
    "until": ("有效期至", "Valid until"),
    "ended": ("终止时间", "Ended at"),
    "number": ("编号", "Number"),
    "see": ("查看更正", "Read the correction"),
    "corrects": ("更正了", "Corrects"),
    "more": ("更多信息", "More"),
    "picture": ("通告图片", "Picture of the notice"),
    "checked": ("本页核对时间", "Checked at"),
    "missing": ("没有这份通告", "No such notice"),
    "missing_why": (
        "编号不对，或者它不是在这里发布的。收到来历不明的“公安通告”请勿转发，可拨打 110 核实。",
        "The number is wrong, or it was not issued here. Do not pass on what you cannot verify; "
        "call 110 to check.",
    ),
    "away": ("暂时查不到，请稍后再试", "It cannot be looked up now; try again in a moment"),
    "police": ("警民通告", "Police notice"),
    "other": ("English", "中文"),
}
STYLE = (
    "body{margin:0;background:#f4f6f9;color:#14202e;font:17px/1.7 'PingFang SC','Noto Sans CJK SC',"
    "'Microsoft YaHei',sans-serif}main{max-width:40rem;margin:0 auto;background:#fff;min-height:100vh;"
    "box-sizing:border-box;padding:1.2rem 1.2rem 3rem}header{display:flex;justify-content:"
    "space-between;align-items:center;color:#3c4a5c}header a{padding:"
    ".65rem 0 .65rem 1rem}h1{font-size:1.45rem;line-height:1.35;margin:1rem 0 .6rem;"
    "overflow-wrap:anywhere}.s{display:flex;gap:.8rem;align-items:center;"
    "border-radius:.8rem;padding:.9rem 1rem;border:2px solid}.s b{font-size:1.25rem;display:block}"
    ".s i{font:700 1.9rem/1 sans-serif}.good{background:#e8f6ec;border-color:#1a7f37;color:#0d4f21}"
    ".warn{background:#fff4df;border-color:#9a6200;color:#5c3b00}.bad{background:#fdeaea;"
    "border-color:#b42318;color:#7a1410}.over{background:#eef0f3;border-color:#5b6675;color:#333d4a}"
    ".t{white-space:pre-wrap;overflow-wrap:anywhere}.void .t,.void h1{color:#5b6675}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;color:#3c4a5c;"
    "font-size:.95rem;font-variant-numeric:tabular-nums;border-top:1px solid #d8dee6;"
    "padding-top:1rem;margin-top:1.5rem}dd{margin:0;overflow-wrap:anywhere}a{color:#0b57b0}"
    "img{max-width:100%;height:auto;border-radius:.8rem;margin-top:1rem}.go{display:block;text-align:center;background:#0b57b0;color:#fff;padding:.8rem;border-radius:"
    ".8rem;text-decoration:none;margin:1rem 0}"
)


async def notice_page(house: House, request: web.Request) -> web.Response:
    """``/n/{number}``: the page, in Chinese or (``?lang=en`` or by Accept-Language) English."""
    language = _language(request)
    number = request.match_info["number"]
    now = now_ms()
    try:
        house.limits.spend(house.origin(request), "public")
        text, status = render(await find_public(house, number, now), language, now), 200
    except Refused as refused:
        missing = refused.fault is NOT_FOUND
        text, status = _sorry(language, missing), refused.fault.status
    headers = HEADERS if status == 200 else {**HEADERS, "Cache-Control": "no-store"}
    response = web.Response(text=text, status=status, content_type="text/html", headers=headers)
    await compress(request, response)
    return response


def render(it: PublicNotice, language: int, now: int) -> str:
    """The page; ``language`` 0 is Chinese, 1 English. The notice itself is as it was written."""
    mark, *names, kind = STANDING[it.standing]
    says = {name: pair[language] for name, pair in TEXT.items()}
    body = [
        f"<div class='s {kind}' role='status'><i aria-hidden='true'>{mark}</i><div>"
        f"<b>{names[language]}</b>{WORDS[it.standing][language]}</div></div>"
    ]
    if it.corrected_by:
        body.append(f"<a class='go' href='{_link(it.corrected_by, language)}'>{says['see']}</a>")
    void = "" if it.standing == "VALID" else " class='void'"
    body.append(f"<article{void}><h1 lang='zh-CN'>{escape(it.title)}</h1>")
    body.append(f"<div class='t' lang='zh-CN'>{escape(it.text)}</div>")
    if it.picture and it.standing == "VALID":
        body.append(f"<img src='/n/{escape(it.number)}/picture' alt='{says['picture']}'>")
    body.append("</article>")
    if it.link and it.standing == "VALID":
        body.append(f"<p>{says['more']}: <a href='{escape(it.link)}'>{escape(it.link)}</a></p>")
    facts = [
        (says["from"], escape(it.station)),
        (says["at"], _time(it.published_at)),
        (says["until"], _time(it.expires_at)),
        (says["ended"], _time(it.ended_at)),
        (says["number"], escape(it.number)),
        (says["corrects"], _reference(it.corrects, language)),
        (says["checked"], _time(now)),
    ]
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts if value)
    body.append(f"<dl>{rows}</dl>")
    return _frame(f"{names[language]} · {escape(it.title)}", "".join(body), language)


def _sorry(language: int, missing: bool) -> str:
    title = TEXT["missing" if missing else "away"][language]
    why = f"<p>{TEXT['missing_why'][language]}</p>" if missing else ""
    return _frame(title, f"<h1>{title}</h1>{why}", language)


def _frame(title: str, body: str, language: int) -> str:
    other = ("?lang=en", "?lang=zh")[language]
    return (
        f"<!doctype html><html lang='{('zh-CN', 'en')[language]}'><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width,initial-scale=1'>"
        "<meta name='format-detection' content='telephone=no'>"
        f"<title>{title}</title><style>{STYLE}</style><main><header><span>"
        f"{TEXT['police'][language]}</span><a href='{other}'>{TEXT['other'][language]}</a></header>"
        f"{body}</main></html>"
    )


def _link(number: str, language: int) -> str:
    return f"/n/{escape(number)}" + ("?lang=en" if language else "")


def _reference(number: str | None, language: int) -> str:
    return f"<a href='{_link(number, language)}'>{escape(number)}</a>" if number else ""


def _time(at: int | None) -> str:
    if not at:
        return ""
    return in_china(at, "%Y-%m-%d %H:%M")


def _language(request: web.Request) -> int:
    chosen = request.query.get("lang")
    if chosen in ("zh", "en"):
        return int(chosen == "en")
    for part in request.headers.get("Accept-Language", "zh").split(","):
        name = part.split(";")[0].strip().lower()
        if name.startswith(("zh", "en")):
            return int(name.startswith("en"))
    return 0
