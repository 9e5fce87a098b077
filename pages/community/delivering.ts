/* How one owner's task stands, in words: never the platform's number alone. */

import { exact, now } from '../shared/clock';
import { say, type Pair } from '../shared/i18n';
import type { DeliveryView } from '../shared/notices';

const BUSY: Pair = ['企业微信暂时没有接受', 'WeCom did not take it for now'];
const RIGHT: Pair = ['企业微信没有给应用这个权限，请管理员看“平台告警”', 'WeCom gives the app no right to it: ask your administrator to look at the alarms'];
const TOKEN: Pair = ['企业微信不认应用的密钥，请管理员看“平台告警”', 'WeCom refuses the app\'s secret: ask your administrator to look at the alarms'];
/** Reasons of domain/delivery.py and bot/tasks.py, and what WeCom says (developer.work.weixin.qq.com/document/path/90313). */
const REASONS: Record<string, Pair> = {
  busy: BUSY,
  '-1': BUSY,
  '45033': BUSY,
  '45011': ['调用太频繁', 'Too many calls at a time'],
  '45009': ['企业微信今天的接口次数已用完', 'WeCom\'s quota of calls is used up for today'],
  unknown: ['企业微信没有回应，正在核对有没有建成，不会重复发', 'WeCom gave no answer: whether the task is there is being looked up, nothing goes out twice'],
  picture: ['图片没有交给企业微信', 'The picture could not be handed to WeCom'],
  cap: ['群的额度已用完', 'The groups\' share is used up'],
  '41048': ['群的额度已用完，或群主没有可发的群', 'The groups had their share, or the owner has none to send to'],
  '40003': ['企业微信里没有这位群主', 'WeCom does not know this owner'],
  '60111': ['企业微信里没有这位群主', 'WeCom does not know this owner'],
  '84061': ['这位群主没有客户联系权限', 'This owner may not use customer contact'],
  '84074': ['这位群主没有客户联系权限', 'This owner may not use customer contact'],
  '49008': ['群已解散', 'The group was dismissed'],
  '90501': ['这不是客户群', 'It is no customer group'],
  '45002': ['内容太长', 'It is too long'],
  '40058': ['企业微信认为内容有误', 'WeCom takes the content for wrong'],
  '40063': ['企业微信认为内容有误', 'WeCom takes the content for wrong'],
  '48002': RIGHT, '60011': RIGHT, '60020': RIGHT, '50001': RIGHT,
  '40001': TOKEN, '40014': TOKEN, '40091': TOKEN, '42001': TOKEN,
  unconfirmed: ['群主三天没有确认', 'The owner did not confirm in three days'],
  withdrawn: ['通告已撤回', 'The notice was withdrawn'],
  expired: ['通告已失效', 'The notice expired'],
  corrected: ['通告已更正', 'The notice was put right'],
  replanned: ['群换了群主，由新群主发', 'The groups have another owner, who sends it'],
  moved: ['群换了群主，由新群主发', 'The groups have another owner, who sends it'],
};
const OTHER: Pair = ['企业微信拒绝（{code}）', 'WeCom refuses ({code})'];

export function whyNot(reason: string): string {
  return reason ? say(REASONS[reason] || OTHER, { code: reason }) : '';
}

/** Whether its owner has been asked to confirm. */
export function asked(one: DeliveryView): boolean {
  return one.state !== 'PLANNED' && one.state !== 'CREATING';
}

/** The step it is at; what it waits for, and until when it is tried again. */
export function standing(one: DeliveryView, at = now()): string {
  const why = whyNot(one.reason);
  switch (one.state) {
    case 'PLANNED':
      if (one.reason === 'cap') return say(['额度已满，{t} 起补发', 'Its share is used up, goes out from {t}'], { t: exact(one.due_at) });
      if (why) return say(['还没有通知群主：{why}；{t} 再试', 'The owner was not asked: {why}; tried again {t}'], { why, t: exact(one.due_at) });
      return one.due_at > at ? say(['{t} 通知群主', 'The owner is asked {t}'], { t: exact(one.due_at) })
        : say(['还没有通知群主，排队中', 'The owner was not asked yet, it is in the queue']);
    case 'CREATING': return why || say(['正在通知群主', 'The owner is being asked']);
    case 'CREATED': return one.waiting ? say(['已通知群主，等他确认', 'The owner was asked and has to confirm']) : '';
    case 'FAILED': return say(['没有通知到群主：{why}', 'The owner was not asked: {why}'], { why: why || whyNot('busy') });
    case 'CANCELLED': return say(['已停止：{why}', 'Stopped: {why}'], { why: why || say(['通告不再发送', 'it goes out no more']) });
    default: return why;
  }
}
