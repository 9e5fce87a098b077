/* How a tip stands, in words and colours; nothing here is computed that the server does not say. */

import { now } from '../shared/clock';
import { say, type Pair } from '../shared/i18n';
import type { TipEntryView, TipNext, TipSending, TipTold, TipView } from '../shared/tips';

export type Tone = 'danger' | 'need' | 'hand' | 'well' | 'over';

export const NEXT: Record<TipNext, Pair> = {
  take: ['待认领', 'To be taken'],
  answer: ['待答复', 'To be answered'],
  wait: ['等居民回复', 'Waiting for the resident'],
  close: ['可以结案', 'Can be closed'],
  '110': ['110 处理中', 'With 110'],
  over: ['已结束', 'Over'],
};

/** What the officer does next, as a sentence. */
export const ADVICE: Record<TipNext, Pair> = {
  take: ['还没有人认领。认领后由您答复居民。', 'Nobody has it yet. Take it, and the answer is yours.'],
  answer: ['居民在等您答复。', 'The resident waits for your answer.'],
  wait: ['已追问，等居民回复。', 'You asked back; the resident has to answer.'],
  close: ['已答复。事情办完就可以结案，居民仍可以说没有解决。', 'Answered. Close it when the matter is done; the resident can still say it is not.'],
  '110': ['已转 110，由指挥中心处理，这里不能再答复。', '110 has it now; it cannot be answered here.'],
  over: ['已结束。居民说没有解决会自动重新打开，您也可以补充或重新打开。', 'Over. It opens again by itself if the resident says it is not solved; you can add to it or open it again.'],
};

export function tone(tip: TipView, at = now()): Tone {
  if (tip.next === 'over') return 'over';
  if (tip.next === '110') return 'hand';
  if (overdue(tip, at)) return 'danger';
  if (tip.next === 'take' || tip.next === 'answer') return 'need';
  if (tip.next === 'close') return undelivered(tip) ? 'need' : 'well';
  return 'hand';
}

/** Whether the resident should have been answered by now. */
export function overdue(tip: TipView, at = now()): boolean {
  return tip.due_at !== null && at > tip.due_at;
}

/** How long there is to answer, or how long that is over: 还剩 2 小时, 已超 3 小时; empty when nobody waits. */
export function due(tip: TipView, at = now()): string {
  if (tip.due_at === null) return '';
  if (overdue(tip, at)) return say(['已超 {t}', 'Overdue by {t}'], { t: span(at - tip.due_at) });
  return say(['还剩 {t}', '{t} left'], { t: span(tip.due_at - at) });
}

const TOLD: Record<TipTold, Pair | null> = {
  '': null,
  SENT: null,
  WAITING: ['答复还没送到', 'Reply not delivered yet'],
  FAILED: ['答复没有送达', 'Reply was not delivered'],
  UNKNOWN: ['不知答复是否送达', 'Reply may not have arrived'],
  NOBODY: ['居民已注销，收不到答复', 'The resident withdrew and gets no reply'],
};

/** Why what was answered is no reason to be calm; empty when it arrived, or nothing was answered. */
export function undelivered(tip: TipView): string {
  const words = tip.next === 'close' || tip.next === 'wait' || tip.next === 'over' ? TOLD[tip.told] : null;
  return words ? say(words) : '';
}

/** What the officer does next. An answer that did not arrive is no answer yet. */
export function advice(tip: TipView): string {
  const not = undelivered(tip);
  if (tip.next === 'close' && not) {
    return tip.told === 'NOBODY' ? say(['{not}。事情办完就可以结案。', '{not}. Close it when the matter is done.'], { not })
      : say(['{not}：居民还不知道。送到以后再结案，急的话打电话或上门。', '{not}: the resident does not know. Close it when it has arrived; if it cannot wait, call or go there.'], { not });
  }
  return say(ADVICE[tip.next]);
}

/** A name without the station it begins with, where the station is known anyway. */
export function short(name: string, station: string | null): string {
  return station && name.startsWith(station + ' ') ? name.slice(station.length + 1) : name;
}

/** A span without seconds, as long waits are said: 5 分钟, 3 小时, 2 天. */
export function span(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 60) return say(['{n} 分钟', '{n} min'], { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return say(['{n} 小时', '{n} h'], { n: hours });
  return say(['{n} 天', '{n} d'], { n: Math.floor(hours / 24) });
}

/** A share of a whole as a percentage that is 0 or 100 only when it is all or nothing. */
export function percent(part: number, whole: number): number {
  if (!whole || !part) return 0;
  if (part >= whole) return 100;
  return Math.min(99, Math.max(1, Math.round((part / whole) * 100)));
}

/** How the message that tells of a line is getting on; null when the line tells nobody. ``waits``: it is
 * the last reply, and the server says that it has yet to be delivered. */
export function fate(entry: TipEntryView, sending: readonly TipSending[], waits = false): { tone: Tone; words: string } | null {
  const message = sending.find((one) => one.seq === entry.seq);
  // Written, and nobody has begun to send it: whoever sends may be away.
  if (!message) return waits ? { tone: 'need', words: say(['还没有开始发送', 'Not being sent yet']) } : null;
  if (message.state === 'SENT') return { tone: 'well', words: say(['已发到微信', 'Sent in WeChat']) };
  if (message.state === 'FAILED') {
    return message.reason === 'unknown'
      ? { tone: 'need', words: say(['微信没有回应，不知是否送达', 'WeChat gave no answer: it may have arrived']) }
      : { tone: 'danger', words: say(['没有送达', 'Not delivered']) };
  }
  if (message.reason === 'no_credit') {
    return {
      tone: 'need',
      words: say(['等待：居民 48 小时内没有来信，微信不让发。居民一来信就送到', 'Waiting: WeChat lets us write only after the resident did. It goes out as soon as he writes']),
    };
  }
  if (message.reason === 'unreachable') {
    return { tone: 'need', words: say(['等待：居民已取消关注', 'Waiting: the resident no longer follows the account']) };
  }
  if (message.reason === 'quota') return { tone: 'need', words: say(['等待：今天的发送额度已用完', 'Waiting: today\'s quota is used up']) };
  return { tone: 'hand', words: say(['正在发送', 'Being sent']) };
}
