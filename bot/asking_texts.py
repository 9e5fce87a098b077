"""What the bot says of what lies open, of people to talk to, and what it asks about a tip: part of
``bot/texts.py``, in Chinese and English."""

from __future__ import annotations

CALL_ZH, CALL_EN = '<a href="tel:110">拨打 110</a>', '<a href="tel:110">call 110</a>'

# fmt: off
ASKING: dict[str, tuple[str, str]] = {
    # ---- a cry or a report that is open while the conversation is elsewhere
    "calm_open": ("好的。您的报警没有取消，110 继续处理；在这里写的，110 都能看到。",
        "All right. Your report is not cancelled and 110 goes on with it; 110 sees what you write here."),
    "calm_back_open": (
        "好的，回到您的线索，接下来的文字和位置都算线索。\n"
        "您的报警没有取消，110 继续处理；要再告诉 110，请回复“报警”。",
        "All right, back to your tip: words and places are the tip's from now on.\nYour report is not "
        "cancelled and 110 goes on with it; to tell 110 more, write “alarm”."),
    "report_open": ("您的报警还在，110 继续处理。要再告诉 110，请回复“报警”。",
        "Your report stands and 110 goes on with it. To tell 110 more, write “alarm”."),
    "cry_open": (f"刚才求助的话还没有报给 110。需要帮助请{CALL_ZH}，或回复“报警”。",
        f"110 does not have your call for help yet. To get help, {CALL_EN} or write “alarm”."),
    # ---- a person is asked for
    "person_110": (f"110 接警员就是人工：请{CALL_ZH}。不能说话请回复 1，接警员马上看到您刚才说的话。",
        f"A dispatcher is a person: {CALL_EN}. If you cannot speak, reply 1: he reads what you wrote."),
    "person_reads": (f"110 接警员在看您写的每一句话。要说话请{CALL_ZH}。",
        f"A dispatcher of 110 reads every word you write. To speak, {CALL_EN}."),
    "person_asked": (
        "✓ 已请{community}的社区民警{officers}联系您（{number}），会在这里回复。\n"
        f"想说什么事，回复“我的”就能补充。\n{{phones}}紧急情况请{CALL_ZH}。",
        "✓ {officers}, community police of {community}, will write to you here ({number}).\n"
        f"To say what it is about, write “mine” and add it.\n{{phones}}In an emergency, {CALL_EN}."),
    "person_words": ("居民请求人工联系", "A resident asks for a person"),
    "person_phone": ('{station}：<a href="tel:{dial}">{phone}</a>\n',
        '{station}: <a href="tel:{dial}">{phone}</a>\n'),
    "person_alone": (f"{{phones}}回复“线索”，值班民警会在这里答复您。紧急情况请{CALL_ZH}。",
        "{phones}Write “tip” and the officers on duty answer you here. "
        f"In an emergency, {CALL_EN}."),
    "person_where": (f"{{phones}}回复“社区”告诉我们您在哪里，就能找到您的民警。紧急情况请{CALL_ZH}。",
        "{phones}Write “community” to say where you are: then we find your officer. "
        f"In an emergency, {CALL_EN}."),
    # ---- my tips
    "mine_row": ("{number} {state} {day}：{words}", "{number} {state} {day}: {words}"),
    # ---- what is asked about a tip
    "tip_numbers": (
        "里面有证件号或电话号码，办理民警能看到。是您自己的、想匿名，请回复“遮住”；不是就不用管，接着说。",
        "There is an identity or telephone number in it, which officers can read. If it is your own and you "
        "want to stay anonymous, reply “cover”; otherwise just go on."),
    "tip_covered": ("号码已遮住，民警看不到。说完回复 1 提交，不说了回复 0。",
        "The numbers are covered: officers cannot read them. Reply 1 to send, or 0 to drop it."),
    "tip_which": ("是哪一个地方？回复数字：\n{list}\n0 都不是，直接提交",
        "Which place is it? Reply with a number:\n{list}\n0 none of these: send it as it is"),
    "lost_which": ("请回复列表里的数字，都不是回复 0。",
        "Reply with a number of the list, or 0 if it is none of these."),
}
# fmt: on
