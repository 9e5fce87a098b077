/*
 * What the dispatcher desk says, beyond the words all faces share. Pairs of Chinese and English; a test
 * holds both halves to the same values.
 */
import { language, onLanguage, translator, type Words } from '../shared/i18n';
import { ref } from 'vue';

import { alarms } from './alarmwords';
import { away } from './awaywords';
import { ends } from './endwords';
import { integrators } from './integratorwords';
import { recovery } from '../shared/recovery';
import { queue } from './queuewords';
import { reach } from './reachwords';
import { side } from './sidewords';
import { transferring } from './transferwords';

export const words = {
  ...recovery,
  'app.product': ['警民110', 'Jingmin 110'],
  'app.title': ['接警台', 'Dispatch desk'],
  'app.unread': ['{n} 起有新消息', 'messages in {n}'],
  'app.small': [
    '接警台为大屏幕设计。窄屏仅供临时查看，请在 1280 像素以上的屏幕上接警。',
    'The desk is made for large screens. Use this view to look only; answer calls on 1280 pixels or wider.',
  ],
  'app.loading': ['正在打开接警台', 'Opening the desk'],
  'app.language': ['English', '中文'],

  'nav.desk': ['接警', 'Desk'],
  'nav.archive': ['历史警情', 'Past incidents'],
  'nav.people': ['人员', 'People'],
  'nav.keys': ['快捷键', 'Keys'],
  'nav.map': ['地图窗口', 'Map window'],
  'nav.video': ['视频窗口', 'Video window'],
  'nav.logout': ['退出登录', 'Log out'],
  'nav.password': ['修改密码', 'Change password'],
  'nav.totp': ['动态码设置', 'One-time codes'],
  'nav.menu': ['更多', 'More'],
  'nav.online': ['在线', 'Online'],
  'nav.connecting': ['连接中', 'Connecting'],
  'nav.offline': ['离线', 'Offline'],

  'ring.enable': ['点此启用铃声', 'Click to allow ringing'],
  'ring.on': ['铃声开', 'Ring on'],
  'ring.off': ['铃声已关', 'Ring off'],
  'ring.why': ['浏览器要求先点一下页面才能响铃', 'The browser rings only after the page was clicked once'],

  'login.title': ['登录接警台', 'Log in to the desk'],
  'login.login': ['账号', 'Account'],
  'login.password': ['密码', 'Password'],
  'login.code': ['动态码', 'One-time code'],
  'login.code.hint': ['6 位数字，未启用可不填', '6 digits; leave empty if not set up'],
  'login.submit': ['登录', 'Log in'],
  'login.busy': ['正在登录', 'Logging in'],
  'login.demo': ['演示登录', 'Demo log-in'],
  'login.demo.hint': ['演示环境，点一下即可进入', 'Demo: one click is enough'],
  'login.expired': [
    '登录已失效，请重新登录。进行中的警情不会丢失，登录后自动回到原处。',
    'Your session has ended; log in again. Open incidents are safe and you return to where you were.',
  ],
  'login.failed.safe': [
    '请核对账号和密码，并等验证器显示新的动态码：每个只能用一次。',
    'Check account and password, and wait for the next code of the authenticator: each is good once.',
  ],
  'login.foot': ['本系统的每次登录、查看和操作都会记入日志。', 'Every log-in, look and action is recorded.'],
  'login.wrong.face': ['此账号不能使用接警台', 'This account cannot use the desk'],

  'banner.lost': ['接警台已断线', 'This desk is offline'],
  'banner.lost.text': [
    '下方内容可能已过时。已接通的视频不受影响，其他席位仍在接警。请检查网线或网络。',
    'What you see may be out of date. Video already connected goes on; other desks still answer. Check the cable or network.',
  ],
  'banner.lost.now': ['立即重连', 'Reconnect now'],
  'banner.store': ['数据库暂时不可用', 'The store is unavailable'],
  'banner.store.text': [
    '新报警已写入本机日志，恢复后自动补录，不会丢失。现在不能接听和处置，请留意报警人位置。',
    'New reports are written to the journal on disk and entered later; none is lost. Answering is not possible now; watch the positions.',
  ],
  'banner.store.full': [
    '磁盘也快满了：新报警可能存不下，存不下时报警人会被告知直接拨打 110。请立即通知技术值班。现在不能接听和处置。',
    'The disk is nearly full, too: new reports may not be kept, and callers are then told to dial 110. Call the operator now. Answering is not possible.',
  ],
  'banner.unreadable': ['有警情本版本无法读取', 'There are incidents that this version cannot read'],
  'banner.unreadable.text': [
    '它们不在队列中，请立即通知技术值班，并按编号用其他方式联系报警人。其他警情不受影响。',
    'They are not in the queue. Call the operator now, and reach the callers another way. All others are as always.',
  ],
  'banner.disk': ['服务器磁盘快满了', 'The disk of the server is nearly full'],
  'banner.disk.text': [
    '报警仍能接收。请立即通知技术值班：空间再减少，先不收照片和视频，再暂停录像；写满后，报警人会被告知直接拨打 110。',
    'Reports are still taken. Call the operator now: with less, pictures and videos are refused, then recording pauses; once it is full, callers are told to dial 110.',
  ],
  'banner.store.count': ['{n} 条报警待补录', '{n} reports in the journal'],

  ...queue,
  ...alarms,
  ...away,
  ...ends,
  ...integrators,
  ...transferring,

  'count.messages': ['{n} 条文字', '{n} texts'],
  'count.pictures': ['{n} 张图片', '{n} pictures'],
  'count.voices': ['{n} 段语音', '{n} voice notes'],
  'count.videos': ['{n} 段视频', '{n} clips'],

  'case.none': ['没有打开的警情', 'No incident open'],
  'case.none.do': [
    '从左侧选择一起警情查看，或按 A 接听最急的一起。',
    'Choose one on the left, or press A to answer the most urgent.',
  ],
  'case.waiting.one': ['最急的一起已等 {time}', 'The most urgent has waited {time}'],
  'case.words': ['报警人说明', 'Caller says'],
  'case.dispatcher': ['接警员', 'Dispatcher'],
  'case.silent': ['静音报警', 'Silent report'],
  'case.silent.text': [
    '对方可能不便出声。不要说话、不要回拨，只用文字；问句会带“是”“否”两个按钮。',
    'The caller may be in danger if heard. Do not speak or call back; write. Questions bring yes and no as buttons.',
  ],
  'case.taken': ['已由 {name} 接听', 'Answered by {name}'],
  'case.taken.supervisor': ['您可以旁观记录，也可以接管。', 'You may watch, or take over.'],
  'case.taken.text': ['您可以旁观记录。需要时请值班长接管。', 'You may watch. Ask a supervisor to take over if needed.'],
  'case.abandoned': ['报警人挂断，尚未接听', 'The caller hung up before an answer'],
  'case.abandoned.text': ['请回拨。回拨会呼叫报警人的手机页面。', 'Call back: the caller\'s page will ring.'],
  'case.abandoned.silent': [
    '静音报警已中断。接入后不会响铃，请先发文字确认安全。',
    'A silent report broke off. Opening it rings nothing; write first.',
  ],
  'case.unattended': ['{name} 已离线 {time}，任何席位都可以接管', '{name} offline for {time}; any desk may take over'],
  'case.unheard': ['{name} 未查看新消息，任何席位都可以接管', '{name} has not read what is new; any desk may take over'],
  'case.unheard.own': ['有新消息超过一分钟没有查看', 'Something new has been unread for more than a minute'],
  'case.unattended.own': ['这起警情没有接警员在办，请接回', 'Nobody looks after this case: take it back'],
  'case.journaled': [
    '这起报警暂存在本机日志里。数据库恢复后会自动变为正常警情，届时即可接听。',
    'This report is in the journal on disk. When the store is back it becomes an ordinary incident and can be answered.',
  ],
  'case.closed': ['已办结：{disposition}', 'Closed: {disposition}'],
  'case.missing': ['缺少：{list}', 'Missing: {list}'],

  'via.app': ['App', 'App'],
  'via.app.text': ['报警人通过接入的App报警。', 'The report came through an app with a key.'],
  'via.wechat': ['微信', 'WeChat'],
  'via.wechat.text': ['报警人从微信公众号进入报警页面。', 'The caller came to the page from WeChat.'],
  'via.chat': ['微信聊天', 'WeChat chat'],
  'via.chat.text': [
    '报警人在微信聊天里报警，您写的文字会发到对方的微信。',
    'The caller reported in the WeChat chat; what you write is sent there.',
  ],
  'via.tip': ['微信线索', 'WeChat tip'],
  'via.tip.text': [
    '社区民警转来的微信线索，您写的文字到不了线索人。',
    'A WeChat tip handed over by the community police; what you write does not reach the teller.',
  ],

  'tip.title': ['线索', 'Tip'],
  'tip.anonymous': ['匿名', 'Anonymous'],
  'tip.anonymous.text': [
    '接警台和民警看不到是谁说的，身份另行加密保管；时间精确到 5 分钟。',
    'Neither the desk nor officers can see who told it; the identity is kept apart, encrypted. Times are to five minutes.',
  ],
  'tip.named': ['居民自愿留下的称呼或联系方式', 'What the resident chose to leave: a name or a number'],
  'tip.teller': ['线索人', 'Teller'],
  'tip.about': ['约 {time}', '≈ {time}'],
  'tip.damaged': ['这一行无法解开，已记录', 'This line cannot be opened; that is on record'],
  'tip.solved': ['已解决', 'Solved'],
  'tip.not_solved': ['没有解决', 'Not solved'],
  'tip.spot': ['发来位置 {at}', 'Sent a position {at}'],
  'tip.spot.use': ['标为事发地', 'Set as the scene'],
  'tip.spot.done': ['已标为事发地', 'Set as the scene'],
  'tip.failed': [
    '线索的图片和后续没有取到；下面是转来时的文字。',
    'Pictures and later lines of the tip could not be fetched; below is what came with it.',
  ],

  'call.before': ['接听后，这里显示视频', 'The picture appears here once you answer'],
  'call.apart': ['对方不在视频通话里', 'Nobody to see or hear'],
  'call.watch': ['{name} 正在通话，只有本人看得到视频', 'In call with {name}; only they see the picture'],
  'call.asking': ['正在打开摄像头和麦克风', 'Opening camera and microphone'],
  'call.joining': ['正在接入通话', 'Joining the call'],
  'call.notyet': ['还没有接入通话，正在重试', 'Not in the call yet; trying again'],
  'call.lost': ['通话中断，正在自动重连', 'Call interrupted; rejoining'],
  'call.lost.text': [
    '第 {n} 次。对方的位置和文字仍在更新，您可以先发文字。',
    'Attempt {n}. Position and texts still arrive; you can write meanwhile.',
  ],
  'call.ended': ['通话已结束', 'The call is over'],
  'call.replaced': ['通话已在另一个窗口打开', 'The call is open in another window'],
  'call.rejoin': ['在此窗口接回', 'Take it back here'],
  'call.retry': ['立即重连', 'Rejoin now'],
  'call.waiting': ['等待报警人接通', 'Waiting for the caller'],
  'call.waiting.text': [
    '接通后视频会自动出现。可以先看位置、发文字。',
    'The picture appears by itself. Look at the position or write meanwhile.',
  ],
  'call.novideo': ['没有画面', 'No picture'],
  'call.novideo.off': ['报警人没有打开摄像头', 'The caller\'s camera is off'],
  'call.nomedia': ['没有摄像头和麦克风，您可以看、听和发文字', 'No camera or microphone; you can watch, listen and write'],
  'call.noaudio': ['没有麦克风，您可以看、听和发文字', 'No microphone; you can watch, listen and write'],
  'call.nocamera': ['没有摄像头，以语音参加', 'No camera; you take part by voice'],
  'call.mute': ['静音', 'Mute'],
  'call.unmute': ['打开麦克风', 'Unmute'],
  'call.muted': ['麦克风已关', 'Microphone off'],
  'call.camera.off': ['关闭摄像头', 'Camera off'],
  'call.camera.on': ['打开摄像头', 'Camera on'],
  'call.snapshot': ['截图', 'Snapshot'],
  'call.snapshot.none': ['还没有画面可截', 'No picture to take yet'],
  'call.snapshot.done': ['截图已存入记录', 'Snapshot saved to the record'],
  'call.me': ['我', 'Me'],
  'call.play': ['点此播放声音', 'Click to play sound'],

  'quality.none': ['正在测量网络', 'Measuring the network'],
  'quality.good': ['画面流畅', 'Good picture'],
  'quality.fair': ['网络较弱', 'Weak network'],
  'quality.bad': ['网络很差，声音可能断续', 'Very weak; sound may break up'],
  'quality.exact': [
    '{kbps} kbit/s · 丢包 {loss}% · 往返 {rtt} ms',
    '{kbps} kbit/s · {loss}% lost · {rtt} ms round trip',
  ],

  'thread.title': ['记录', 'Record'],
  'thread.all': ['全部', 'All'],
  'thread.talk': ['对话', 'Talk'],
  'thread.empty': ['还没有记录', 'Nothing recorded yet'],
  'thread.empty.do': ['报警人发来的文字、图片和每一步处置都会按时间排在这里。', 'Texts, pictures and every step appear here in order.'],
  'thread.placeholder': ['发文字给报警人和派出所', 'Write to the caller and the station'],
  'thread.placeholder.tip': ['发文字给派出所（线索人看不到）', 'Write to the station (the teller does not see it)'],
  'thread.send': ['发送', 'Send'],
  'thread.sending': ['正在发送', 'Sending'],
  'thread.failed': [
    '没有发出，文字仍在输入框里。请检查网络后再按发送。',
    'Not sent; your text is still in the box. Check the network and press Send again.',
  ],
  'thread.newer': ['有新记录', 'New entries'],
  'thread.closed': ['警情已办结，不能再发文字', 'Closed: no more texts'],
  'thread.watch': ['接听后才能发文字', 'Answer first to write'],
  'thread.picture': ['图片', 'Picture'],

  'quick.label': ['常用语', 'Prepared'],
  'quick.yesno': ['是 / 否', 'yes / no'],
  'quick.asks': ['对方会看到“是”“否”两个按钮', 'The other side sees two buttons, yes and no'],
  'keys.quick': ['选常用语', 'Choose a prepared sentence'],

  'entry.position.not': ['收到位置，未采用', 'Position received, not shown'],
  'entry.position.COARSER': ['收到位置，误差更大，未采用', 'Position received, less exact, not shown'],
  'entry.position.TOO_FAR': ['收到位置，短时间到不了，未采用', 'Position received, too far to get there, not shown'],
  'entry.position.ABROAD': ['收到位置，在境外，未采用', 'Position received, abroad, not shown'],
  'entry.position.many': ['位置更新 {n} 次', '{n} positions'],
  'entry.called.rank': ['第 {rank} 候选，占 {share}', 'candidate {rank}, share {share}'],
  'entry.wait': ['等待', 'Waited'],
  'entry.late': ['补报', 'reported late'],
  'entry.opened.many': ['查看 {n} 次', 'looked at {n} times'],

  'map.fit': ['回到报警人', 'Back to the caller'],
  'map.pick': ['标注事发地', 'Mark the scene'],
  'map.picking': ['在地图上点一下事发地，按 Esc 取消', 'Click on the map where it happens; Esc cancels'],
  'map.none': ['没有位置', 'No position'],
  'map.none.do': [
    '请询问报警人看到的标志物，再在地图上标注事发地。',
    'Ask the caller for landmarks, then mark the scene on the map.',
  ],
  'map.idle': ['打开一起警情后，这里显示它的位置。', 'Open an incident to see where it is.'],
  'map.failed': [
    '地图没有载入。位置和候选派出所不受影响；请刷新页面再试。',
    'The map did not load. Positions and candidates are not affected; reload the page to try again.',
  ],
  'map.areas.failed': ['辖区边界没有载入', 'The boundaries did not load'],
  'map.retry': ['重试', 'Retry'],
  'map.accuracy': ['精度 ±{m}', 'accuracy ±{m}'],
  'map.accuracy.none': ['精度不明', 'accuracy unknown'],
  'map.app': ['由应用提供', 'from their app'],
  'map.still': ['未移动，{t}确认', 'not moved, confirmed {t}'],
  'map.old': ['位置已旧', 'old position'],
  'map.place': ['事发地', 'Scene'],
  'map.copy': ['复制坐标', 'Copy coordinates'],
  'map.copied': ['坐标已复制', 'Coordinates copied'],
  'map.synthetic': ['示例辖区，非真实边界', 'Sample areas, not real boundaries'],
  'map.zoom.in': ['放大', 'Zoom in'],
  'map.zoom.out': ['缩小', 'Zoom out'],
  'map.label': ['报警位置和派出所辖区地图', 'Map of the position and the station areas'],

  'station.title': ['派出所', 'Station'],
  'station.by.caller': ['按报警人位置', 'by the caller\'s position'],
  'station.by.place': ['按事发地', 'by the scene'],
  'station.call': ['呼叫派出所', 'Call the station'],
  'station.call.name': ['呼叫 {name}', 'Call {name}'],
  'station.call.next': ['再呼叫 {name}', 'Also call {name}'],
  'station.call.more': ['增派 {name}', 'Also send {name}'],
  'station.calling': ['正在呼叫', 'Calling'],
  'station.other': ['选其他派出所', 'Another station'],
  'station.other.short': ['其他', 'Other'],
  'station.reason': ['为什么不用首选派出所？', 'Why not the first candidate?'],
  'station.reason.need': ['请写明原因，会记入记录。', 'Give a reason; it is recorded.'],
  'station.reason.1': ['报警人所述地点不同', 'Caller names another place'],
  'station.reason.2': ['首选派出所未应答', 'First station does not answer'],
  'station.reason.silent': ['{name} 未应答', '{name} does not answer'],
  'station.reason.3': ['警力就近', 'Officers nearby'],
  'station.reason.4': ['指挥中心指定', 'Ordered by command'],
  'station.reason.other': ['或自己写原因', 'or write a reason'],
  'station.search': ['按名称找派出所', 'Find a station by name'],
  'station.none.found': ['没有叫这个名字的派出所。换几个字试试。', 'No station of that name. Try other words.'],
  'station.choose': ['选择派出所', 'Choose a station'],
  'station.none': ['没有候选派出所', 'No candidate'],
  'station.none.do': ['在地图上标注事发地，或从全部派出所中选择。', 'Mark the scene on the map, or choose from all stations.'],
  'station.version': ['边界版本 {v}', 'boundaries {v}'],
  'station.answer.first': ['接听后才能呼叫派出所', 'Answer before calling a station'],

  'responder.title': ['出警', 'Responders'],
  'responder.unanswered': ['{time} 未应答', 'no answer for {time}'],
  'responder.ringing': ['正在呼叫 {time}', 'ringing {time}'],
  'responder.stand': ['撤回', 'Stand down'],
  'responder.stand.title': ['撤回 {name}？', 'Stand {name} down?'],
  'responder.stand.text': ['对方会收到撤回通知。原因记入记录。', 'They are told. The reason is recorded.'],
  'responder.in': ['已加入通话', 'in the call'],

  'facts.title': ['处置', 'Handling'],
  'facts.kind': ['类别', 'Category'],
  'facts.note': ['备注', 'Note'],
  'facts.note.placeholder': ['只有公安内部看得到', 'Seen by police only'],
  'facts.note.save': ['存备注', 'Save note'],
  'facts.note.saved': ['备注已存入记录', 'Note saved to the record'],
  'facts.close': ['办结', 'Close'],

  'close.title': ['办结 {number}', 'Close {number}'],
  'close.disposition': ['处置结果', 'Disposition'],
  'close.words.placeholder': ['例：民警已到场处理，双方和解', 'For example: officers attended, settled on the spot'],
  'close.warn.call': ['通话会立即结束，报警人的位置停止发送。', 'The call ends at once and the caller\'s position stops.'],
  'close.need': ['请选择处置结果', 'Choose a disposition'],
  'close.confirm': ['确认办结', 'Close the incident'],
  'close.cancel': ['返回', 'Back'],
  'close.done': ['{number} 已办结', '{number} closed'],

  ...side,
  ...reach,

  'do.cancel': ['取消', 'Cancel'],
  'held.over': ['窗口已关闭：警情有了变化', 'The dialog was closed: the incident has changed'],
  'held.over.do': ['没有提交任何内容，请看现在的状态。', 'Nothing was sent; look at how it stands now.'],
  'do.close': ['关闭', 'Close'],
  'do.confirm': ['确认', 'Confirm'],
  'do.retry': ['再试一次', 'Try again'],
  'do.dismiss': ['知道了', 'OK'],

  'trouble.network': ['网络不通，这一步没有完成', 'No network: this step was not done'],
  'trouble.network.do': [
    '已有记录都在服务器上。请检查网络后再按一次，不会重复。',
    'What is recorded is safe on the server. Check the network and press again; nothing is done twice.',
  ],
  'trouble.taken': ['已由 {name} 接听', 'Answered by {name}'],
  'trouble.taken.do': ['不需要再处理。可以打开旁观，或接听下一起。', 'Nothing to do. Watch it, or answer the next one.'],
  'trouble.wrong_state.do': [
    '警情状态刚刚变了，画面已更新，请看清后再操作。',
    'The incident has just changed; the page is up to date now. Look again before acting.',
  ],
  'trouble.store_down.do': [
    '记录没有受影响。数据库恢复后再按一次。',
    'The record is not affected. Press again when the store is back.',
  ],
  'trouble.no_media.do': [
    '系统会自动重试。可以先用文字联系报警人。',
    'The desk keeps trying. You can write to the caller meanwhile.',
  ],
  'trouble.forbidden.supervisor': ['这一步不属于您的职责，内容没有改动。', 'This step is not of your role; nothing was changed.'],
  'trouble.forbidden.do': ['您的职责不能做这一步，请联系值班长。', 'Your role cannot do this; ask a supervisor.'],
  'trouble.too_many.do': ['请等几秒再按。', 'Wait a few seconds, then press again.'],
  'trouble.other.do': [
    '请再试一次；仍不行请告诉管理员错误码 {code}。',
    'Try again; if it stays, tell an administrator the code {code}.',
  ],
} as const satisfies Words;

export type Word = keyof typeof words;

/** The language as Vue sees it: whatever is drawn with t() is drawn again when it changes. */
export const lang = ref(language());
onLanguage((next) => { lang.value = next; });

const translate = translator<Words>(words);

export function t(key: Word, values?: Readonly<Record<string, string | number>>): string {
  return lang.value ? translate(key, values) : '';
}
