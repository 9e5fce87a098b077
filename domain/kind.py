"""What an incident is about, and how it ended."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What the caller or the dispatcher says it is."""

    UNKNOWN = "UNKNOWN"
    CRIME = "CRIME"  # 刑事
    ORDER = "ORDER"  # 治安
    DISPUTE = "DISPUTE"  # 纠纷
    TRAFFIC = "TRAFFIC"  # 交通
    LOST = "LOST"  # 走失、迷路
    RESCUE = "RESCUE"  # 遇险求助
    FIRE = "FIRE"  # 火情
    MEDICAL = "MEDICAL"  # 医疗
    FRAUD = "FRAUD"  # 诈骗
    OTHER = "OTHER"


class Disposition(StrEnum):
    """How an incident ended."""

    RESOLVED = "RESOLVED"  # 已处置
    TRANSFERRED = "TRANSFERRED"  # 已移交
    ADVICE = "ADVICE"  # 已答复
    DUPLICATE = "DUPLICATE"  # 重复报警
    FALSE_ALARM = "FALSE_ALARM"  # 误报
    UNREACHABLE = "UNREACHABLE"  # 无法联系
