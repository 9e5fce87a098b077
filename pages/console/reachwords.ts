/* What the desk says of a caller who hung up, of how to reach him, and of steps heard by radio. */
import type { Words } from '../shared/i18n';

export const reach = {
  'reach.gone': ['已挂断，未能联系', 'Hung up, not reached'],
  'reach.gone.short': ['已挂断', 'Hung up'],
  'reach.gone.why': ['报警人说：{why}', 'The caller said: {why}'],
  'reach.gone.since': ['挂断已 {time}', 'Hung up {time} ago'],
  'reach.back': ['回拨', 'Call back'],
  'reach.ringing': ['正在回拨，对方页面在响铃', 'Calling back; the page rings'],
  'reach.no.answer': ['回拨过，{ago}，没有回来', 'Called back {ago}; not back yet'],
  'reach.present': ['对方的报警页面还开着', 'The caller\'s page is open'],
  'reach.absent': ['对方的报警页面没有打开', 'The caller\'s page is not open'],
  'reach.silent': ['静音报警：不要回拨，发文字或链接', 'Silent: do not call back; write, or send the link'],
  'reach.link': ['复制返回链接', 'Copy a link back'],
  'reach.link.done': ['链接已复制，一天内有效', 'Link copied, good for a day'],
  'reach.link.done.do': ['发给报警人，点开就回到这次报警。不要发给别人。', 'Send it to the caller: it opens this report. Give it to nobody else.'],
  'reach.link.show': ['请复制这个链接', 'Copy this link'],
  'reach.contact': ['联系方式', 'Contact'],
  'reach.verified': ['由{app}核验', 'Verified by {app}'],
  'reach.through': ['经{app}报警，未核验身份', 'Through {app}, identity not verified'],
  'reach.external': ['App 编号 {id}', 'App\'s number {id}'],
  'reach.dial': ['拨打 {number}', 'Phone {number}'],
  'reach.copy': ['复制', 'Copy'],
  'reach.copied': ['联系方式已复制', 'Contact copied'],
  'reach.title': ['联系报警人', 'Reach the caller'],
  'reach.stage': ['报警人已挂断，未能联系', 'The caller hung up and was not reached'],
  'reach.stage.do': ['可以回拨、发返回链接，或拨打对方留下的电话。', 'Call back, send a link, or phone the number the caller left.'],

  'radio.record': ['电台告知', 'Heard by radio'],
  'radio.title': ['{name} 用电台告知：', '{name} said by radio:'],
  'radio.by': ['电台告知，{name} 记录', 'Heard by radio, recorded by {name}'],
  'radio.mark': ['电台', 'radio'],
} as const satisfies Words;
