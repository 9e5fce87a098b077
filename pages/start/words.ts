/* Everything the demo's start page says. */

import { translator } from '../shared/i18n';

export const words = {
  title: ['警民110', 'Jingmin 110'],
  demo: ['演示', 'Demo'],
  head: ['一次报警，三个人看见', 'One report, three people see it'],
  sub: [
    '居民一点报警，110 接警员看到并接听，负责的派出所加入同一个视频通话。在这台电脑上开三个窗口就能走一遍。',
    'A resident taps once, a 110 dispatcher sees and answers, the police station responsible joins the same video call. Three windows on this computer are enough to go through it.',
  ],
  resident: ['居民的手机', 'Resident\'s phone'],
  resident_what: ['不用登录。一个红色按钮报警，旁边是静音报警。', 'No log-in. One red button; a silent report beside it.'],
  resident_open: ['打开手机页面', 'Open the phone'],
  console: ['110 接警台', '110 dispatcher desk'],
  console_what: ['排队、接听、定位、呼叫派出所。', 'Queue, answer, locate, call the station.'],
  console_open: ['登录并打开接警台', 'Log in and open the desk'],
  console_who: ['以谁的身份', 'As whom'],
  station: ['派出所', 'Police station'],
  station_what: ['全屏响铃，加入通话，出发、到场、处置完毕。', 'Rings on the whole screen, joins the call, reports its steps.'],
  station_open: ['登录并打开派出所', 'Log in and open the station'],
  station_which: ['哪个派出所', 'Which station'],
  community: ['社区民警', 'Community police'],
  community_what: ['像收件箱一样办线索；写通告时始终看得到谁会收到。', 'Tips like an inbox; a notice shows at all times who will get it.'],
  community_open: ['登录并打开社区页面', 'Log in and open the page'],
  community_who: ['以谁的身份', 'As whom'],
  wechat: ['微信（模拟）', 'WeChat (simulated)'],
  wechat_what: ['扮演居民、群主和民警的手机。什么都不会发到真的微信。', 'Play the phones of a resident, a group owner and an officer. Nothing reaches the real WeChat.'],
  wechat_open: ['打开模拟的微信', 'Open the simulated WeChat'],
  wechat_steps: ['再试微信这一半', 'Then the WeChat half'],
  wechat_1: ['打开模拟的微信，让一位居民关注公众号，写一条线索。', 'Open the simulated WeChat, let a resident follow the account and write a tip.'],
  wechat_2: ['打开社区页面：线索在收件箱里。「我来办」，写答复；居民的手机上收到。', 'Open the community page: the tip is in the inbox. Take it, answer; the resident reads it on the phone.'],
  wechat_3: ['写一条通告，看谁会收到，审核，发布。', 'Write a notice, see who will get it, approve, publish.'],
  wechat_4: ['在模拟的微信里以群主身份确认；社区页面上的送达条随之变长。', 'Confirm it as the group\'s owner in the simulated WeChat; the bars on the community page grow.'],
  opening: ['正在登录…', 'Logging in…'],
  steps: ['按这个顺序试', 'Try it in this order'],
  step_1: ['打开接警台。', 'Open the desk.'],
  step_2: ['打开手机页面，按「报警」，允许位置、摄像头、麦克风。', 'Open the phone, tap "Call 110", allow position, camera and microphone.'],
  step_3: ['在接警台接听：看到画面、位置和负责的派出所。', 'Answer at the desk: the picture, the position and the station responsible are there.'],
  step_4: [
    '按「呼叫派出所」。回到本页打开派出所（已选好被呼叫的那一家），按「加入」。',
    'Press "Call station". Come back here and open the station: the one that was called is chosen already. Press "Join".',
  ],
  step_5: ['派出所按「出发」「到场」，接警台结案；手机上位置停止发送。', 'The station presses "Depart" and "Arrive", the desk closes; the phone stops sending its position.'],
  note: [
    '摄像头和麦克风只在 localhost 或 HTTPS 下可用。演示里的人和派出所数据都不是真的。',
    'Camera and microphone work on localhost or over HTTPS only. People and stations of the demo are not real.',
  ],
  loading: ['正在读取…', 'Loading…'],
  fault: ['{why}。请确认服务已启动，再刷新页面。', '{why}. Make sure the service is running, then reload.'],
  blocked: ['浏览器拦住了新窗口，请在这里打开', 'The browser blocked the new window; open it here'],
} as const;

export const t = translator(words);
