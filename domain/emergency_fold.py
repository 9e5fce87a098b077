"""Other ways to write the same: dialects, homophones, pinyin in place of characters, emoji.

Turns text that ``emergency.fold`` has made simplified and lower case into the plain words that the
patterns of danger are written in. What is rewritten is never shown to anybody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# 叫车撞了, 让人给打了: in the north whoever suffers is marked by these.
_PASSIVE = (
    "(?:给|叫|让)(?=[^，]{0,8}(?:撞|揍|打|砍|捅|扎|咬|骗|抢|绑|拽|拖|追|压|砸|锁|困|埋|烧|电|夹|卡|削|"
    "讹|偷|跟踪|轧|碾|拉|抱|捉|带|捂)(?:了|着|得|伤|死|倒|在|住|啦|咧|到|断|掉|晕|走|$|，))"
)
# ---- Dialects: how it is said there, and how the patterns say it. Longer ones go first.
_DIALECTS = {
    # Cantonese
    "而家": "现在", "依家": "现在", "啱啱": "刚刚", "啱先": "刚才", "头先": "刚才", "屋企": "家里",
    "火烛": "着火", "打交": "打架", "差佬": "警察", "差人": "警察", "细路": "小孩", "细佬": "弟弟",
    "个仔(?!细)": "儿子", "个女(?=不|不见|唔|冇|俾|畀|被|走|跌|晕|未)": "女儿", "我个女": "我女儿",
    "阿仔": "儿子", "阿女": "女儿", "bb仔": "宝宝", "老窦": "爸爸", "老豆": "爸爸", "老母": "妈妈",
    "唔见": "不见", "行失": "走失", "条友": "那人", "成(?=屋|间|身|地|楼)": "满",
    "走(?:唔|不)甩": "出不去", "劈友": "砍人", "去咗边|去了边": "不知去哪", "透不过": "透不过",
    "着晒火": "着火了", "唔该": "请", "唔使": "不用", "唔": "不", "冇": "没有", "佢哋": "他们",
    "我哋": "我们", "你哋": "你们", "哋": "们", "佢": "他", "喺": "在", "嘅": "的", "咗": "了",
    "啲": "点", "嚟": "来", "俾": "给", "畀": "给", "揸住": "拿着", "揸": "拿", "揦": "拿", "斩": "砍",
    "嗌": "叫", "匿": "躲", "[搵揾]返": "找回", "[搵揾]": "找", "跌低": "跌倒", "晕低": "晕倒",
    "瞓低": "倒下", "瞓": "睡",
    "企(?=喺|在|紧|咗|了|出)": "站", "好惊": "好害怕", "惊到": "怕得", "郁不到": "动不了",
    "郁唔到": "动不了", "(?:不识|唔识|识不|不会)郁": "不会动", "郁都不郁": "一动不动",
    "(?<![忧抑葱馥浓阴])郁(?=[手动到唔不紧]|$|，)": "动", "攞": "拿", "睇": "看", "咁": "这么",
    "呢度": "这里", "嗰度": "那里", "嗰": "那", "边度": "哪里", "点算": "怎么办", "撼": "撞",
    "郁手": "动手", "撞亲": "撞伤", "跌亲": "摔伤", "扑低": "打倒", "拮(?!据)": "捅",
    "落嚟": "下来", "落来": "下来", "冧": "塌", "搞掂晒?": "办完了", "没有晒|冇晒": "没有",
    "多谢晒": "多谢",
    "紧我": "着我", "(?<!不)打紧": "在打", "追紧": "在追", "跟住": "跟着", "跟紧": "跟着",
    "缩(?=喺|在)": "躲",
    "后生仔": "年轻人", "(?<=[被俾畀人])呃(?=我|了|咗|钱|，|$)": "骗", "过(?:咗|了)数": "转了账",
    "过数": "转账", "入数": "转账",
    "(?<=[追跟捅砍流烧跳冲拿坐站骑围])紧": "着", "踎": "蹲", "烧紧": "烧着", "嘢": "东西",
    # Wu
    "姆妈": "妈妈", "小囡": "小孩", "囡囡": "女儿", "阿拉": "我们", "面孔": "脸", "勿动": "不动",
    "勿过": "不过", "勿转": "不转", "透勿": "透不", "雪白": "煞白",
    "寻勿": "找不", "勿(?=见|会|肯|醒|应|来|让|晓|好|敢|得)": "不", "有宁": "有人", "侬": "你",
    "(?<![木])伊(?!朗|拉|犁|利|春|始|斯|人)": "他", "哉": "了", "打相打": "打架", "相打": "打架",
    "煞(?:脱|忒|特)": "死", "寻(?:事体|相骂)": "闹事", "辣海": "在", "勒海": "在", "勒拉": "在",
    "寻着": "找到", "寻到": "找到",
    # Sichuan, Hunan, Hubei
    "(?<!周)遭(?![遇殃罪受到])": "被", "莫得": "没有", "莫有": "没有", "婆娘": "老婆",
    "老汉儿?(?!子|家)": "爸", "屋头": "屋里", "屋里头": "屋里", "屋里厢": "屋里", "撵": "追",
    "(?<=[拿跟追抓守盯])到(?=我|他|她|刀|人|家|把|个|斧|棍|不)": "着", "瓜娃子": "男人",
    "娃儿": "孩子", "崽崽": "孩子", "细伢": "孩子", "伢": "孩子", "堰塘": "池塘", "刀刀": "刀",
    "棒头": "棍子", "棒棒": "棍子", "绊(?:倒|到)": "摔倒", "几爷子": "几个人", "喊不答应": "叫不应",
    "喊都喊不": "叫不", "哪个": "谁", "跶": "摔", "搞不赢": "来不及",
    "塆": "村", "屋里伢": "孩子", "打脱": "丢", "遭不住": "受不了",
    # The north and the north-east
    "搁(?=地|家|我|外|屋|道|楼|门|那|这|炕|车|路|河|里|后|前|桥|院)": "在", "咋整": "怎么办",
    "咋办": "怎么办", "咋": "怎么", "嘎哈": "干什么", "干哈": "干什么", "干仗": "打架",
    "(?:老爷们儿?|瘪犊子|鳖孙|王八犊子|小子|大老爷们)": "男人", "老娘们儿?": "女人",
    "(?<=[我他她人把])削(?=我|他|她|了|一|人|得|$|，)": "打", "削(?=我|他|她|人)": "打",
    _PASSIVE: "被",
    "(?<!哪)[咧嘞啦喽哩](?=，|$|了)": "了", "咧": "了", "俺": "我", "恁": "你",
    "木有": "没有", "脑瓜子": "脑袋", "脑瓜": "脑袋", "脑壳": "脑袋", "呲牙": "咬",
    "嗝屁": "死了", "(?<=[气门点块份边头会这那沿味劲伴影信响声血动人事今])儿(?![子女童科歌媳])": "",
    "(?<=出)溜": "滑",
    # Taiwan
    "瓦斯外泄": "瓦斯泄漏", "阿[嬷嫲]": "奶奶", "阿公": "爷爷",
    "机车": "摩托车", "汇了": "转了", "计程车": "出租车", "顶楼": "楼顶", "女生": "女人",
    "男生": "男人",
    "媎": "姐", "唿救": "呼救",
}  # fmt: skip
# What a syllable of pinyin means where somebody cries for help and cannot choose the character.
_SYLLABLES = {
    "jiu": "救", "ming": "命", "bao": "报", "jing": "警", "dao": "刀", "huo": "火", "lou": "楼",
    "sha": "杀", "bang": "帮", "da": "打", "wo": "我", "ren": "人", "si": "死", "tiao": "跳",
    "qiang": "抢", "na": "拿", "kan": "砍", "xue": "血", "ta": "他", "kuai": "快", "lai": "来",
    "zhuo": "着", "zhao": "着", "zhe": "着", "yao": "要", "you": "有", "bei": "被", "zai": "在",
    "men": "门", "wai": "外", "gen": "跟", "suo": "锁", "guan": "关", "qi": "起", "le": "了",
    "hun": "昏", "yun": "晕", "mi": "迷", "tong": "捅", "du": "毒", "nong": "农", "zhuang": "撞",
    "che": "车", "shui": "水", "he": "河", "luo": "落", "diao": "掉", "hai": "害", "pa": "怕",
    "lao": "老", "gong": "公", "po": "婆", "ba": "爸", "ma": "妈", "nai": "奶", "ye": "爷",
    "pian": "骗", "qian": "钱", "zhuan": "转", "chu": "出", "qu": "去", "bu": "不", "rang": "让",
    "zou": "走", "jia": "家", "li": "里", "wu": "屋", "mei": "没", "xi": "吸", "liu": "流",
    "hen": "很", "duo": "多", "zui": "追", "zhui": "追", "zou bu": "走不", "xiao": "小", "tou": "偷",
    "nv": "女", "nü": "女", "er": "儿", "zi": "子", "hao": "好", "kun": "困", "bian": "边",
    "ti": "体", "qiu": "求", "yi": "一", "ge": "个", "dian": "点", "zha": "炸", "mo": "摸",
    "ju": "举", "fang": "房", "jian": "间", "ji": "几", "dong": "动", "gei": "给", "ni": "你",
    "an": "暗", "chi": "吃", "yan": "烟", "yu": "预", "ying": "应", "jiao": "叫", "xing": "醒",
    "qie": "切", "huai": "坏", "dan": "蛋", "hu": "呼", "duan": "断", "gan": "敢", "shuo": "说",
    "hua": "话", "sheng": "声", "kou": "口", "shou": "手", "jie": "劫", "bi": "逼", "zheng": "证",
    "fen": "份", "shen": "身",
    "gang": "刚", "zei": "贼", "jin": "进", "ci": "刺", "pao": "跑", "zhang": "账", "di": "地",
    "shang": "上", "xia": "下",
    "lu": "路", "hou": "后", "mian": "面", "yi zhi": "一直", "ai": "爱", "ge ge": "哥哥", "a": "啊",
    "mu": "母", "qin": "亲", "fu": "父", "gu": "姑", "niang": "娘", "bu jian": "不见", "diu": "丢",
    "qiao": "桥",  "de": "的", "bie": "别", "pang": "旁",
    "dao le": "倒了", "ling": "零", "meng": "命",
}  # fmt: skip
# The rest of the syllables there are: only so that a word of English is not taken for pinyin.
_OTHERS = (  # noqa: SIM905
    "o e ao ou en eng pi fei bie mie dei dai nei lei gai kai zhei zhai shei shai zei cai sai mai pai "
    "pei cao sao rao nao chao shao mao pou mou fou dou nou gou kou hou zhou chou shou rou zou cou sou "
    "ban pan fan dan tan nan lan gan han zhan chan shan ran zan can san ben pen fen nen ken zhen chen "
    "shen zen cen sen pang mang tang nang lang gang kang hang chang shang zang cang sang beng peng "
    "meng "
    "feng deng teng neng leng geng keng heng zheng cheng reng zeng ceng seng nong long kong hong zhong "
    "chong rong zong cong song bing ping ting ding ning ling qing xing bin pin min nin lin jin xin jia "
    "qia xia qiao biao piao miao niao liao mian tian nian lian xian qian diu miu niu liang niang xiang "
    "jiang jiong qiong xiong pu tu nu lv ku zhu shu ru zu cu su gua kua zhua shua tuo nuo guo kuo shuo "
    "ruo zuo cuo guai shuai tui dui gui kui hui zhui chui shui rui zui cui sui tuan nuan luan kuan "
    "huan "
    "chuan shuan ruan zuan cuan suan dun tun lun gun kun zhun chun shun run zun cun sun kuang huang "
    "chuang shuang jun qun xun juan quan xuan jue que yue yuan yin yang yong ya wa wan wei wen wang"
    " weng "
    "zhi chi shi ri ze ce se ke te de re ne me she zhen bo fo mo"
).split()
_ALL = sorted({*_SYLLABLES, *_OTHERS}, key=len, reverse=True)
_SYLLABLE = re.compile("|".join(one for one in _ALL if " " not in one))
_RUN = re.compile(r"[a-zü]+")
# English words that are written like pinyin: one of these, and it is not.
_ENGLISH = re.compile(
    r"\b(?:the|is|my|in|on|of|to|and|can|for|help|with|at|it|are|was|has|i|we|not|please|fire|me|how|"
    r"home|time|come|made|take|like|she|here|there|no|fan|long|change|dang|nice|bye)\b"
)
_HAN = re.compile("[\u4e00-\u9fff]")
_SPELT = 4  # fewer syllables may be any word

# ---- Homophones: somebody types the first characters that come. Only where nothing else makes sense.
_SOUNDS = {
    "(?:yao){2}ling|110{2,}(?!\\d)|腰要零|要要零": "110", "救m[a-z]{0,3}(?=，|$|啊|呀|有|快)": "救命",
    "[就旧舅酒久][命](?!令|名|题|运|中|理)": "救命",
    "(?<![一二三四五六七八九十第])九命(?!猫|怪|狐|相)": "救命",
    "(?:^|(?<=，|快))[就旧九舅酒]名(?=啊|呀|阿|快|，|$)": "救命",
    "[就旧九酒舅]救我": "救救我",
    "(?<=[快来求])[就旧酒舅九](?=我(?:，|$|啊|呀|们|妈|爸))": "救",
    "[抱暴爆豹宝饱鲍包保报][井景警径惊静镜](?=了|啊|，|$|快|有|他|她|我|帮|吧|呀|救|要)": "报警",
    "(?<=[要想快帮请])[抱暴爆宝饱鲍包][井景警径]": "报警",
    "(?<=[我帮快])(?:抱|暴|宝|爆)警": "报警",
    "[抱暴爆宝]警": "报警", "警查|井察|警擦": "警察",
    "(?<=[要想来被])[莎纱沙煞傻刹](?=我|人|了?他|她|全家)": "杀", "[莎沙刹]人(?=啦|了|啊|，|$)": "杀人",
    "(?:^|(?<=，|有|快))[杀煞]人拉": "杀人啦", "救敏": "救命", "害子": "孩子",
    "没起[楼漏]": "煤气漏", "证在": "正在",
    "不间": "不见", "着伙|找火了|着货了": "着火",
    "刀子?捅": "刀捅", "(?<=拿|持|带|有)[叨岛到](?=追|砍|捅|，|$|要|在)": "刀",
    "不响活|不想或": "不想活", "跳搂|跳喽": "跳楼", "自沙|自莎": "自杀", "绑驾": "绑架",
    "强劫|抢结|墙劫": "抢劫", "诈片|炸骗": "诈骗", "跟宗": "跟踪", "家爆": "家暴", "晕到": "晕倒",
    "昏到": "昏倒", "摔到了": "摔倒了", "妖妖[零灵铃0]|么么[零洞0]|一一[零〇0]|腰腰零": "110",
}  # fmt: skip
_EMOJI = {
    "🔪": "，拿刀，", "🗡": "，拿刀，", "🔫": "，拿枪，", "🩸": "，好多血，", "🚨": "，报警，",
    "🚑": "，叫救护车，", "🚒": "，叫消防，", "💣": "，炸弹，", "☠": "，要死，", "🤮": "，呕吐，",
}  # fmt: skip
# 🔥 praises more often than it burns: with a place, or a person in it, it burns.
_BURNS = re.compile("(?:楼|家|屋|房|隔壁|厂|仓库|车|小孩|孩子|老人|有人|烧|烟|救|快来)")
_PRAISES = re.compile(
    "优惠|活动|促销|打折|新店|开业|好吃|好看|美味|火爆|热卖|特价|推荐|加油|yyds|票|直播|团购"
)
_COOKS = re.compile("切菜|做饭|砍价|切|厨|献血|姨妈|电影|剧|游戏|杀价|优惠|砍一刀")


def _compiled(words: Mapping[str, str]) -> list[tuple[re.Pattern[str], str]]:
    ordered = sorted(words.items(), key=lambda one: -len(re.sub(r"\(.*?\)|\[.*?\]", "", one[0])))
    return [(re.compile(written), meant) for written, meant in ordered]


_MEANT_BY_SOUND = _compiled(_SOUNDS)
_MEANT_BY_DIALECT = _compiled(_DIALECTS)


def emoji(text: str) -> str:
    """Emoji that speak of danger, as words."""
    if "🔥" in text:
        burns = _BURNS.search(text) and not _PRAISES.search(text)
        text = text.replace("🔥", "，着火，" if burns else "")
    for sign, words in _EMOJI.items():
        if sign in text:
            text = text.replace(sign, "" if _COOKS.search(text) else words)
    return text


def plain(text: str) -> str:
    """The same in the words of the patterns. ``text`` is folded and has no spaces."""
    if text.isascii():
        return text
    text = text.replace("幺", "么")
    if _HAN.search(text):
        text = _RUN.sub(_spelt, text)
    for written, meant in _MEANT_BY_SOUND:
        text = written.sub(meant, text)
    for written, meant in _MEANT_BY_DIALECT:
        text = written.sub(meant, text)
    return text


def _spelt(run: re.Match[str]) -> str:
    """A run of letters between characters: what it sounds like, or itself."""
    found = _syllables(run[0])
    if not found or not all(one in _SYLLABLES for one in found):
        return run[0]
    return "".join(_SYLLABLES[one] for one in found)


def from_pinyin(words: str) -> str:
    """A text in pinyin alone as Chinese of danger, ``·`` for each syllable that is none of it; empty
    for a text in another language. ``words`` has single spaces between its runs."""
    if len(words) > 200 or _ENGLISH.search(words):
        return ""
    chinese = []
    for word in words.split():
        if word.isdigit():
            chinese.append(word)
            continue
        found = _syllables(word)
        if not found:
            return ""
        chinese += [_SYLLABLES.get(one, "·") for one in found]
    if len(chinese) < _SPELT:
        return ""
    return plain("".join(chinese))


def _syllables(word: str) -> list[str]:
    """The syllables that make up the word, the longest first; none when it is not made of them."""
    best: dict[int, list[str]] = {0: []}
    for start in range(len(word)):
        if start not in best:
            continue
        for length in range(6, 0, -1):
            piece = word[start : start + length]
            end = start + len(piece)
            if end not in best and _SYLLABLE.fullmatch(piece):
                best[end] = [*best[start], piece]
    return best.get(len(word), [])
