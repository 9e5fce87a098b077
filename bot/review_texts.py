"""What officers are told of approvals and trials of notices."""

from __future__ import annotations

# fmt: off
REVIEW_TEXTS: dict[str, tuple[str, str]] = {
    "review_asked": (
        "【通告待审】{author} 送审通告 {number}《{title}》，发往 {count} 个社区{urgent}。请阅读后审核或退回："
        '<a href="{page}">打开</a>',
        "[To approve] {author} submitted notice {number} “{title}” for {count} communities{urgent}. Please "
        'read it and approve or return it: <a href="{page}">open</a>',
    ),
    "review_asked_recurring": (
        "【通告待审】{author} 设的周期通告 {number}《{title}》，发往 {count} 个社区{urgent}。"
        '请阅读后审核或退回：<a href="{page}">打开</a>',
        "[To approve] Recurring notice {number} “{title}” set up by {author}, for {count} communities"
        '{urgent}. Please read it and approve or return it: <a href="{page}">open</a>',
    ),
    "review_recurred": (
        '【周期通告】{number}《{title}》已按您设的时间起草并送审，'
        '审核通过后请发布：<a href="{page}">打开</a>',
        "[Recurring notice] {number} “{title}” was drafted and submitted as you set it up. Please publish "
        'it once it is approved: <a href="{page}">open</a>',
    ),
    "recurring_author": (
        '【周期通告已停】《{title}》：{author} 已停用或调离，不再自动起草。'
        '需要的话请指定人接着做：<a href="{page}">打开</a>',
        "[Recurring notice stopped] “{title}”: {author} is disabled or has another post, and nothing more "
        'is drafted. Have somebody take it over if it is needed: <a href="{page}">open</a>',
    ),
    "recurring_communities": (
        '【周期通告已停】《{title}》：其中有社区已不归 {author}，不再自动起草。'
        '请核对范围：<a href="{page}">打开</a>',
        "[Recurring notice stopped] “{title}”: not all of its communities are {author}'s now, and nothing "
        'more is drafted. Please check to whom it goes: <a href="{page}">open</a>',
    ),
    "review_urgent": ("，紧急", ", urgent"),
    "review_approved": (
        '【通告已审核】{reader} 审核通过了 {number}《{title}》，现在可以发布：<a href="{page}">打开</a>',
        "[Approved] {reader} approved {number} “{title}”. It may be published now: "
        '<a href="{page}">open</a>',
    ),
    "review_returned": (
        "【通告已退回】{reader} 退回了 {number}《{title}》：{reason}\n"
        '修改后可再送审：<a href="{page}">打开</a>',
        "[Returned] {reader} returned {number} “{title}”: {reason}\nSubmit it again after a change: "
        '<a href="{page}">open</a>',
    ),
    "trial_mark": ("【试发】", "[Trial] "),
    "trial_no_picture": ("【试发】图片暂时传不到企业微信。", "[Trial] The picture cannot reach WeCom now."),
}
# fmt: on
