/* What became of a line that police wrote: in words, for the desk and the station. */

import { translator } from './i18n';
import type { ChatLineView, EntryView, IncidentView } from './types';

const t = translator({
  read: ['报警人已读', 'Read by the caller'],
  received: ['已到报警人手机', "On the caller's phone"],
  coming: ['正在送达', 'On its way'],
  closed_page: ['报警人没有打开页面，打开后送达', 'Waits until the caller opens the page'],
  chat: ['正在发到微信', 'On its way to WeChat'],
  silent: ['静音报警，不发到微信', 'Silent: not sent to WeChat'],
  SENT: ['已发到微信', 'Sent to WeChat'],
  no_credit: ['微信未送达：等报警人再发消息', 'Waits in WeChat until the caller writes again'],
  unreachable: ['微信送不到：报警人已取消关注', 'WeChat cannot reach the caller, who unfollowed'],
  quota: ['微信限额，稍后自动再发', 'WeChat quota: sent again later'],
  waiting: ['微信未送达，稍后自动再发', 'Not in WeChat yet: tried again'],
  REFUSED: ['微信拒收，没有送到', 'Refused by WeChat: not delivered'],
  UNKNOWN: ['不能确定微信是否送到', 'Not known whether WeChat delivered it'],
  desk: ['指挥台已读', 'Read at the desk'],
  station: ['派出所已读', 'Read at the station'],
});

export interface Reach {
  /** well: it arrived · wait: not yet · bad: it does not, write or call in another way */
  tone: 'well' | 'wait' | 'bad';
  words: string;
}

function inChat(line: ChatLineView | undefined, silent: boolean): Reach {
  if (!line) return silent ? { tone: 'bad', words: t('silent') } : { tone: 'wait', words: t('chat') };
  if (line.state === 'SENT') return { tone: 'well', words: t('SENT') };
  if (line.state === 'WAITING') {
    const { reason } = line;
    if (reason === 'unreachable') return { tone: 'bad', words: t('unreachable') };
    return { tone: 'wait', words: t(reason === 'no_credit' || reason === 'quota' ? reason : 'waiting') };
  }
  return { tone: 'bad', words: t(line.state) };
}

/** Null for what nobody waits for: what the caller said, steps, and lines the caller never sees. */
export function reach(it: IncidentView, entry: EntryView): Reach | null {
  if (entry.who.role === 'RESIDENT' || (entry.what !== 'message' && entry.what !== 'upload')) return null;
  const station = entry.who.role === 'STATION_OFFICER';
  const others = it.marks.filter(({ side }) => side !== 'caller' && (side === 'desk') === station);
  const also = others.some((one) => one.read >= entry.seq) ? ' · ' + t(station ? 'desk' : 'station') : '';
  if (it.via === 'tip') return also ? { tone: 'well', words: also.slice(3) } : null;
  const caller = it.marks.find(({ side }) => side === 'caller');
  const found: Reach = caller && caller.read >= entry.seq ? { tone: 'well', words: t('read') }
    : caller && caller.received >= entry.seq ? { tone: 'well', words: t('received') }
      : it.via === 'chat' && entry.what === 'message' && !it.present ? inChat(it.chat.find(({ seq }) => seq === entry.seq), it.silent)
        : { tone: 'wait', words: t(it.present ? 'coming' : 'closed_page') };
  return { ...found, words: found.words + also };
}
