"""What officers and supervisors are told of tips whose answer is overdue."""

from __future__ import annotations

# fmt: off
DEADLINE_TEXTS: dict[str, tuple[str, str]] = {
    "overdue_officer": (
        '【答复超时】{urgent}线索 {number} 应在 {due} 前答复居民，现在还没有答复。<a href="{page}">打开</a>',
        "[Overdue] {urgent}Tip {number} was to be answered by {due}, and is not yet. "
        '<a href="{page}">Open</a>',
    ),
    "overdue_supervisor": (
        "【答复严重超时】{station}的{urgent}线索 {number} 应在 {due} 前答复居民，"
        "已提醒{officer}，仍没有答复。"
        '<a href="{page}">打开</a>',
        "[Long overdue] {urgent}Tip {number} of {station} was to be answered by {due}; {officer} was "
        'reminded, and it is not answered yet. <a href="{page}">Open</a>',
    ),
    "overdue_urgent": ("紧急", "Urgent: "),
    "overdue_nobody": ("所里民警（无人认领）", "its officers (nobody took it)"),
}
# fmt: on
