"""What officers are told of their groups; ``bot/texts.py`` has all other sentences."""

from __future__ import annotations

# fmt: off
GROUP_TEXTS: dict[str, tuple[str, str]] = {
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
