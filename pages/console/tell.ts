/* Short notes at the foot of the page: what happened, what is safe, what to try. */
import { reactive } from 'vue';

import { asFault, type Fault } from '../shared/fault';
import { desk } from './desk';
import { t, type Word } from './words';

export interface Note { id: number; tone: 'well' | 'need' | 'danger'; what: string; then: string }

const SHOWN_MS = { well: 3500, need: 9000, danger: 12000 };

export const notes = reactive<Note[]>([]);
let last = 0;

export function dismiss(id: number): void {
  const at = notes.findIndex((note) => note.id === id);
  if (at >= 0) notes.splice(at, 1);
}

export function tell(tone: Note['tone'], what: string, then = ''): void {
  const same = notes.find((note) => note.what === what);
  if (same) dismiss(same.id);
  const id = ++last;
  notes.push({ id, tone, what, then });
  if (notes.length > 3) notes.shift();
  window.setTimeout(() => dismiss(id), SHOWN_MS[tone]);
}

export const ADVICE: Record<string, Word> = {
  wrong_state: 'trouble.wrong_state.do',
  conflict: 'trouble.wrong_state.do',
  store_down: 'trouble.store_down.do',
  no_media: 'trouble.no_media.do',
  forbidden: 'trouble.forbidden.do',
  too_many: 'trouble.too_many.do',
  proof_needed: 'proof.not_given',
};

/** What to try after a fault, in one sentence. */
export function advice(fault: Fault): string {
  if (fault.network) return t('trouble.network.do');
  // Nobody is sent to himself.
  if (fault.code === 'forbidden' && desk.me?.role === 'SUPERVISOR') return t('trouble.forbidden.supervisor');
  const known = ADVICE[fault.code];
  return known ? t(known) : t('trouble.other.do', { code: fault.code });
}

/** Says what went wrong with a step somebody took. */
export function tellFault(error: unknown): void {
  const fault = asFault(error);
  if (fault.code === 'taken') {
    tell('need', t('trouble.taken', { name: String(fault.facts.name ?? '') }), t('trouble.taken.do'));
  } else if (fault.network) {
    tell('danger', t('trouble.network'), t('trouble.network.do'));
  } else {
    tell('danger', fault.words, advice(fault));
  }
}
