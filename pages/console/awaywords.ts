/* What the desk says of calls beside the one that is talked in. */
import type { Words } from '../shared/i18n';

export const away = {
  'live.on': ['通话中', 'In call'],
  'live.open': ['回到这起', 'Show it'],
  'live.none': ['没有在通话', 'Not in a call'],
  'live.label': ['我的通话', 'My calls'],

  'away.mark': ['暂离 {time}', 'Away {time}'],
  'away.mark.long': ['暂离过久 {time}', 'Away too long: {time}'],
  'away.mark.by': ['{name} 暂离 {time}', '{name} away {time}'],
  'away.own': ['您已暂离 {time}', 'You have been away for {time}'],
  'away.own.text': [
    '报警人看到并听到您在接另一起，文字能送达。',
    'The caller sees and hears that you took another call; texts arrive.',
  ],
  'away.own.with': ['{names} 在与报警人通话。', '{names} is talking with the caller.'],
  'away.other': ['{name} 暂离 {time}，在接另一起', '{name} has been away for {time}, in another call'],
  'away.other.text': ['任何席位都可以接管。', 'Any desk may take over.'],
  'away.back': ['返回通话', 'Back to this call'],
  'away.back.leaves': ['返回通话（当前通话暂离）', 'Back to this call (away in the present one)'],
  'away.count': ['{n} 起暂离', '{n} away'],

  'another.title': ['您正在通话', 'You are in a call'],
  'another.now': ['正在通话：{number} {kind}', 'In call: {number} {kind}'],
  'another.next': ['要接听：{number} {kind}', 'To answer: {number} {kind}'],
  'another.hold': ['暂离当前通话，接听这起', 'Leave the call for a while and answer'],
  'another.hold.text': [
    '报警人会看到并听到：“接警员正在接另一起，请稍候；您的文字能看到”。这起仍在您手上，随时可以返回。',
    'The caller sees and hears that you took another call and that texts are read. It stays yours; go back at any time.',
  ],
  'another.hold.with': ['{names} 会继续与报警人通话。', '{names} goes on talking with the caller.'],
  'another.stay': ['留在当前通话', 'Stay in this call'],

  'loss.taken': ['{name} 已接管 {number}', '{name} took over {number}'],
  'loss.taken.text': ['您在这起的通话已结束，已写的文字还在输入框里。', 'Your call there has ended; what you were writing is still in its box.'],
  'loss.look': ['打开看', 'Look'],

  'draft.kind': ['类别没有存上', 'The category was not saved'],
  'draft.kind.again': ['再存一次', 'Save it again'],

  'keys.return': ['回到我的通话', 'Back to my call'],
} as const satisfies Words;
