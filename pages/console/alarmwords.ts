/*
 * What WeChat or WeCom refuses, for the administrator: what it is, what residents and officers miss by it, and
 * what to do. Of each there is a sentence for the Official Account (`official`) and for the corp (`work`).
 */
import type { Words } from '../shared/i18n';

export const alarms = {
  'alarms.title': ['微信平台拒绝了本系统，需要管理员处理', 'WeChat refuses this system: an administrator has to act'],
  'alarms.since': ['自 {time} 起', 'Since {time}'],
  'alarms.meaning': ['影响', 'What it means'],
  'alarms.do': ['处理', 'What to do'],
  'alarms.detail': ['错误码 {errcode} · {call}', 'Error {errcode} · {call}'],
  'alarms.all': ['全部接口', 'all calls'],
  'alarms.after': [
    '处理后运行 jingmin wechat check，通过的提示随即消失；同一接口再次调用成功时也会消失。',
    'Then run jingmin wechat check: what passes goes from here at once, as it does when the same call goes through again.',
  ],
  'alarms.webhooks': ['有应用收不到进展通知，需要管理员处理', 'An app is told nothing any more: an administrator has to act'],
  'alarms.webhook': ['“{name}”三天收不到进展通知，或表示不再接收，已停止通知', '“{name}” took nothing for three days, or said that it is gone: it is told nothing any more'],
  'alarms.webhook.meaning': ['用这个应用报警的人，在应用里看不到进展。', 'Whoever reported through this app does not see there how it goes.'],
  'alarms.webhook.do': [
    '请对方恢复接收，再到 接口密钥 里重新保存地址；不用了就作废密钥或取消通知。',
    'Ask them to mend their server, then save the address again under API keys; or revoke the key, or tell it nothing more.',
  ],
  'alarms.unread': ['暂时读不到微信平台的告警', 'What WeChat refuses cannot be read now'],
  'alarms.unread.do': ['{words}。每半分钟自动重试。', '{words}. Tried again every half minute.'],

  'alarms.wechat_quota.official': ['公众号今天的接口次数已用完', 'The Official Account has used up its calls of today'],
  'alarms.wechat_quota.official.do': [
    '零点自动恢复，没发出的消息届时补发。等不及就在公众平台 设置与开发 → 接口权限 里清零，每月只有 10 次。',
    'It ends at midnight, and what waits is sent then. Sooner: reset the counters in the account\'s console under API permissions, ten times a month at most.',
  ],
  'alarms.wechat_quota.work': ['企业微信限制了调用次数', 'WeCom limits how often it is called'],
  'alarms.wechat_quota.work.do': [
    '过一阵自动恢复，没发出的消息届时补发。反复出现时，看是否有别的程序在用同一个应用。',
    'It ends after a while, and what waits is sent then. If it comes back, look for another program that uses the same app.',
  ],
  'alarms.wechat_token.official': ['公众号不认本系统的 AppID 或 AppSecret', 'The Official Account does not take our AppID or AppSecret'],
  'alarms.wechat_token.official.do': [
    '在公众平台 设置与开发 → 基本配置 核对 AppID，重置 AppSecret，填入 official_appid、official_secret，再重启。',
    'Compare the AppID in the account\'s console under Basic configuration, reset the AppSecret, put both into official_appid and official_secret, and restart.',
  ],
  'alarms.wechat_token.work': ['企业微信不认本系统的 CorpID 或 Secret', 'WeCom does not take our CorpID or Secret'],
  'alarms.wechat_token.work.do': [
    '在企业微信后台 应用管理 里核对 CorpID 和应用的 Secret，填入 work_corpid、work_secret，再重启。',
    'Compare the CorpID and the app\'s Secret in the WeCom console, put them into work_corpid and work_secret, and restart.',
  ],
  'alarms.wechat_allow_list.official': ['公众号 IP 白名单里没有本机：{address}', 'The account\'s IP allow-list lacks this machine: {address}'],
  'alarms.wechat_allow_list.official.do': [
    '在公众平台 设置与开发 → 基本配置 → IP白名单 里加上 {address}（机器 {machine}）。出口地址会变的，请换成固定地址。',
    'Add {address} (machine {machine}) to the IP allow-list in the account\'s console under Basic configuration. An address that changes has to become a fixed one.',
  ],
  'alarms.wechat_allow_list.work': ['企业微信的企业可信IP里没有本机：{address}', 'The app\'s trusted IPs in WeCom lack this machine: {address}'],
  'alarms.wechat_allow_list.work.do': [
    '在企业微信后台 应用管理 → 自建应用 → 企业可信IP 里加上 {address}（机器 {machine}）。出口地址会变的，请换成固定地址。',
    'Add {address} (machine {machine}) to the trusted IPs of the app in the WeCom console. An address that changes has to become a fixed one.',
  ],
  'alarms.wechat_template.official': ['公众号拒绝了消息模板', 'The Official Account refuses a message template'],
  'alarms.wechat_template.official.do': [
    '在公众平台核对模板的 ID 和字段名，改正 official_template_… 或 official_subscription_… 各项，再重启。',
    'Compare ids and field names of the templates in the account\'s console, correct official_template_… or official_subscription_…, and restart.',
  ],
  'alarms.wechat_menu.official': ['公众号菜单里没有“网上110”', 'The account\'s menu does not lead to the 110 page'],
  'alarms.wechat_menu.official.do': [
    '运行 jingmin wechat menu 重建菜单，并问清是谁在公众平台改了它。',
    'Run jingmin wechat menu to make it anew, and find out who changed it in the account\'s console.',
  ],
  'alarms.wechat_permission.official': ['公众号没有这个接口的权限', 'The Official Account has no right to this call'],
  'alarms.wechat_permission.official.do': [
    '需要已认证的服务号：在公众平台 设置与开发 → 接口权限 里查看，认证到期的请续期。',
    'It takes a verified service account: look under API permissions in its console, and renew a verification that is over.',
  ],
  'alarms.wechat_permission.work': ['企业微信没有给应用这个接口的权限', 'WeCom gives the app no right to this call'],
  'alarms.wechat_permission.work.do': [
    '客户与上下游 → 客户联系 → API → 可调用接口的应用 里勾选本应用；相关民警要在应用的可见范围内。',
    'Tick this app among those that may call customer contact, and have the officers within the app\'s visible range.',
  ],
  'alarms.of': ['{what}（{account}）', '{what} ({account})'],
  'alarms.other': ['平台拒绝了本系统的调用', 'The platform refuses a call of this system'],
  'alarms.other.do': ['运行 jingmin wechat check，按它的提示处理。', 'Run jingmin wechat check and do what it says.'],

  'alarms.area.official': [
    '公众号发不出消息：居民收不到警情进展和线索答复。喊救命仍会自动回复 110，报警页面照常可用。',
    'The account sends nothing: residents hear nothing of their reports and tips. A cry for help is still answered with 110, and the page to report works.',
  ],
  'alarms.area.send': [
    '居民在公众号里收不到警情进展、线索答复和民警写的话。喊救命仍会自动回复 110。',
    'Residents get no news of reports, no answers to tips and nothing that police write. A cry for help is still answered with 110.',
  ],
  'alarms.area.template': ['居民两天没说话后，警情和线索的进展就通知不到。', 'Residents who wrote nothing for two days are not told of news.'],
  'alarms.area.subscribe': ['居民订阅的“有答复时通知我”发不出去。', 'Residents who asked to be told of an answer are not.'],
  'alarms.area.menu': [
    '不打字的居民在公众号菜单里找不到报警的入口。',
    'Residents who do not write find no way to 110 in the account\'s menu.',
  ],
  'alarms.area.oauth': [
    '从公众号打开报警页面的居民照样能报警，但不知道是公众号里的哪一位，页面关了就接不上。',
    'Residents who open the page from the account can report, but not be told from others there: once the page is closed, they are not reached.',
  ],
  'alarms.area.page': ['微信里打开的页面用不了微信的定位和订阅按钮。', 'Pages opened in WeChat have neither its location nor its button to be told.'],
  'alarms.area.media': ['居民和民警在微信里发的图片、语音、视频传不过来或传不过去。', 'Pictures, voice and video in WeChat do not come through.'],
  'alarms.area.work': [
    '民警在企业微信里收不到新线索和警情，警民群的通告也发不出去。',
    'Officers hear of no tip and no report in WeCom, and notices to groups are not sent.',
  ],
  'alarms.area.cards': ['民警在企业微信里收不到线索卡片和警情提醒。', 'Officers get neither tip cards nor calls in WeCom.'],
  'alarms.area.mass': ['给警民群的通告发不出去，也不知道送到了哪些群。', 'Notices to groups are not sent, and nobody knows which groups got them.'],
  'alarms.area.groups': [
    '警民群的新增、成员和入群二维码不再更新，居民可能进不了群。',
    'New groups, members and join codes are no longer kept up; residents may find no way into a group.',
  ],
  'alarms.area.login': ['民警不能从企业微信登录，要用账号和密码。', 'Officers cannot log in from WeCom; account and password work.'],
  'alarms.area.other': ['用到这个接口的功能停了。', 'What needs this call does not work.'],
} as const satisfies Words;
