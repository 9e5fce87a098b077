"""What is said of subscription messages (订阅通知)."""

from __future__ import annotations

# fmt: off
SUBSCRIPTION_TEXTS: dict[str, tuple[str, str]] = {
    "subscribe_title": ("有新进展，微信提醒您", "WeChat tells you of news"),
    "subscribe_text": ("点下面的按钮并选择“允许”。每允许一次，提醒一条；内容请到警民110里看。",
        "Press the button and allow it. Each time you allow it brings one message; read the rest in "
        "this account."),
    "subscribe_ask": ("提醒我", "Tell me"),
    "subscribe_done": ("✓ 好的，有新进展时微信会提醒您一次。", "✓ You will be told once when there is news."),
    "subscribe_not_done": ("没有开启提醒。您给本账号发消息，也能看到进展。",
        "No message was allowed. Write to this account to read the news."),
    "subscribe_failed": ("提醒现在开不了。您给本账号发消息，也能看到进展。",
        "This cannot be asked for now. Write to this account to read the news."),
    "subscribe_call": ("紧急情况拨打 110", "In an emergency call 110"),
    "subscribe_tip": ('▶ <a href="{link}">点这里，答复来了微信提醒您（一次一条）</a>',
        '▶ <a href="{link}">Tap here and WeChat tells you when the answer is there (once)</a>'),
    "subscribe_incident": ('▶ 不紧急时可<a href="{link}">点这里，有新进展微信提醒您</a>',
        '▶ When there is time, <a href="{link}">tap here and WeChat tells you of news</a>'),
}
# fmt: on
