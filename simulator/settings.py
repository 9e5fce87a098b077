"""Switches of the world: what is unknown or differs between installations is a switch, not a guess."""

from __future__ import annotations

import msgspec


class Settings(msgspec.Struct, kw_only=True):
    """All may be changed while it runs (POST /sim/settings); times are seconds."""

    # callbacks
    callback_deadline_s: float = 5.0
    verify_deadline_s: float = 1.0
    redeliveries: int = 3
    redelivery_after_s: float = 1.0  # at least that long between deliveries that fail at once
    callback_connections: int = 64
    oa_use_previous_key: bool = False
    escapes_words: bool = True  # False: ]]> in what somebody writes travels as it is
    location_datum: str = "gcj02"  # of location messages and location_select
    event_datum: str = "wgs84"  # of LOCATION events
    # Official Account
    wrong_secret: int = 40125  # 40001 in older texts
    token_daily: int = 2000
    dedupe_client_msg_id: bool = False
    template_daily: int = 100_000
    template_result_after_s: float = 0.2  # real seconds until TEMPLATESENDJOBFINISH
    message_credits: int = 5
    media_life_s: float = 3 * 86400
    oauth_code_life_s: float = 300
    unionid_bound: bool = True  # the account and the corp share one open platform account
    permanent_qrcodes: int = 100_000
    bizsend_returns_msgid: bool = False
    open_tags: bool = True  # False: phones too old for wx-open-subscribe
    # WeCom
    group_lag_s: float = 0.0  # groupchat/get shows how it was this long ago
    group_change_list: bool = True  # MemChangeList in events
    group_size: int = 500
    scope_limit: int = 1000  # members beyond which groupchat/list wants an owner_filter
    mass_dispatch_s: float = 2.0  # 41063 that long after creation
    mass_cap_day: int = 1  # 群发 a group can get per day; 0: no cap
    mass_cap_month: int = 0  # per month; 0: as many as the month has days
    mass_refuses_over_cap: bool = True  # 41048 if every group is at its cap already
    member_minute: int = 30
    member_hour: int = 1000
    welcome_s: float = 20.0
    hand_day: int = 300  # groups of one owner that may be given away per day
    hand_quarter: int = (
        2  # times one group may be given away in 90 days while its owner works there
    )
    hand_day_refusal: int = 45009  # the two codes are not published
    hand_quarter_refusal: int = 40128
    spent_response_code: int = 40058
    remind_refusal: int = 45009
    # limits and addresses
    per_minute: int = 10_000  # of the corp, per API; 45009 for as long as the span
    per_hour: int = 150_000
    oa_per_minute: int = 0  # 45011; 0: only what is published (stable_token, sns)
    limits: bool = True
    oa_addresses: list[str] | None = None  # None: any caller
    wecom_addresses: list[str] | None = None
    log_entries: int = 200_000
    log_bytes: int = 256 * 1024 * 1024
    chat_lines: int = 500
