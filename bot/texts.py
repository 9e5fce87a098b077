"""Every sentence that the bot says in a chat, in Chinese and English, with the ``*_texts.py`` beside it.
Menu, cards, notices and the pages of the doors have theirs where they are made.

Short and plain: a frightened person reads them. ``{names}`` are filled in by ``say``; what is filled
in is never read as a sentence of ours.
"""

from __future__ import annotations

import string

from bot.asking_texts import ASKING
from bot.asking_texts import CALL_EN as _CALL_EN
from bot.asking_texts import CALL_ZH as _CALL_ZH
from bot.group_texts import GROUP_TEXTS
from bot.review_texts import REVIEW_TEXTS
from bot.subscription_texts import SUBSCRIPTION_TEXTS
from domain.resident import Language

_ZH, _EN = Language.ZH, Language.EN

# fmt: off
TEXTS: dict[str, tuple[str, str]] = {
    **ASKING,
    **SUBSCRIPTION_TEXTS,
    **GROUP_TEXTS,
    **REVIEW_TEXTS,
    # ---- emergency
    "urgent": (
        f"☎ 有生命危险，请先{_CALL_ZH}。\n"
        '▶ <a href="{link}">点这里，马上连线网上110</a>\n'
        "不能点、不能说话？发送位置，或回复 1，110 马上收到您刚才说的话。\n不紧急请回复 0。",
        f"☎ If a life is in danger, {_CALL_EN} first.\n"
        '▶ <a href="{link}">Tap here to reach 110 online now</a>\n'
        "Cannot tap or speak? Send your location or reply 1: 110 gets what you wrote at once.\n"
        "Not urgent? Reply 0.",
    ),
    "alarm": (
        f"☎ 有生命危险，请先{_CALL_ZH}。\n"
        '▶ <a href="{link}">点这里报警，视频、语音、文字都可以</a>\n'
        "打不开？在这里写下发生了什么，再发送位置或回复 1，110 马上收到。\n返回请回复 0。",
        f"☎ If a life is in danger, {_CALL_EN} first.\n"
        '▶ <a href="{link}">Tap here to report by video, voice or text</a>\n'
        "Does it not open? Write here what happens, then send your location or reply 1: "
        "110 gets it at once.\nReply 0 to go back.",
    ),
    "cry_noted": ('记下了。回复 1 或发送位置，110 马上收到；也可以<a href="{link}">点这里连线</a>。',
        'Noted. Reply 1 or send your location and 110 gets it at once, or <a href="{link}">tap here</a>.'),
    "raised": (
        "✓ 110 已收到您的报警，编号 {number}。\n请继续在这里说，或发送位置、照片，110 都能看到。\n"
        '▶ <a href="{link}">点这里与110视频连线</a>',
        "✓ 110 has your report, number {number}.\n"
        "Go on writing here, or send your location and pictures: 110 sees them.\n"
        '▶ <a href="{link}">Tap here for video with 110</a>',
    ),
    "thread_noted": ("✓ 110 已收到。", "✓ 110 has it."),
    "thread_full": (f"这里收不下更多了，请{_CALL_ZH}继续说。",
        f"There is no room for more here. Please {_CALL_EN}."),
    "calm": ("好的。需要时随时回复“报警”。已经报给 110 的不会取消。",
        "All right. Write “alarm” whenever you need it. What 110 already has is not cancelled."),
    "calm_back": ("好的，回到您的线索，可以接着说。需要时随时回复“报警”。",
        "All right, back to your tip: go on. Write “alarm” whenever you need it."),
    "late_emergency": (f"您还好吗？刚才的话还没有报给 110。需要帮助请{_CALL_ZH}，或回复“报警”。",
        f"Are you all right? 110 did not get what you wrote. To get help, {_CALL_EN} or write “alarm”."),
    "incident_said": ("110：{text}", "110: {text}"),
    "incident_answered": ("110 已接听您的报警 {number}。",
        "110 has answered your report {number}."),
    "incident_call_back": ("110 正在找您。请打开报警页面，或直接拨打 110，报编号 {number}。",
        "110 is trying to reach you. Open the page of your report, or phone 110 and give {number}."),
    "incident_called": ("已通知{station}。", "{station} has been called."),
    "incident_coming": ("{station}民警已经出发。", "Officers of {station} are on the way."),
    "incident_arrived": ("{station}民警已到现场。", "Officers of {station} have arrived."),
    "station_called": ("110 请求出警 {number} {place}", "110 calls you: {number} {place}"),
    "station_changed": ("情况有变，报警人再次报警 {number} {place}",
        "The situation changed, the caller reports again: {number} {place}"),
    "station_silent": ("静音报警：不要出声，不要回拨", "Silent report: make no sound, do not call back"),
    "incident_handed": ("通话已结束，由{station}继续处置。情况有变请再次报警。",
        "The call is over; {station} goes on with the case. If anything changes, report again."),
    "incident_closed_going": ("报警 {number} 已办结，{station}仍会处置完毕。情况有变请再次报警。",
        "Report {number} is closed; {station} will still finish. If anything changes, report again."),
    "incident_closed": ("报警 {number} 已处理完毕。情况有变请再次报警。",
        "Report {number} is closed. If anything changes, report again."),
    # ---- who talks with the caller: the sentences of the page
    "incident_away": (
        f"接警员正在接另一起，请稍候。您的报警没有放下，您写的文字、拍的照片都能看到。情况紧急请直接{_CALL_ZH}。",
        "The dispatcher is in another call; please wait. Your report is not put aside: what you write and "
        f"photograph is read. If it is urgent, {_CALL_EN}."),
    "incident_away_with": ("接警员暂离，{names} 在与您通话。",
        "The dispatcher is away; {names} is talking with you."),
    "incident_back": ("接警员已回到通话。", "The dispatcher is back."),
    "incident_through": (f"正在为您转接其他接警员，请稍候。情况紧急请直接{_CALL_ZH}。",
        f"You are being put through to another dispatcher; please wait. If it is urgent, {_CALL_EN}."),
    "incident_through_with": ("正在为您转接其他接警员，{names} 在与您通话。",
        "You are being put through to another dispatcher; {names} is talking with you."),
    "incident_taken": ("接警员已接入。", "A dispatcher is here."),
    "incident_ended": ("通话已结束，案件继续。110 接警员仍在处理。",
        "The call is over; the case goes on. The 110 dispatcher goes on with it."),
    "incident_ended_both": ("通话已结束，案件继续。{names} 和 110 接警员仍在处理。",
        "The call is over; the case goes on. {names} and the 110 dispatcher go on with it."),
    # ---- a tip
    "tip_start": (
        "请告诉我们：发生了什么，在哪里。文字、语音、照片、视频、位置都可以，先后不限。\n"
        "说完回复 1 提交。\n"
        "默认匿名：民警看不到您是谁。微信公司知道您给本账号发过消息，我们改变不了这一点。\n"
        "要留姓名或电话请回复“署名”，不说了回复 0。",
        "Tell us what happened and where: text, voice, pictures, video or location, in any order.\n"
        "Reply 1 when you are done.\n"
        "You stay anonymous: officers cannot see who you are. WeChat itself knows that you wrote to "
        "this account; we cannot change that.\nTo leave your name reply “sign”; to stop reply 0.",
    ),
    "tip_noted": ("记下了（{count}）。还可以继续，说完回复 1 提交，不说了回复 0。",
        "Noted ({count}). Go on, reply 1 to send, or 0 to drop it."),
    "tip_noted_where": ("记下了（{count}）。方便的话再发个位置。说完回复 1 提交，不说了回复 0。",
        "Noted ({count}). A location helps. Reply 1 to send, or 0 to drop it."),
    "tip_empty": ("还什么都没有呢，请先说说是什么事。", "There is nothing yet. What is it about?"),
    "tip_full": ("一条线索收不下更多了。请回复 1 提交，之后还能补充。",
        "One tip holds no more. Reply 1 to send it; you can add to it afterwards."),
    "tip_where": ("在什么地方？请发送位置，或者写出地点。不方便说请回复 1，直接提交。",
        "Where is it? Send a location or write the place. If you cannot, reply 1 to send it as it is."),
    "tip_sent": (
        "✓ 已收到，线索号 {number}，交给{station}。有进展会在这里告诉您。\n"
        "回复“我的”可以查看、补充。",
        "✓ Received: tip {number}, for {station}. You will hear about it here.\n"
        "Write “mine” to look at it or add to it.",
    ),
    "tip_dropped": ("好的，没有提交，内容已删除。",
        "All right: nothing was sent, and it is deleted."),
    "tip_media_lost": ("刚才的文件没有收到，请再发一次。",
        "That file did not arrive. Please send it again."),
    "tip_media_useless": (
        "这个文件这里看不了：动图、表情，或者太大。请发照片、截图，或用文字说。",
        "This file cannot be read here: an animation, a sticker, or too large. Send a photo or a "
        "screenshot, or write it.",
    ),
    "name_ask": (
        "请写下您愿意留下的姓名或电话，只有办理民警能看到。不留了回复 0。",
        "Write the name or number you want to leave; only the officers on this tip see it. "
        "Reply 0 to stay anonymous.",
    ),
    "name_noted": ("已署名。说完回复 1 提交。", "Signed. Reply 1 to send."),
    "name_none": ("保持匿名。说完回复 1 提交。", "You stay anonymous. Reply 1 to send."),
    "offer": (
        "收到。您想怎么办？\n1 作为线索交给民警\n2 帮我核实真假\n3 联系社区民警\n"
        "0 都不是\n紧急情况请回复“报警”。",
        "Received. What shall we do with it?\n1 give it to the police as a tip\n2 check whether it is "
        "true\n3 community officer\n0 none of these\nIn an emergency write “alarm”.",
    ),
    "offer_more": (
        "收到。您还有一条没写完的线索。\n1 加进线索\n2 帮我核实真假\n3 联系社区民警\n"
        "0 都不是\n紧急情况请回复“报警”。",
        "Received. You have an unfinished tip.\n1 add it to the tip\n2 check whether it is true\n"
        "3 community officer\n0 none of these\nIn an emergency write “alarm”.",
    ),
    "unfinished": ("您有一条没写完的线索（{count} 条内容）。接着说，或回复 1 继续、0 删除。",
        "You have an unfinished tip ({count} parts). Go on, or reply 1 to continue, 0 to delete it."),
    "late_draft": ("先到这里。您的线索还没提交，我们替您留着：回复“线索”接着说。",
        "Let us stop here. Your tip is not sent yet; it is kept. Write “tip” to go on."),
    # ---- what happens to a tip
    "step_handed_over": ("线索 {number} 已转给{station}。",
        "Tip {number} was handed over to {station}."),
    "step_taken": ("{officer}已接手线索 {number}。", "{officer} has taken tip {number}."),
    "step_asked": ("{officer}想问（线索 {number}）：\n{text}\n回复“我的”后选择这条线索，就能回答。",
        "{officer} asks about tip {number}:\n{text}\nWrite “mine” and choose the tip to answer."),
    "step_answered": ("{officer}答复（线索 {number}）：\n{text}\n解决了吗？回复“已解决”或“没有解决”。",
        "{officer} answers about tip {number}:\n{text}\nIs it settled? Write “solved” or “not solved”."),
    "step_closed": ("线索 {number} 已办结：\n{text}\n谢谢您。若没有解决，请回复“没有解决”。",
        "Tip {number} is closed:\n{text}\nThank you. If it is not settled, write “not solved”."),
    "step_rejected": ("线索 {number} 没有受理：\n{text}\n若不同意，请回复“没有解决”。",
        "Tip {number} was not accepted:\n{text}\nIf you disagree, write “not solved”."),
    "step_supplemented": ("{officer}补充（线索 {number}）：\n{text}", "{officer} on tip {number}:\n{text}"),
    "step_reopened": ("线索 {number} 重新办理：\n{text}", "Tip {number} is open again:\n{text}"),
    "step_became_incident": ("线索 {number} 情况紧急，已转 110 处理。",
        "Tip {number} is urgent: 110 has it now."),
    # ---- my tips
    "mine_list": ("您的线索：\n{list}\n回复数字查看或补充。",
        "Your tips:\n{list}\nReply with a number to look or add."),
    "list_more": ("（还有更多，只列出最近 {count} 条）",
        "(There are more; only the latest {count} are listed)"),
    "mine_none": ("这里还没有您的线索。回复“线索”就能提供一条。",
        "There is no tip of yours here yet. Write “tip” to give one."),
    "mine_report": ("报警 {number}：{state}", "Report {number}: {state}"),
    "mine_one": (
        "线索 {number}：{state}，{station}{officer}\n{text}\n"
        "现在写的都会补充进去。“已解决”或“没有解决”也可以直接回复，返回请回复 0。",
        "Tip {number}: {state}, {station}{officer}\n{text}\n"
        "What you write now is added. You may write “solved” or “not solved”; 0 goes back.",
    ),
    "added": ("✓ 已补充到线索 {number}。", "✓ Added to tip {number}."),
    "added_solved": ("✓ 谢谢您告诉我们，线索 {number} 已办结。",
        "✓ Thank you for telling us: tip {number} is settled."),
    "added_not_solved": ("✓ 线索 {number} 已重新交给民警。还有什么问题，可以接着说。",
        "✓ Tip {number} is back with the police. Tell us what is still wrong."),
    "added_not_now": ("线索 {number} 现在{state}，还不能这样标记；可以直接补充内容。",
        "Tip {number} is {state} now, so it cannot be marked like this; you can add to it."),
    "added_closed": ("线索 {number} {state}。若没有解决，请回复“没有解决”，会重新交给民警。",
        "Tip {number} is {state}. If it is not settled, write “not solved” to reopen it."),
    "added_full": ("线索 {number} 收不下更多了，请提供一条新线索。",
        "Tip {number} holds no more. Please give a new one."),
    "state_SUBMITTED": ("已收到", "received"),
    "state_ASSIGNED": ("办理中", "in progress"),
    "state_ANSWERED": ("已答复", "answered"),
    "state_CLOSED": ("已办结", "closed"),
    "state_REJECTED": ("未受理", "not accepted"),
    "state_RAISED": ("等待接听", "waiting for an answer"),
    "state_DISPATCHED": ("已派警", "police sent"),
    "state_ABANDONED": ("等待回拨", "to be called back"),
    # ---- officer, notices, rumours
    "officer_is": (
        "{community}的社区民警：{officers}（{station}）。\n"
        "有事请回复“线索”，会转给他们；紧急情况请回复“报警”。",
        "Community police of {community}: {officers} ({station}).\n"
        "Write “tip” and they get it; in an emergency write “alarm”.",
    ),
    "officer_none": (
        "{community}由{station}值班民警负责。\n有事请回复“线索”；紧急情况请回复“报警”。",
        "{community} is looked after by the officers on duty at {station}.\n"
        "Write “tip”; in an emergency write “alarm”.",
    ),
    "officer_where": ("您在哪个社区？发送位置，或写社区名。",
        "Which community are you in? Send a location or write its name."),
    "notices_list": ("现行通告：\n{list}", "Notices that hold now:\n{list}"),
    "notices_none": ("现在没有通告。", "There is no notice now."),
    "rumour_ask": (
        "请把要核实的文字或链接发来。我只能告诉您：是不是警方发布的，现在还算不算数。",
        "Send the text or link to check. I can tell whether the police published it and whether it "
        "still holds.",
    ),
    "rumour_text": ("图片我看不懂，请发文字或链接。",
        "I cannot read pictures. Please send text or a link."),
    "check_current": ("✓ 这是警方通告 {number}《{title}》，发布于 {day}，现在有效。\n{text}",
        "✓ This is police notice {number} “{title}” of {day}. It holds now.\n{text}"),
    "check_corrected": ("⚠ 通告 {number}《{title}》已更正，请以新的为准：\n{text}",
        "⚠ Notice {number} “{title}” was corrected. What holds is:\n{text}"),
    "check_withdrawn": ("✗ 通告 {number}《{title}》已撤回，请不要再转发。",
        "✗ Notice {number} “{title}” was withdrawn. Please do not pass it on."),
    "check_expired": ("通告 {number}《{title}》已过期，不再有效。",
        "Notice {number} “{title}” has expired and holds no more."),
    "check_unknown": (
        "我这里没有查到警方发布过这个内容。没有依据的消息请不要转发。若涉及违法，回复“线索”告诉我们。",
        "I found nothing of the kind from the police here. Please do not pass on what has no source. "
        "If it is about a crime, write “tip”.",
    ),
    # ---- community
    "community_ask": (
        "请写社区名，或发送位置。不再接收通告请回复“退出社区”，返回请回复 0。",
        "Write the name of your community or send a location. Reply “leave” to get no notices, "
        "0 to go back.",
    ),
    "community_list": ("是哪一个？回复数字：\n{list}", "Which one? Reply with a number:\n{list}"),
    "community_unknown": ("没有找到。换个写法，或发送位置。",
        "Not found. Write it another way, or send a location."),
    "community_set": ("✓ 已选择{community}（{station}）。",
        "✓ You have chosen {community} ({station})."),
    "community_left": ("✓ 已退出社区。", "✓ You have left the community."),
    # ---- the account
    "welcome": (
        "您好，这里是{city}公安。\n"
        f"☎ 有生命危险请{_CALL_ZH}。\n"
        '▶ <a href="{link}">网上110报警</a>\n'
        "回复：线索 · 民警 · 人工 · 通告 · 核实 · 我的 · 社区 · 语言\n"
        "我们只为处理您说的事使用消息，回复“注销”可撤回同意。For English write “English”.",
        "Hello, this is the police of {city}.\n"
        f"☎ If a life is in danger, {_CALL_EN}.\n"
        '▶ <a href="{link}">Report to 110 online</a>\n'
        "Write: tip · officer · human · notices · check · mine · community · language\n"
        "We use messages only to deal with what you tell us; “forget me” withdraws your consent.",
    ),
    "help": (
        f"☎ 有生命危险请{_CALL_ZH}。\n"
        '▶ <a href="{link}">网上110报警</a>\n'
        "回复：\n线索 — 告诉民警一件事\n民警 — 我的社区民警\n人工 — 找人说\n"
        "通告 — 警方通告\n核实 — 消息真假\n我的 — 我的线索和报警\n"
        "社区 — 选择社区\n语言 — English\n注销 — 删除我的信息",
        f"☎ If a life is in danger, {_CALL_EN}.\n"
        '▶ <a href="{link}">Report to 110 online</a>\n'
        "Write:\ntip — tell the police something\nofficer — my community officer\nhuman — a person\nnotices\n"
        "check — is this true?\nmine — my tips and reports\ncommunity — choose it\n"
        "language — 中文\nforget me — delete my data",
    ),
    "scanned": ("您好。回复“帮助”看看能做什么，紧急情况请回复“报警”。",
        "Hello. Write “help” to see what this can do; in an emergency write “alarm”."),
    "stopped": ("好的。需要时回复“帮助”，紧急情况请回复“报警”。",
        "All right. Write “help” any time; in an emergency write “alarm”."),
    "language_ask": ("1 中文\n2 English", "1 中文\n2 English"),
    "language_set": ("好的，用中文。", "All right, English."),
    "forget_ask": (
        "将删除：您与线索之间的联系、社区、语言、没写完的内容。删除后您查不到以前的线索，"
        "我们也无法再把答复告诉您。\n必须保留：已提交的线索和报警本身（法定记录，匿名线索不含您的身份）。\n"
        "确定请回复“确认删除”，不删回复 0。",
        "This deletes the link between you and your tips, your community, language and drafts. "
        "Afterwards you cannot find your tips, and we cannot tell you answers.\n"
        "Must be kept: the tips and reports themselves (records by law; an anonymous tip does not say "
        "who you are).\nReply “confirm delete” to go on, 0 to keep everything.",
    ),
    "forget_kept": ("好的，什么都没有删除。", "All right, nothing was deleted."),
    "forgotten": (
        "已删除。已提交的线索和报警作为法定记录保留，但不再与您相连。再次来信即重新开始。",
        "Deleted. Tips and reports are kept as records by law, no longer linked to you. "
        "Writing again starts anew.",
    ),
    # ---- when it was not understood
    "lost_idle": ("没看懂。回复“帮助”看看能做什么，紧急情况请回复“报警”。",
        "I did not understand. Write “help”; in an emergency write “alarm”."),
    "lost_offered": ("请回复 1、2、3 或 0。", "Please reply 1, 2, 3 or 0."),
    "lost_tip": (
        "这种消息收不到，请发文字、语音、照片、视频或位置；说完回复 1。",
        "This kind of message cannot be read. Send text, voice, pictures, video or a location; "
        "reply 1 when done.",
    ),
    "lost_place": ("请发送位置或写出地点；不方便回复 1。",
        "Send a location or write the place, or reply 1."),
    "lost_name": ("请用文字写，不留回复 0。", "Please write it, or reply 0."),
    "lost_unfinished": ("回复 1 继续，0 删除。", "Reply 1 to continue, 0 to delete."),
    "lost_rumour": ("请发要核实的文字或链接。", "Send the text or link to check."),
    "lost_mine": ("请回复列表里的数字，返回回复 0。", "Reply with a number of the list, or 0."),
    "lost_chosen": ("请发文字、语音、照片、视频或位置，返回回复 0。",
        "Send text, voice, pictures, video or a location; 0 goes back."),
    "lost_community": ("请写社区名，或发送位置。", "Write a community's name or send a location."),
    "lost_language": ("请回复 1 或 2。", "Reply 1 or 2."),
    "lost_forget": ("确定删除请回复“确认删除”，不删回复 0。", "Reply “confirm delete” or 0."),
    "lost_emergency": (
        f'☎ 有生命危险请{_CALL_ZH}。▶ <a href="{{link}}">网上110</a>，或回复 1、发送位置。',
        f'☎ If a life is in danger, {_CALL_EN}. ▶ <a href="{{link}}">110 online</a>, or reply 1 or '
        "send your location.",
    ),
    "sorry": (f"刚才的消息没能处理，请再发一次。紧急情况请{_CALL_ZH}。",
        f"That message could not be handled. Please send it again; in an emergency {_CALL_EN}."),
    # ---- the last lines of an answer to what somebody wrote (bot/hotlines.py)
    "number_110": (f"☎ 紧急情况请{_CALL_ZH}。", f"☎ In an emergency, {_CALL_EN}."),
    "number_119": ('起火、漏气、救援：<a href="tel:119">拨打 119</a>',
        'Fire, gas, rescue: <a href="tel:119">call 119</a>'),
    "number_120": ('有人受伤、发病：<a href="tel:120">拨打 120</a>',
        'Somebody is hurt or ill: <a href="tel:120">call 120</a>'),
    "number_122": ('交通事故：<a href="tel:122">拨打 122</a>',
        'A traffic accident: <a href="tel:122">call 122</a>'),
    "number_12110": ("不能出声：短信发到 12110，写明地点和情况",
        "You cannot speak: text 12110 with the place and what happens"),
    "number_96110": (
        f'钱正在转、刚转走：立刻{_CALL_ZH}，反诈专线 <a href="tel:96110">96110</a>，不要再转账',
        f'Money is being sent or just was: {_CALL_EN} at once, fraud line '
        '<a href="tel:96110">96110</a>; send no more',
    ),
    # ---- template messages and cards, where there is little room
    "template_asked": ("民警想向您了解情况", "The police have a question"),
    "template_answered": ("您的线索有答复", "Your tip was answered"),
    "template_closed": ("您的线索已办结", "Your tip is closed"),
    "template_rejected": ("您的线索未受理", "Your tip was not accepted"),
    "template_incident": ("您的报警有新进展", "News about your report"),
    "template_words": ("110 有话对您说", "110 has a message for you"),
    "template_hint": ("给本账号发消息即可查看", "Write to this account to read it"),
    "card_title": ("新线索 {number}", "New tip {number}"),
    "card_title_urgent": ("【紧急】新线索 {number}", "Urgent: new tip {number}"),
    "card_title_again": ("居民反馈未解决 {number}", "Not solved: {number}"),
    "card_unsaid": ("居民还没有写哪里没有解决", "What is still wrong is not said yet"),
    "card_about": ("线索", "Tip"),
    "card_reply": ("我们的答复", "Our answer"),
    "card_take": ("接单", "Take it"),
    "card_look": ("查看", "Look"),
    "card_pictures": ("附件", "Files"),
    "card_taken": ("{officer} 已接单", "Taken by {officer}"),
    "card_mine": ("您已接单", "You have it"),
    "card_back": ("已撤回", "Called back"),
    "card_gone": ("已转走", "Handed over"),
    "officer_more": ('线索 {number} 有新的补充（第 {count} 条）。<a href="{page}">查看</a>',
        'There is more on tip {number} ({count}). <a href="{page}">Look</a>'),
    "officer_still_wrong": (
        '线索 {number} 居民说没有解决的是：{text}（第 {count} 条）。<a href="{page}">查看</a>',
        'Tip {number}, still wrong: {text} ({count}). <a href="{page}">Look</a>',
    ),
    "officer_solved": ('线索 {number}：居民说已解决。<a href="{page}">查看</a>',
        'Tip {number}: the resident says it is settled. <a href="{page}">Look</a>'),
    "officer_late": ('线索 {number} {officer} 已接单。<a href="{page}">查看</a>',
        'Tip {number} was taken by {officer}. <a href="{page}">Look</a>'),
    "officer_not_yours": ("这条线索已不在您的单位。", "This tip is no longer with your station."),
    "officer_unknown": ("您的企业微信账号还没有登记，请联系管理员。",
        "Your WeCom account is not registered. Ask your administrator."),
    "notice_later": (
        "更正 {number}《{title}》：{count} 个群今天已收过群发，平台暂不许再发，{when} 起补发。"
        '急需请群主在群里手动转发。<a href="{page}">查看</a>',
        "Correction {number} “{title}”: {count} groups had their share; they get it from {when}. "
        'If it cannot wait, ask their owners to post it by hand. <a href="{page}">Look</a>',
    ),
    "officer_page": ('请在页面里答复线索：<a href="{page}">打开</a>',
        'Answer tips on the page: <a href="{page}">open</a>'),
}
# fmt: on


def say(text: str, language: Language, /, **args: str) -> str:
    """The sentence in this language; raises ``KeyError`` for one that is not there."""
    zh, en = TEXTS[text]
    return (en if language is _EN else zh).format(**args)


def placeholders(sentence: str) -> set[str]:
    """The names that a sentence has filled in."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
