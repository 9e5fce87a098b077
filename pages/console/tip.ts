/* How a report reached the desk, and what there is to read of the tip behind it. */
import type { TipEntryView, TipThread } from '../shared/tips';

const MARKS = { app: 'via.app', wechat: 'via.wechat', chat: 'via.chat', tip: 'via.tip' } as const;
export type Mark = (typeof MARKS)[keyof typeof MARKS];

/** The word for where it came from; empty for the page, which is the ordinary way. */
export function cameBy(via: string): Mark | '' {
  return via in MARKS ? MARKS[via as keyof typeof MARKS] : '';
}

const SAID = ['message', 'upload', 'position', 'tip.solved', 'tip.not_solved'];
const REPLIES = ['tip.asked', 'tip.answered', 'tip.closed', 'tip.rejected', 'tip.supplemented', 'tip.reopened', 'tip.handed_over'];

/** Whether the resident said this, as against an officer. */
export function told(entry: TipEntryView): boolean {
  return entry.who.role === 'RESIDENT';
}

/** What was said on either side, without the steps and looks between. */
export function lines(thread: TipThread): TipEntryView[] {
  return thread.entries.filter((one) => (told(one) ? SAID.includes(one.what) : REPLIES.includes(one.what) && Boolean(one.text || one.damaged)));
}

/** How much the resident has said: more of it later is news. */
export function sayings(thread: TipThread): number {
  return thread.entries.filter((one) => told(one) && SAID.includes(one.what)).length;
}

/** What came with the tip when it was handed over, without the resident's own lines, which stand below it. */
export function brought(words: string, thread: TipThread): string {
  const own = new Set(lines(thread).filter(told).flatMap((one) => (one.text ?? '').split('\n')));
  return words.split('\n').filter((line) => !own.has(line)).join('\n');
}
