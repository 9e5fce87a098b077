"""What officers are told of their groups and of tips that change hands."""

from __future__ import annotations

from bot.deadline_texts import DEADLINE_TEXTS

# fmt: off
GROUP_TEXTS: dict[str, tuple[str, str]] = {
    **DEADLINE_TEXTS,
    "group_full": (
        "【群快满了】{community}的警民群只剩很少的位置（{rooms}）。请现在在企业微信新建一个客户群，群名写上“{community}”："
        "系统会认出它，海报上的入群码自动指过去，居民不会进不来。",
        "[Groups are filling] {community} has little room left ({rooms}). Please make another customer "
        "group in WeCom now, with “{community}” in its name: the posters' codes will lead there.",
    ),
    "group_none": (
        "【没有群了】{community}的警民群都已解散，扫入群码的居民进不来。请在企业微信新建一个客户群，群名写上“{community}”，"
        "入群码会自动指过去。",
        "[No group] All groups of {community} are dismissed; nobody can join. Please make a customer group "
        "in WeCom with “{community}” in its name: the posters' codes will lead there.",
    ),
    "group_inherited": (
        "【群已转给您】“{group}”的原群主已离职，群主现在是您。它仍属于{community}，通告请您在企业微信确认发送。",
        "[A group is yours] The owner of “{group}” left the corp; you own it now. It still belongs to "
        "{community}; its notices are yours to confirm.",
    ),
    "group_handed": (
        "【群主已更换】“{group}”的群主由 {before} 换成 {owner}。它仍属于{community}，"
        "以后的通告请 {owner} 在企业微信确认发送。",
        "[Another owner] “{group}” went from {before} to {owner}. It still belongs to {community}; its "
        "notices are now {owner}'s to confirm.",
    ),
    "group_not_handed": (
        "【群主没有更换】“{group}”没能转给 {wanted}：{why}。群主仍是 {owner}，社区归属不变。",
        "[Same owner] “{group}” could not go to {wanted}: {why}. Its owner is still {owner}.",
    ),
    "no_owner_unknown": (
        "企业微信里没有这个成员，或不在应用的可见范围内，请检查账号和可见范围",
        "WeCom has no such member, or the app may not see him; check the account and the visible range",
    ),
    "no_owner_unable": (
        "新群主要先激活企业微信、完成实名，并开通客户联系权限",
        "the next owner must activate WeCom, prove the real name and have customer contact first",
    ),
    "no_owner_often": (
        "这个群90天内已经转过两次，企业微信不再允许；可由群主在群管理里转让",
        "the group changed hands twice in 90 days already; its owner can hand it over in the client",
    ),
    "no_owner_day": (
        "原群主今天转出的群已到企业微信的上限，请明天再转",
        "the owner gave away as many groups as WeCom allows a day; try again tomorrow",
    ),
    "no_owner_gone": ("企业微信里已没有这个客户群", "WeCom has no such group any more"),
    "no_owner_right": (
        "应用没有权限，请把应用加入客户联系的“可调用接口的应用”，并让新旧群主都在可见范围内",
        "the app may not do it; list it in customer contact and let it see both owners",
    ),
    "no_owner_silent": (
        "企业微信多次没有回应，请稍后再转一次",
        "WeCom did not answer many times; ask again later",
    ),
    "no_owner_other": (
        "企业微信没有同意；可由群主在群管理里转让",
        "WeCom refused; its owner can hand it over in the client",
    ),
    "group_orphaned": (
        "【群没有群主】“{group}”（{community}）的群主已离职，通告发不出去，系统无法确定由谁接手。请管理员在企业微信"
        "“客户联系 → 离职继承”里分配给负责的民警；社区归属不会变。",
        "[A group without an owner] The owner of “{group}” ({community}) left the corp; no notice can be "
        "confirmed, and it is not clear who is next. Please assign it in WeCom.",
    ),
    "group_missed": (
        "【通告没人确认】群“{group}”（{community}）的群主 {owner} 连续 {count} 次没有确认发送通告。"
        "请提醒群主，或由群主在群管理里把群转让给 {others}；社区归属不会变。",
        "[Notices not confirmed] The owner of “{group}” ({community}), {owner}, let {count} notices in a row "
        "lie. Please remind him, or let him hand the group to {others}.",
    ),
    "tip_taken_over": ('线索 {number} 改由 {officer} 办理。<a href="{page}">查看</a>',
        'Tip {number} is in the hands of {officer} now. <a href="{page}">Look</a>'),
    "tip_reassigned": (
        '【线索转给您】{officer} 把线索 {number} 转给您办理，原因见线索记录。<a href="{page}">查看</a>',
        '[A tip for you] {officer} passed tip {number} on to you; the reason is in its log. '
        '<a href="{page}">Look</a>',
    ),
    "tips_given": (
        '【线索交给您】{before} 名下未结的线索现在由您办理，居民的补充会发给您。<a href="{page}">查看</a>',
        '[Tips for you] The open tips of {before} are yours now; you hear what residents add. '
        '<a href="{page}">Look</a>',
    ),
    "tips_free": (
        '【线索待接办】{before} 名下的线索需要有人接办，请在页面里认领。<a href="{page}">查看</a>',
        '[Tips to take] Somebody has to take the tips of {before}, on the page. <a href="{page}">Look</a>',
    ),
    "group_nobody": ("另一位社区民警", "another community officer"),
    "group_sentences": (
        "群里有人说线索时，系统看不到，请把下面两句话发到群里：\n"
        "————\n"
        "这个群里说的话不会进入警方系统，也没有人一直看着，请关注我们的公众号，在那里发“线索”再说一遍，有民警答复。\n"
        "紧急情况请直接打110，或点公众号菜单里的“网上110”。\n"
        "————\n"
        "给本应用发“群”字，随时可以再看到这两句。",
        "Nothing said in a group reaches this system. When somebody tells of something there, post these "
        "two sentences:\n————\n"
        "What is said in this group does not reach the police and nobody watches it all the time: please "
        "follow our account and write “tip” there, an officer will answer.\n"
        "In an emergency call 110, or press 110 online in the account's menu.\n————\n"
        "Write “group” to this app to see them again.",
    ),
}
# fmt: on
