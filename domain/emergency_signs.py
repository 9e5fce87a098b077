"""What no family names: signs of distress are counted against signs of an ordinary errand.

People in danger write what happens, not what it is called: short, about somebody, now. People with an
errand ask, name papers, or complain. Several signs of the one and none of the other call for help.
"""

from __future__ import annotations

import re

from domain.emergency_families import WHO

# Each group counts once, however often it is found.
_DISTRESS = tuple(
    re.compile(one)
    for one in (
        # somebody does something
        "打(?![印听算卡开折字招扫牌包车电的工理疫针官赏麻球游扰110])|"
        "[砸砍撞抢堵逼骗扎掐劈劫捅撬闯踹咬拽绑拖泼]|挟|抡|伸|抓(?!阄|紧)|扔|害|起冲突|动手|围住",
        # something befalls somebody
        "[淹沉摔跌陷埋塌夹烫]|压(?!力|岁|缩)|烧(?!烤|饼|香|纸|腊)|[炸爆](?!鸡|米|款|炒|满)|漏(?!水|"
        "洞)|冒(?!充|昧|险)|掉|倒(?!车|闭|计|垃|班|水)|困(?!难|惑|了)|断(?!电|网)|裂|翻|滚|卷|漂|"
        "悬|坠|冲(?!突|印)|失控|抛锚|撞|憋|闷|铲|砸|缺氧|打火花|嗤|涨",
        # how a body is
        "血|疼(?!爱)|痛(?!快)|[晕昏肿吐喘]|抽(?!烟|签|奖|查|空|屉|号)|骤停|不动|没动|不醒|不应|"
        "没反应|没声|没劲|没气|没力|说不|胡话|失温|雪白|发[紫青白抖黑]|[脸嘴]色?[紫青]|着地|透不|"
        "心脏|(?<!电)脑|发烧",
        # how somebody feels, or what is at stake
        "[怕哭救]|喊|惨|命(?!名|令|题)|死|活(?!动|期|泼)|危险|控制不住|撑不|绝望|崩|快不|最后一天|"
        "对不起|照顾好|没人|求",
        # hiding, flight, being watched
        "躲|藏|逃|锁(?!匠|屏)|跟(?:着|在|踪|我|她)|追|盯|小声|别让|不敢|没敢|别[让说问出来拉打回]|"
        "扣着|看着我|不走|不让|不肯|进(?:来|了|我)|房间|门口|后巷|发消息|用平板|反锁|被锁|在外屋",
        # somebody is gone, or with the wrong people
        "不见|没回|没接|没上来|不回|关了|失联|找不|走丢|丢了|不记得|说不清|没来|没到|没人接|接走|"
        "带走|被人抱|拉着|陌生|不认识|网友|迷路|去河边|去见|不知去",
        # a place or a thing of danger
        "刀|枪|棍|镐|斧|[河江湖]|海(?:里|边|水|上(?!线))|水里|冰|桥|楼顶|天台|窗外|栏|悬崖|崖|"
        "火(?!车|锅|腿|箭|龙|山)|烟|"
        "煤气|燃气|液化气|汽油|炸|电梯井|井|高速|铁轨|山里|雪里|沙漠|地窖|地下室|农药|"
        "[吃喝吞].{0,6}药",
        # money on its way
        "(?:骗|转|汇|充|打钱|卡号|验证码|贷款|现金|屏幕|开房|保密|视频).{0,16}(?:他|对方|骗|钱|万|"
        "人|控制|配合|警察)",
    )
)
_NOW = re.compile(
    "正|刚(?!需|性)|现在|还在|又|一直|突然|快(?!递|乐|件|餐)|马上|已经|里面|下面|底下|"
    "了(?:，|$)|着(?:，|$|我|他|她|人)"
)
_SOMEBODY = re.compile(WHO)
_VICTIM = re.compile(
    "把(?:我|人|他|她)|往我|对我|让我|我(?:妈|爸|弟|妹|儿子|女儿|孩子|娃|姐|哥|奶|爷|老婆|老公|媳妇)|"
    "被人|我被|[他她](?:把|说|还|在|又)|头|脸|脖|脑(?!筋)|胳膊|手(?![机续册表])|腿|肚|胸|背|眼|鼻|嘴|"
    "身(?![份边])|牙|耳|喉|屁股|指(?!导|示)|脚|腰"
)
# An errand: asked, on paper, or complained of.
_ERRAND = tuple(
    re.compile(one)
    for one in (
        "吗|怎么(?!叫|喊|掐|弄|办啊|推|拍)|怎样|哪(?!怕)|多少|几[点天年号分岁]|什么|谁(?:管|负责|"
        "知道|会)|么(?:，|$)|能不能|可不可以|是不是|有没有|呢(?:，|$)|多久|啥|咨询|请问|想问|"
        "求推荐|真的不|是真的|吧(?:，|$)|进展|点样|如何",
        "喧哗|瓜皮|喇叭|下棋|象棋|洗衣|种菜|人行道|绿化|楼层|家具|干活|小卡片|传单|算命|"
        "卖(?![给了身肾我])|收(?:旧|废|破)|来路|药材|喂|写错|拌嘴|拉绳|修车|占(?:了|着|地|用|门)|"
        "倒油|叫卖|社保|仿|扣了?本|沙发扔|公德|素质|不文明|影响(?:休息|环境|美观|出行)|难闻|发霉|"
        "一地|到处|随地|大声|外放|广告|小便|吐痰|遛|鸽子|垃圾|旧|货|价|仓库(?!着|烧)|店员态度|态度",
        "证(?!人)|驾?照(?!顾|片发)|户口|户籍|手续|材料|登记|补办|备案|预约|年审|年检|罚|扣分|费|"
        "押金|退款|能退|工资|合同|保险|营业|上班|排队|号牌|车牌|回执|编号|签注|签证|护照|政审|案底|"
        "量刑|起诉|鉴定|许可|志愿|报名|热线|法院|赔偿|欠(?!揍)|论文|课题|作文|讲座|演练|警校|锦旗|"
        "表扬|疫苗",
        "要命|辣惨|[^，]惨了|逼疯|抢疯|涨得|人傻|困得|[^，]到(?:齁|飞起|爆)|死机|蓝屏|考死|抢购|"
        "打折|爆竹|放烟花|抽烟|吸烟|绑定|迟到|堵[了上]|水池|下水道|砸钱|火锅|炸开了锅|油炸|手机网|"
        "卡死|小程序|沉迷|不还|借(?:了|我)|保健品|挪车|门票|消防通道|上瘾|五十|付错|"
        "[太老真很](?:烦|吵|慢|贵|远|脏|乱)|牌掉|打不通",
        "赌(?!气)|打牌|麻将|按摩|嫖|传销|摄像头|流程|答应|城管|乱画|哪个|管制|牌子|头发剪|多长|"
        "叙旧|叔?保健|铁皮|礼物|淘了|玻璃踢|盗采|电鱼|违建|群租|倒卖|假烟|假酒|假货|无证|占道|通宵|"
        "唱歌|跳舞|练琴|蹦跳|打鸣|路面|暖气|供暖|停气",
        "投诉|举报|反映|建议|扰民|噪音|太吵|吵死|很吵|物业|垃圾|停车|车位|乱停|摆摊|广告|装修|漏水|"
        "滴水|油烟|味大|味道大|红绿灯|路灯|井盖|遛狗|养[狗猫鸡鸽蛇]|逆行|超速|限行|堵车|施工|"
        "工地扬|渣土|划了|剐|蹭|监控|晾|白菜|座子|快递|外卖|网购|充值|密码|登录|登不|系统|网页|"
        "小程序|公众号|手机号|验证码收|短信说|推销|骚扰电话|垃圾短信",
        "[^超经路难通不]过(?:，|$)",
        "谢|感谢|辛苦|你好|您好|早上好|节快乐|快乐|恭喜|哈哈|嘻|帅|可爱|点赞|好吃|好看|好听|好玩|"
        "开心|祝|笑",
        "去年|前年|上周|上个?月|半年|以前|当年|多年|听说|网上|群里|新闻|视频里|电影|电视|小说|游戏|"
        "剧|热搜|朋友圈(?:转|说)|通报|据说|传言|真的假的|谣",
        "没事|不急|不用|挂了|拉黑|没理|没信|没点|找到了|解决|算了|谈好|误会|抱歉|打扰|不追究|已还",
        "[猫鸟鱼鸡鸭兔]|狗(?!咬|扑|追)|宠物|笔|书包|钱包|雨伞|钥匙|手机丢|本丢|证丢|捡(?:到|"
        "了)(?!.{0,3}(?:孩|娃|老奶|老人|迷))",
    )
)
_LONG = 60
ENOUGH = 3
# So long a text that is about somebody, and about nothing ordinary, tells what happens.
_TOLD = 7


def distressed(text: str, written: str) -> bool:
    """Whether the signs say that somebody needs help now: of the plain ``text`` without what is harmless,
    against those of an errand in all that was ``written``."""
    if len(text) > 4 * _LONG:
        return False
    against = errands(written)
    signs = sum(one.search(text) is not None for one in _DISTRESS)
    now = _NOW.search(text) is not None
    somebody = _SOMEBODY.search(text) is not None
    victim = _VICTIM.search(text) is not None
    if not against and somebody and (now or victim) and len(text) >= _TOLD:
        return True
    if signs == 0 or (signs == 1 and not (somebody or victim)):
        return False
    return 2 * signs + now + somebody + victim - 3 * against >= ENOUGH


def errands(text: str) -> int:
    """How many kinds of an ordinary errand the text shows."""
    return sum(one.search(text) is not None for one in _ERRAND)


_EN_SIGNS = tuple(
    re.compile(rf"\b(?:{one})\b")
    for one in (
        r"he|she|they|man|men|guys?|someone|somebody|husband|wife|boyfriend|girlfriend|ex|"
        r"neighbou?r|driver|stranger|father|mother|dad|mom|mum|son|daughter|kid|child|baby|friend|"
        r"sister|brother|roommate|old (?:man|lady|woman)|boss|people|guy",
        r"hit\w*|beat\w*|kick\w*|chok\w*|grab\w*|follow\w*|threat\w*|forc\w*|attack\w*|punch\w*|"
        r"drag\w*|chas\w*|yell\w*|scream\w*|cry\w*|break\w*|broke|smash\w*|push\w*|touch\w*|tied|"
        r"hold\w*|wont stop|wont let|not let|took|steal\w*|stole\w*|rob\w*|pick\w*|bang\w*|"
        r"climb\w*|watch\w*|hurt\w*",
        r"fell|fall\w*|crash\w*|stuck|trapped|sink\w*|drown\w*|burn\w*|smoke|fire|flames?|gas|"
        r"leak\w*|flood\w*|explod\w*|bleed\w*|blood|breath\w*|unconscious|faint\w*|dizzy|pain|"
        r"poison\w*|pills|not mov\w*|not wak\w*|wont wake|shak\w*|dead|die|dying|alive|ambulance|"
        r"swollen|vomit\w*",
        r"scared|afraid|alone|hid(?:e|ing)|locked|cant (?:leave|get out|move|see|find)|lost|"
        r"missing|gone|not home|off|door|outside|knife|gun|weapon|drunk|dark|quiet(?:ly)?|please|"
        r"help|quick\w*|now|hurry",
        r"(?:money|code|card|account|transfer\w*|bank).{0,30}(?:gone|going|gave|sent|leaving|"
        r"scam\w*|now)",
    )
)
_EN_ERRAND = re.compile(
    r"\b(?:how|where|what|when|which|can i|do i|is it|is there|are there|may i|should i|does|"
    r"permit|visa|licen[sc]e|fee|fine|passport|thank\w*|complain\w*|landlord|deposit|noise|loud|"
    r"noisy|bark\w*|parking|dog|cat|wallet|bike|bicycle|phone (?:last|yesterday)|report copy|"
    r"appointment|document\w*|certificate|register\w*|renew\w*|replace|yesterday|ago|last|lol|"
    r"haha\w*|movie|news|advice|hello|morning|happy|overcharg\w*|testing|found (?:a|an)|legal|"
    r"insurance|ordered|delivery|weather|traffic)\b"
)


def distressed_en(words: str) -> bool:
    """The same of English."""
    if len(words) > 4 * _LONG or _EN_ERRAND.search(words):
        return False
    return sum(one.search(words) is not None for one in _EN_SIGNS) > 1
