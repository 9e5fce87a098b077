/* What the first part of the resident's page says: the start, and the report on its way. */

import { translator } from '../shared/i18n';

export const firstWords = {
  language: ['English', '中文'],
  title: ['警民110', 'Jingmin 110'],
  city_service: ['{city}公安', '{city} police'],
  start_head: ['遇到危险，按一下', 'In danger? One tap'],
  start_sub: ['110 会立刻看到、听到、找到您', '110 will see you, hear you and find you'],
  report: ['报警', 'Call 110'],
  report_hint: ['视频 · 语音 · 文字', 'video · voice · text'],
  silent: ['静音报警', 'Silent'],
  silent_hint: ['不方便说话', 'cannot speak'],
  dial: ['拨打 110', 'Phone 110'],
  sends: [
    '按下即发送报警；位置、画面、声音只传给 110 和负责的派出所，只用于处理这次警情。',
    'One tap sends the report. Position, picture and sound go only to 110 and the police station responsible, only for this incident.',
  ],
  notice: ['了解如何使用您的信息', 'How your information is used'],
  notice_who: [
    '谁能看到：接听的 110 接警员和被通知的派出所。每一次查看都有记录。',
    'Who sees it: the 110 dispatcher who answers and the stations called. Every look is recorded.',
  ],
  notice_what: [
    '发送什么：您允许的位置、摄像头、麦克风，以及您写的和拍的。拒绝任何一项都能报警。',
    'What is sent: position, camera and microphone as far as you allow, and what you write or photograph. You can report without any of them.',
  ],
  notice_when: [
    '到什么时候：警情结束后立即停止发送位置。通话会录像封存，作为处警记录。',
    'Until when: sending your position stops when the incident is over. Calls are recorded and sealed as part of the case.',
  ],
  notice_version: ['告知版本 {v}', 'Notice version {v}'],
  expired: ['上一次警情已结束，凭证已失效', 'The last incident is over and its pass has expired'],
  offline: [
    '现在没有网络。按下报警会先存在手机上，一有网络立即发送；急需请拨打 110',
    'There is no network. A report is kept on the phone and sent the moment it is back; if urgent, phone 110',
  ],
  opening: ['画面和语音正在打开，请留在这个页面', 'Video and voice are opening; stay on this page'],
  sending: ['正在发送…', 'Sending…'],
  sending_calm: ['报警已存在手机上，请不要关闭页面', 'The report is kept on this phone; please stay on this page'],
  sending_again: ['{why}。第 {n} 次重试，不会丢失', '{why}. Try {n}; nothing is lost'],
  received: ['已收到', 'Received'],
  urge_dial: ['请直接拨打 110', 'Phone 110 now'],
  urge_late: ['还没有人接，报警不会丢失', 'Nobody has answered; the report is not lost'],
  urge_store: ['系统故障，报警会先存在本机，可能没人马上看到', 'A fault: reports are kept, but perhaps nobody sees them now'],
  urge_desks: ['网上接警现在没有人在线', 'Nobody is at the online desk now'],
  quiet_late: ['还没有人接。报警在队列里，不会丢失', 'Nobody has answered yet. The report stays in the queue'],
  dial_again: ['再点一次才拨打', 'Tap again to phone'],
  opening_late: ['画面和语音还没有打开。报警已收到，请拨打 110', 'Video and voice are not open yet. 110 has the report: phone'],
  quiet_wait: ['等待接警员', 'Waiting for a dispatcher'],
  decoy_date: ['今天', 'Today'],
} as const;

export const t = translator(firstWords);
