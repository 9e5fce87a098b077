"""The words of danger, as patterns over text that ``domain/emergency.py`` has folded.

Chinese is matched without spaces, with ``，`` for every other sign; English with single spaces and
without apostrophes (``cant``, ``im``). A doubt goes to 110: too often costs a look, too seldom a life.
"""

from __future__ import annotations

import re

# Who may be in danger; things and animals that are lost wait longer.
PERSON = (
    "孩子|小孩|孩|儿子|女儿|闺女|娃|宝宝|宝贝|婴儿|孙子|孙女|外孙|老人|老人家|老太|老头|爸|妈|爹|"
    "娘|父亲|母亲|爷|奶|"
    "姥姥|姥爷|外公|外婆|公公|婆婆|老伴|老公|老婆|丈夫|妻子|媳妇|弟|妹|哥|姐|侄|外甥|男友|女友|"
    "男朋友|女朋友|对象|朋友|同学|"
    "室友|学生|邻居|同事|工友|司机|乘客|路人|男的|女的|男人|女人|大爷|大妈|大叔|阿姨|叔叔|人|我|俺|"
    "咱|他|她|谁"
)
_ONE = f"(?:{PERSON})"
_KIN = PERSON.partition("|人|")[0]
_OVER = "(?:了|咧|啦|嘞|喽|着|啊|呀)"

# ---- Taken out before anything is looked for: what only sounds like it.
HARMLESS = re.compile(
    "救命(?:之恩|恩人|钱|药|稻草|神器|丸)|救世|灭火|防火|消防(?:演练|演习|栓|通道|讲座|安全)|"
    "反恐演练|紧急集合|应急管理|"
    "(?:救援队|志愿者)(?:招募|招新)|急救(?:培训|课|知识|箱)|(?:防|预防|防范|避免|防止)(?:学生|儿童|"
    "孩子|老人|青少年)?(?:被)?"
    "(?:溺水|自杀|火灾|着火|起火|失火|被骗|诈骗|受骗|走失|走丢|拐卖|中毒|煤气中毒|一氧化碳中毒|"
    "爆炸|触电|家暴|抢劫|盗窃|中风|跳楼|绑架)|"
    "(?:火灾|烟雾|烟感|燃气|煤气|可燃气体|电子|防盗|一键)*报警(?:器|灯|装置|系统|设备|声音|器材)|"
    "火灾险|火灾隐患|安全隐患|"
    "枪战|水枪|玩具枪|玩具刀|喷枪|胶枪|钉枪|焊枪|测温枪|扫码枪|高压枪|加油枪|油枪|打枪版|枪手代考|"
    "剪刀手|刮胡刀|剃须刀|指甲刀|美工刀|手术刀|刀削面|刀具店|爆炸(?:头|糖|性|盐|图|新闻|贴|级|好吃|"
    "好喝|好看)|"
    "(?:信息|知识|人口|情绪|宇宙|原地|流量|粉丝|电话|消息|微信)大?爆炸|炸弹酒|蛋糕炸弹|"
    "道德绑架|捆绑|绑架式|剧本杀|狼人杀|密室逃脱|杀人游戏|杀人诛心|天诛|暗杀游戏|秒杀|砍价|砍单|"
    "砍柴|砍树|"
    "跳楼(?:价|大甩卖|甩卖|清仓|机|促销|处理)|跳河价|要跳(?:槽|舞|广场舞|绳|操|伞|级|转|票|过|远|"
    "高|水课)|"
    "吊车|吊装|吊顶|吊灯|吊机|吊篮|吊桥|吊床|吊牌|吊扇|吊坠|吊兰|各自尽|自尽(?:快|量|力|管|早|心|"
    "头)|自动刀|刀闸|"
    "火车|火锅|火腿|火箭|火龙果|火山|火柴|火炬|火把|火星|火热|火爆|火候|火候|火气|火鸡|火影|"
    "(?:电脑|手机|系统|服务器|电脑又|网站|软件)(?:又)?中(?:了)?(?:病)?毒了?|吐血(?:推荐|整理|价)|"
    "大出血(?:甩卖|促销|价)|"
    "(?:快递|物流|订单|进度|报道|跟踪)跟踪|跟踪(?:我的|一下|报道|进度|快递|物流|订单|服务|审计|"
    "调查)|"
    "迷路的(?:小)?(?:狗|猫)|(?:想死|爱死|想念死)(?:你|您|他|她|它|你们|他们|大家|家乡|那|这)|"
    "想死我|(?:吵|热|困|多|作业|加班|考试|尴尬|无聊|烦)[^，]{0,4}想死|角落|落水管|早上吊|晚上吊|"
    "马上吊|着火点|火灾(?:赔偿|保险|理赔|险)|流血牺牲|地震(?:局|带|预警|台)|逆行者|"
    "出警(?:快|速度|及时|迅速)|(?:煤气|燃气|液化气|天然气|气罐|罐|轮胎|车胎|车|"
    "打火机|球)[^，]{0,3}没气|没气了?，?(?:煤气|燃气|换气)|"
    "(?:猫|狗|宠物|鸟|兔|鸡|羊|牛|猪|鹦鹉|乌龟)[^，]{0,3}(?:走丢|走失|丢了|不见|失踪|跑丢)|"
    "被困(?:难|境|扰)"
)
# What is too much in other ways than for life. Whoever says it may say 救命 as well, and mean nothing.
_TOO = (
    "困|累|热|笑|烦|忙|气|无聊|尴尬|美|香|好吃|好喝|好笑|可爱|帅|萌|甜|辣|酸|酷|羡慕|激动|开心|爽|"
    "痒|臭|吵|丑|晒|堵|"
    "挤|愁|穷|贵|腻|馋|爱|羞|土|社|懒|胖|瘦|嗨|乐|蠢|笨|坑|慢|郁闷|难吃|难喝|难看|难受"
)
IDLE = re.compile(
    f"(?<![被快])(?:{_TOO})(?:得|的|到)?(?:我|人|他|她|俺)?(?:真的?|都|快|就)?(?:要)?(?:死|疯|哭|"
    f"爆炸)(?:我|人|俺)?(?:{_OVER})?|"
    "(?:笑|累|热|困|气|烦|吵)(?:到|得)不行|"
    "(?:太|真|好|超|超级|巨|绝对|这么|那么|贼|老|挺|特别|非常)(?:好吃|好喝|好看|好笑|好玩|可爱|美|"
    "帅|香|甜|辣|搞笑|离谱|上头|尴尬|划算|便宜|"
    "贵|丑|吵|烦|无语|难吃|难看)|好吃(?:到|得|哭|死)|好喝(?:到|得|哭|死)?|绝绝子|绝了|yyds|"
    "救了我的(?:命|狗命)|续命|哈哈|"
    "作业|论文|加班|考试|期末|上班|老板|减肥|房贷|没电|关机|断网|游戏|电视剧|追剧|剧情|综艺|双十一|"
    "抢票"
)
# ---- Said of another time or of nothing: with one of each the text tells a story.
PAST = re.compile(
    "昨天|昨晚|前天|前几天|上周|上个?月|去年|前年|以前|之前|上次|小时候|多年前|年前|早就|那时候|"
    "已经|已"
)
DONE = re.compile(
    "(?:已|已经)(?:被)?(?:灭|扑灭|熄灭|处理|解决|没事|平安|出院|抓|找到|找着|报警|报过警|结案|回家|"
    "回来|送医)|灭了|扑灭了|没事了|处理完|找到了|"
    "解决了|虚惊|误报|误会|假的|搞错|按错|打错|测试|报修|维修|赔偿|理赔|赔钱|想问|请问|咨询|证明|"
    "流程|手续|多少钱|怎么办理|怎么报修|保险|立案|进展|结果|"
    "电影|电视|小说|梦见|梦到|做梦|剧本|新闻|故事|纪念|讲座|培训|演练|演习|宣传|课程"
)
FALSE = re.compile(
    "误报|虚惊|没事了|不用来了|不用出警|按错|打错了|测试一下|只是测试|演练|演习|梦见|梦到|做梦|"
    "电影里|电视里|小说里|游戏里|"
    "(?:想问|请问|咨询|了解|申请|办理|怎么|如何).{0,20}(?:赔偿|理赔|保险|证明|流程|手续|补贴|政策|"
    "知识)"
)
# What makes it now after all.
NOW = re.compile(
    "又|现在|正在|正|还在|还没|刚|刚刚|快来|快点|赶紧|马上来|速来|救|真着|真的|困在|困住|受伤|流血|"
    "昏|晕倒|没呼吸|没气|被困|被压|今天"
)
# 没有人受伤: denied. 没有人救我, 没有呼吸 are not.
DENIED = re.compile(
    "(?:没有|没|并未|未|无|不是|并没有|没什么|不存在)(?:任何|一个|有)?(?:人员|人|任何人|谁|发生|"
    "出现|再|在|真的|什么)?(?:在|被)?"
    "(?:被困|受伤|伤亡|打架|动手|着火|起火|失火|火灾|爆炸|溺水|跳楼|自杀|抢劫|打我|打人|持刀|带刀|"
    "中毒|昏迷|流血|生命危险|危险|绑架|报警|要报警)"
)

# ---- Danger to life.
CRY = re.compile(
    "救命|救我|救救|快救|快来救|来救|求救|求助110|紧急求助|快来人|来人啊|来人呐|来人哪|sos|mayday|"
    "要出人命|出人命|人命关天|"
    "^(?:[就旧救揪久酒究][命名明民]|舅命|九命)+[啊呀哪吖呐嘛了a，]*$|"
    f"(?:{_ONE}|^|，)(?:是不是)?(?:快|要|快要|就要|可能|感觉要)死(?!机|磕)(?:了|啦|，|$)"
)
LIFE = re.compile(
    # fire, gas, explosion, electricity
    "(?<![朝向沿往迎冲])着(?:了|起)?(?:大)?火(?!车)|(?:起|失|走|大|生|冒)火(?:了|灾|啦|咧|，|$)|"
    "起火|失火|火灾|火烧(?:起来|到|着|了)|烧(?:起来|着了|起火)|"
    "(?:都|全|满|好多|好大|冒|有|很多|浓|黑|滚滚).{0,3}(?<![抽吸戒买卖禁香散递])烟(?!花|草|酒|民|"
    "瘾|蒂|头|味|"
    "灰)(?:了|啊|，|$)|冒烟|浓烟|黑烟|冒火|[放纵]火(?!鞭)|点(?:火|燃).{0,4}(?:烧|房|屋|楼|车|自焚)|"
    "自焚|[浇泼倒]了?.{0,2}(?:汽油|硫酸|酒精)|硫酸|爆燃|(?:电瓶车|电动车|充电宝|汽车|房子|屋子|"
    "厨房|厂房|仓库).{0,3}烧(?:了|着|起)|被烟|烟呛|"
    "(?:孩|娃|宝宝|婴儿|老人|狗)[^，]{0,5}(?:热|冻|饿|渴|憋|闷)(?:死|晕|昏|坏)|"
    "爆炸|(?<!油)炸(?:弹|药|了|死|伤|开(?!了?锅|花)|学|楼|车|店|飞机|政府|医院)|雷管|(?:煤气|燃气|"
    "天然气|液化气|瓦斯|"
    "氨气|毒气|氯气|化学品|汽油).{0,4}(?:漏|泄|味|臭|中毒)|漏(?:煤气|燃气|天然气|液化气|气了)|"
    "一氧化碳|"
    "触电|漏电|电(?:到|着|击|倒)(?:了|人)|高压线(?:掉|断|落)|"
    # weapons, violence, threats
    "杀(?:人|了(?:我|他|她|你|人)|死|我(?!青)|害|红了眼)|(?:要|想|来|去|说|敢)杀(?:我|他|她|人|了|"
    "全家|死)|被杀|凶杀|行凶|灭门|砍(?:人|我|他|她|伤|死|了|杀|我?老)|"
    "(?:捅|刺|劈|扎)(?:人|我|他|她|伤|死|了)(?!针)|(?:刀|斧).{0,4}(?:砍|捅|刺|劈|杀)|"
    "[持拿带举挥抡抄亮掏提拎握操耍舞动抽藏](?:着|了|起|出)?(?:一|两)?(?:把|个|根|"
    "支)?.{0,3}?(?:刀(?!叉|片|架|库|具)|枪|匕首|斧|砍刀|凶器)|"
    "(?:手里|手上|身上|怀里|包里)(?:有|是|拿着|攥着)?.{0,2}(?:刀|枪|匕首|斧|凶器|炸)|枪声|开枪|"
    "枪击|有枪|持枪|中枪|同归于尽|弄死|整死|打死|掐死|勒死|"
    "掐(?:我|他|她|住|着)?.{0,2}脖子|掐住|勒(?:住|我|他|她|着)|家暴|殴打|围殴|毒打|暴打|往死里打|"
    "被(?:人|他|她|一群人|老公|丈夫|男友)?打|打(?:伤|晕|昏|出血)|"
    "(?:在|正|又|要|还|一直|正在|老公|丈夫|老婆|男友|爸|妈|继父|他|她|们|人)打(?:我(?!电话)|俺|他|"
    "她|人|孩子|小孩|老婆|老人|妈|女|男|同学)|打(?:我|俺|她|他|人|一个人)(?!们?(?:电话|手机|的?号)|"
    "民|才|造|来|的)|打(?:孩子|小孩|老人|老婆|学生|女人|婴儿)(?!.{0,2}电话)|按(?:在|到|"
    "倒)[^，]{0,4}打|又打(?:了|"
    "，|$)|动手打|打起来|打群架|见血|"
    "强奸|性侵|猥亵|非礼|侵犯|摸我(?!的(?:包|头))|摸.{0,2}(?:大腿|胸|屁股|下体)|被下药|绑架|被绑|"
    "绑(?:走|住|起来)|劫持|人质|抢劫|抢孩子|被抢|打劫|拦路抢|抢了(?:我|他|她)|抢(?:我|他|"
    "她)(?:的)?(?:包|钱|手机|孩子|金|项链)|"
    "(?:被|把)[^，]{0,4}(?:关|锁|囚|绑|拘)(?:在|起来|住)|非法拘禁|囚禁|不让(?:我|我们|俺)(?:走|"
    "出门|离开|回家|下车|出去)|被拐|拐(?:走|卖|跑)|投毒|下毒|"
    # suicide
    "自杀|自尽|自残|轻生|割腕|割(?:脉|喉)|上吊|烧炭|遗书|(?:不想|不要|没法|活不|不愿)(?:再)?(?:活|"
    "下去了|活下去)|活(?:不下去|不了|够了|腻了)|(?:想|去|求|寻|找)死(?!机|磕|我了|党|忠|心|角|你)|"
    "寻短见|"
    "结束(?:自己的)?(?:生命|一切)|不想回(?:去|家)了|没(?:有)?意思.{0,3}死|死了算|一了百了|想解脱|"
    "永别|来世再|"
    "跳(?:楼|河|桥|江|海|湖|井|崖|轨|水自|下去)|往.{0,4}(?:河|江|湖|海|楼下|水)里?跳|要跳(?:了|下|"
    "$|，)|(?:站|坐|爬)[在到上]?.{0,2}(?:楼顶|天台|桥栏|护栏外|窗外|窗台|阳台外|栏杆外|塔吊)|"
    "(?:喝|吃|吞|服|灌)(?:了|下)?.{0,4}(?:农药|百草枯|敌敌畏|安眠药|老鼠药|毒药|洗厕|很多药|一瓶药|"
    "大量药|一把药|太多药)|服毒|"
    # water, height, buried, trapped
    "溺水|溺|(?:落|掉|滑|跌|栽|冲|跳|漂|沉|摔).{0,3}(?:水里|水中|河里|江里|湖里|海里|井里|池里|"
    "池塘|水库|冰窟|粪坑|沟里|坑里|下水道|河|江)|落[水海江]|掉水|船(?:翻|沉)|(?:飞机|"
    "直升机).{0,2}坠|(?:人|们).{0,2}受困|淹(?:死|了|到|没|着)|"
    "坠(?:楼|落|河|崖|江|井)|(?:掉|摔|跌|滚|滑)(?:下|落)(?:来|去|楼|山|悬崖|梯|了|坡)|"
    "从.{0,6}(?:掉|摔|跌|坠)下|"
    "被(?:困|压(?!缩|力|榨)|埋(?!怨|没)|砸|卡|夹|卷|冲走|烫|烧|电(?!话|信|视|脑|动|子)|咬|蛇|捅|"
    f"刺|砍)|{_ONE}被[^，]{{0,5}}(?:撞|砸|压|埋|抢|捅|砍|打|咬|电)|困在|困住|{_ONE}.{{0,3}}(?:卡|"
    "夹|压|埋)(?:在|住)|压(?:着|住|在).{0,3}人|"
    "(?:人|孩|娃).{0,4}卡在|(?:楼|房|墙|屋|桥|棚|矿|隧道|脚手架|天花板).{0,2}(?:塌|倒了|垮)|坍塌|"
    "倒塌|塌方|地震|泥石流|山体滑坡|(?<!绩)滑坡|山洪|洪水|决堤|雪崩|矿难|透水|"
    "迷(?:路|失方向).{0,8}(?:山|林|雪|沙漠|草原)|(?:山|林|雪|沙漠|峡谷).{0,8}(?:迷路|迷失|走不出|"
    "出不去)|下不了山|找不到下山|"
    # illness and injury
    "昏(?:迷|倒|过去|死|了)|晕(?:倒|过去|厥)|休克|不省人事|(?:没|没有|失去)(?:了)?(?:呼吸|心跳|"
    "意识|知觉|反应|脉搏|气了)|停止呼吸|心跳停|(?:一动不动|不(?:会|能)?动弹?了|不会动|不哭不动|"
    "动不了)|晕在|脸色?发?[青紫]|嘴唇.{0,2}[青紫]|叫不醒|喊不醒|怎么叫都|没气|断气|"
    f"{_ONE}.{{0,4}}(?:倒地|倒下|倒在|摔倒)|倒地(?:上)?(?:不起|没|了|抽)|心(?:梗|脏病|肌梗)|"
    "脑(?:梗|溢血|出血|卒中)|中风|抽搐|抽风|口吐白沫|白沫|噎(?:住|着)|窒息|卡(?:住)?(?:喉|嗓)|"
    "呛(?:住|水|到气管)|"
    "喘不(?:上|过)来?|(?:透|上)不(?:上|过|来)来?气|胸口?(?:痛|疼|闷)|呼吸(?:困难|不了|不上)|吐血|"
    "咳血|大出血|出血(?:了|不止|很|好)|(?:流|好多|全是|满|都是|很多|一地|一身|止不住).{0,3}血|"
    "血(?:流|一直|止)|血泊|中毒|过敏性休克|"
    "要生了|羊水|临产|难产|(?:蛇|毒蛇|马蜂|狗|疯狗).{0,2}咬(?:了|伤|我|他|她|人)|烫伤|烧伤|骨折|"
    "(?:手|脚|腿|胳膊|臂|指头?|手指)(?:被.{0,6}(?:绞|夹|压|切|锯|轧)|断了)|断(?:手(?!机)|腿|臂|指)|"
    "(?:快|"
    "要|快要)(?:不行了|没命)|(?:人|伤者|他|她|爸|妈|爷|奶|爹|娘)(?:快)?不[行中]了|快不[行中]了|"
    "死人了|有人死|死了(?:人|一个)|尸体|有死人|"
    # traffic with people
    "(?:受|重|轻|有人|多人)伤|伤得|有人受伤|受伤|撞(?:人|伤|死|飞|倒|到人|了人|了(?:我|他|她|一个|"
    "老人|小孩|孩子|行人|电动车))|翻车|车(?:翻|掉进|冲进|坠)|碾|轧(?:到|人|死|了)|"
    "(?:叫|要|打|快叫|需要).{0,3}(?:救护车|120)|(?:叫|要|打|快叫).{0,2}(?:消防|119)"
)
# ---- Needs the police now, though nobody is dying yet.
URGENT = re.compile(
    "(?:要|想|快|帮.{0,3}|请|我|去|给我|赶紧)报(?:个|一下|了)?警(?!察|告|示|惕|情|校|务)|报(?:个|"
    "一下)警|(?:打|拨|拨打|呼叫|叫)(?:个|一下)?(?:110|幺幺零|一一零|妖妖灵|警察)(?!电话|号码)|"
    "十万火急|紧急情况|急急急|出大?事了|要出事|帮帮我|帮帮忙快|快点来|出警|报警(?:了|啊|！|，|$)|"
    "快来(?:人|帮|救|啊|呀|吧|，|$)|救援|"
    "车祸|(?:撞|追尾|出).{0,2}(?:车了|车祸|事故)|追尾|交通事故|肇事|酒驾|醉驾|逆行|"
    "打架|斗殴|吵架.{0,4}动手|动手了|(?:躺|倒|睡)(?:在)?.{0,3}(?:雪地|路边|马路|地上|路中|铁轨)|"
    "路边躺|不敢(?:说话|出声|开门|出去|回家)|害怕|好怕|救助我|砸(?:店|车|门|我|玻璃)|闹事|"
    "聚众闹|寻衅|被[^，]{0,4}威胁|裸照|盗刷|偷看(?:我|她|女|洗)|带走(?:我|了)?.{0,2}(?:孩|娃|儿子|"
    "女儿)|(?:孩子|小孩|娃|儿子|女儿)被[^，]{0,4}(?:接走|带走|抱走|骗走)|(?:强行|硬要|"
    "要).{0,2}(?:开|进)我?(?:家|屋|房)?门|荒郊|威胁(?:我|他|她|要|说)|恐吓|勒索|敲诈|骚扰|"
    "(?:跟踪|尾随|跟着|盯上|堵(?:我|住我|在))(?:我|他|她|一个|女|在)?.{0,4}(?:，|$|了|人|害怕|家|"
    "楼)|跟踪(?:我|他|她|了)|被(?:人)?(?:跟踪|尾随|盯上|堵)|尾随|躲在.{0,2}(?:厕所|衣柜|柜|床|"
    "卫生间|屋|房|车|洗手间|阳台)|我躲|"
    "(?:小偷|盗贼|毛贼|贼|陌生人|坏人|歹徒|流氓|醉汉|疯子|不认识的人).{0,3}(?:在(?:我|家|屋|楼)|进|"
    "闯|翻|撬|爬|偷|开|踹|砸)|(?:抓|有)(?:小偷|贼|坏人|歹徒)|"
    "(?:撬|砸|踹|捅|撞)(?:我|人|邻居|隔壁|他|她|着|开)?(?:家|家的)?(?:的)?(?:门|锁|窗|防盗门|车窗)|"
    "翻(?:墙|窗)进|爬(?:墙|窗|阳台)进|闯(?:进|入)|入室(?:盗|抢|偷|行窃|作案|伤)|(?:家|店|屋|公司|"
    "车)里?(?:进|遭|被)(?:贼|小偷|偷|盗|撬)|"
    "被(?:骗|诈骗|诈)|骗(?:了|走|我|子)|诈骗|(?:正在|刚|刚刚|已经|让我|叫我|要我).{0,3}(?:转账|"
    "转钱|汇款|转了)|转账.{0,4}(?:骗|止付)|冒充|传销|"
    f"(?:{_KIN})[^，]{{0,4}}(?:走丢|走失|丢了|不见|失踪|失联|没回家|没回来|离家出走|找不到|"
    "联系不上)|(?:他|她)(?:不见|失踪|失联)了|找不(?:到|着)(?:我)?(?:妈|爸|爷|奶|家|孩|娃|人了|老|"
    "儿子|女儿|回家|路)|走失|走丢|失踪|离家出走|"
    "迷路|迷失方向|(?<!不)出不去|偷(?:窥|拍)|偷(?:了|走|我|东西|车|手机|钱)|抢(?:东西|钱|包)|"
    "赌博.{0,3}打|吸毒|贩毒|卖淫"
)

# ---- English.
_BODY = r"(?:me|my \w+|him|her|us|them|someone|somebody|people|(?:a|the) (?:man|woman|boy|girl|child|kid))"
EN_HARMLESS = re.compile(
    r"\bfire (?:drill|alarm (?:test|broken|is broken|battery)|safety|extinguisher|station|sale|"
    r"sign|works?)\b|\bfirst aid (?:course|kit)\b|"
    r"\bhelp me (?:with|find (?:the|a|my) (?:office|form|address|station|number)|fill|understand|"
    "apply|choose|translate|get (?:a|my) (?:permit|visa|card|form))|"
    r"\bkilling (?:time|it)\b|\bkill(?:ing|s)? (?:the )?(?:time|mood|vibe)\b|\b(?:photo|film|movie|"
    r"video) shoot(?:ing)?\b|\b(?:movie|film|show|game|book)\b.{0,20}\b(?:shooting|shot|killed|"
    r"murder)\b|"
    r"\bdying (?:of laughter|to (?:see|know|try|go|meet))\b|\bbath bomb\b|\b(?:phone|battery|"
    r"laptop|watch)\b.{0,8}\bdying\b|\bemergency (?:contact|exit|number|room)\b|\bdead (?:battery|"
    "tired|"
    r"line)\b|\bdrowning in (?:work|emails|homework)\b|\btrapped in (?:traffic|a meeting)\b|"
    r"\bheart attack (?:burger|grill)\b|"
    r"\b(?:no one|nobody|not) (?:is |was |are |were )?(?:hurt|injured|trapped)\b|\b(?:no|"
    r"not an?) (?:emergency|fire)\b|"
    r"\b(?:traffic|heat|work|homework|noise|boss|wait|waiting|suspense|weather|"
    r"deadline)\b.{0,10}\bkilling me\b"
)
EN_LIFE = re.compile(
    r"\bhelp me\b|\bhelp!|\bhelp us\b|\b(?:please|pls|plz) help\b|\bhelp(?: me| us)? (?:please|pls|"
    r"plz)\b|^help(?: help)*!*$|\bsave (?:me|us|him|her)\b|\bsos\b|\bmayday\b|"
    r"\b(?:on|catch(?:ing|es)?|caught) fire\b|\bfire!|\b(?:theres|there is|its) (?:a )?(?:big |"
    r"huge )?fire\b|\b(?:house|flat|building|kitchen|car|room)\b.{0,10}\b(?:fire|burning|flames)\b|"
    r"\bsmoke (?:everywhere|coming|in (?:the|my))|\bburning down\b|"
    r"\bgas (?:leak|smell|explosion)\b|\bsmell(?:s|ing)? (?:of )?gas\b|\bleaking gas\b|"
    r"\bexplo(?:sion|ded|ding|sive)|\bbomb\b|\bcarbon monoxide\b|\belectrocut|"
    r"\bgunshots?\b|\bshots fired\b|\bactive shooter\b|\b(?:man|woman|guy|hes?|shes?|they|someone|"
    r"somebody|person|boy|husband|neighbou?r)\b.{0,14}\b(?:knife|knives|guns?|machete|axe|weapon|"
    r"pistol|rifle)\b|\b(?:shot|shooting|stabb?(?:ed|ing)?|strangl\w+|chok(?:ing|ed)|beat(?:ing|en|"
    r"s)?|attack(?:ing|ed|s)?|hit(?:ting|s)?|punch\w*|rap(?:e|ed|ing)|hurt(?:ing|s)?|molest\w*|"
    r"assault\w*|kill(?:ed|ing|s)?|threaten\w* to kill)\b (?:at )?"
    + _BODY
    + r"|\b(?:being|was|been|got|getting|is|are) (?:badly )?(?:shot|stabbed|beaten|attacked|raped|"
    r"assaulted|robbed|strangled|hurt|injured|kidnapped|abducted|mugged)\b|"
    r"\bkill (?:me|myself|him|her|us|them|you|everyone)\b|\bsuicid\w*|\bend (?:my|it) (?:life|"
    r"all)\b|\bwant(?:s)? to die\b|\bdont want to live\b|\b(?:cut|slit|slashed) (?:my|his|"
    r"her) wrists?\b|\b(?:going to|gonna|about to|wants to|will) jump\b|\b(?:on|off) (?:the|"
    r"a) (?:bridge|roof|ledge)\b.{0,20}\bjump|"
    r"\b(?:too many|overdos\w*|lots of|bottle of) ?(?:pills|drugs|tablets)?\b(?<=pills|drugs|blets|"
    r"dosed|osing|rdose)|\boverdos\w*|\bpoison(?:ed|ing)?\b|"
    r"\bkidnap\w*|\bhostage\b|\babduct\w*|\braped?\b|\bmurder(?:ed|er|ing)?\b|"
    r"\bdomestic violence\b|\bdrown\w*|\bfell (?:into|in|off|from|down)\b.{0,20}\b(?:river|water|"
    r"lake|sea|well|roof|stairs|window|balcony|cliff|bridge|floor|building)\b|"
    r"\bbleed(?:ing|s)?\b|\bblood everywhere\b|\blots of blood\b|\bunconscious\b|\bpassed out\b|"
    r"\bcollapsed?\b|\bunresponsive\b|\bwont wake\b|\bnot (?:breathing|responding|moving|waking)\b|"
    r"\b(?:cant|cannot|can not|not able to|stopped) breath(?:e|ing)\b|\bno pulse\b|"
    r"\bheart attack\b|\bstroke\b|\bseizure\b|\bchok(?:ing|es)\b|\bchest pains?\b|\bswallow(?:ed|"
    r"ing)? (?:bleach|poison|acid|pills|battery|a battery)|\bjumped (?:off|from|in)|"
    r"\bdead body\b|\bbody in (?:the|a) (?:river|water|lake|car|house|street|bag|woods)\b|"
    r"\bcar (?:flipped|overturned|rolled)|\bwith knives\b|\bin labou?r\b|"
    r"\bwater broke\b|\bdying\b|\b(?:snake|dog) bit|"
    r"\btrapped\b|\bburied\b|\bstuck (?:in|under|on)\b.{0,20}\b(?:car|lift|elevator|rubble|"
    r"mountain|cliff|water|fire|machine|railing)|\bearthquake\b|\bflood(?:ed|"
    r"ing)?\b.{0,12}\b(?:trapped|stuck|rising)\b|\blandslide\b|\b(?:people|someone|somebody|driver|"
    "passenger|child|man|woman|many|he|she|they|hes|shes) (?:is |are |was |were |got )?(?:badly |"
    r"seriously )?(?:hurt|injured|dead|dying)\b|\b(?:need|call|send|get) (?:an |a )?ambulance\b|"
    r"\bran over\b|\bhit by a (?:car|bus|truck|train)\b"
)
EN_URGENT = re.compile(
    r"\bemergency\b|\b(?:call|calling|need|send|get) (?:the |a )?(?:police|cops?|110|911|"
    r"officers?)\b|\bplease call\b|\bcall 110\b|\bhurry\b|\bcome quick(?:ly)?\b|"
    r"\b(?:breaking|broke|break|breaks) in(?:to)?\b|\bintruders?\b|\bburglars?\b|\bthief\b|"
    r"\bthieves\b|\brobb(?:ed|ing|ery)\b|\bmugg(?:ed|ing)\b|\bstole\b|\bfollow(?:ing|ed|s) (?:me|"
    r"us|her)\b|\bbeing (?:followed|watched|stalked|scammed|threatened)\b|\bstalk(?:er|ing|ed)\b|"
    r"\bim hiding\b|\bhiding in\b|\bfight(?:ing)?\b.{0,12}\b(?:street|outside|downstairs|people|"
    r"men)\b|\bthreaten(?:ing|ed|s)\b|\b(?:car|road|traffic) (?:crash|accident)\b|\bhit and run\b|"
    r"\bmissing (?:child|person|kid|boy|girl|son|daughter)\b|\b(?:child|son|daughter|kid|boy|girl|"
    "mother|father|mum|mom|dad|grandmother|grandfather|wife|husband|baby|grandma|grandpa|brother|"
    r"sister)\b.{0,14}\b(?:missing|lost|disappeared|gone)\b|\bcant find my (?:child|son|daughter|"
    r"kid|mother|father|mum|mom|dad|wife|husband|baby|brother|sister|grand\w+)\b|"
    r"\b(?:im|i am|we are|were|got|get) lost\b|\b(?:been|was|got|being|am|im) (?:scammed|defrauded|"
    r"blackmailed)\b|\btransferred (?:the )?money\b|\b(?:son|daughter|child|kid|baby|"
    r"wife) (?:has been |was |is |got )?taken\b|\btook my (?:son|daughter|child|kid|baby)\b|"
    r"\bim (?:so )?scared\b|\boutside my (?:door|window)\b|\b(?:wont|not|"
    r"doesnt) let(?:ting)? me (?:leave|go|out)\b"
)
# Pinyin as somebody types who has no Chinese keyboard: together, or a syllable a word.
PINYIN_LIFE = re.compile(
    r"\b(?:jiu ?ming|jiu ?jiu ?wo|jiu ?wo\b|kuai ?jiu|kuai ?lai ?ren|zhao ?huo(?! ?che)|"
    "qi ?huo ?le|shi ?huo ?le|"
    "sha ?ren|kan ?ren|qiang ?jie|bang ?jia|zi ?sha|tiao ?lou|luo ?shui|ni ?shui|bao ?zha|"
    "bei ?kun|hun ?mi|"
    "yun ?dao|qiang ?jian|mei ?hu ?xi|guan ?qi ?lai)|(?:ren|wo|bei|you|yao)(?:sha|kan|qiang|"
    "bang)ren"
)
PINYIN_URGENT = re.compile(
    r"\b(?:bao ?jing|kuai ?lai(?! ?dian)|xiao ?tou|bei ?pian|gen ?sui ?wo|gen ?zong ?wo|"
    r"jing ?cha\b)|yaobaojing|"
    r"wobaojing|gebaojing"
)

# ---- Inside a rumour check the text is somebody else's: only a cry in the first person counts.
QUOTED_CRY = re.compile(
    "救命|救救我|救救我们|快来救|我要报警|帮我报警|我被困|我们被困|我不想活|我要自杀|我想自杀|"
    "我要跳|我想死|"
    "(?:我|我们|俺)(?:家|这|这里|这儿|楼上|楼下|隔壁|店里)?(?:现在|正在|刚刚)?(?:着火|起火|被绑|"
    "被打|被砍|被抢|被跟踪|被劫持|有人持刀)|"
    "在打我|跟踪我|尾随我|打死我"
)
EN_QUOTED_CRY = re.compile(
    r"\bhelp me\b|\bsave (?:me|us)\b|\bmy house is on fire\b|\bkill (?:me|myself)\b|"
    r"\b(?:im|i am) (?:trapped|bleeding|drowning|lost|being \w+)\b|\bi want to die\b|"
    r"\bend my life\b"
)
