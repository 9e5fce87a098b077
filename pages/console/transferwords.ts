/* 转交: what the desk says about handing incidents over, and about leaving the desk. */
import type { Words } from '../shared/i18n';

export const transferring = {
  'transfer.do': ['转交', 'Hand over'],
  'transfer.title': ['转交 {number}', 'Hand over {number}'],
  'transfer.text': [
    '对方会收到提示并按一下接入，这之前报警人看到“正在为您转接”。20 秒没有接入，所有席位都会响铃。',
    'The colleague is called and takes it with one press; until then the caller reads that he is being put through. After 20 s without that every desk rings.',
  ],
  'transfer.to': ['转交给', 'To'],
  'transfer.free': ['空闲', 'Free'],
  'transfer.talks': ['通话中', 'In a call'],
  'transfer.has': ['手上 {n} 起', '{n} in hand'],
  'transfer.none': ['现在没有别的席位在线', 'Nobody else is at a desk'],
  'transfer.none.do': ['等有同事登录接警台后再转交，或办结后再离开。', 'Wait until a colleague has logged in, or close the incidents first.'],
  'transfer.failed': ['席位名单没有取到', 'The desks could not be read'],
  'transfer.done': ['{number} 已转交 {name}', '{number} handed over to {name}'],
  'transfer.and': ['转交给他人，接听这起', 'Hand it over and answer'],

  'handed.mark': ['转交给您', 'Handed to you'],
  'handed.text': ['同事转交给您的警情，正在等您接入。报警人看到“正在为您转接”。', 'A colleague handed this to you and it waits. The caller reads that he is being put through.'],
  'handed.take': ['接入', 'Take it'],
  'handed.waits': ['已转交 {name}，等待接入', 'Handed to {name}, not taken yet'],

  'leave.title': ['退出前请转交手上的警情', 'Hand over your incidents before you leave'],
  'leave.text': ['还有 {n} 起在您手上。逐一转交给在席位上的同事后才能退出。', '{n} still in your hands. Hand each to a colleague at a desk; then you can log out.'],
  'leave.empty': ['手上已经没有警情，可以退出。', 'Nothing is in your hands any more.'],
  'leave.go': ['退出登录', 'Log out'],
  'leave.stay': ['留下', 'Stay'],
} as const satisfies Words;
