/*
 * What is being written and not sent, for each incident: kept while other cards are looked at, whatever others
 * change, over a reload and another log-in. Of each person apart, and gone with the tab: many sit at one desk.
 */
import { computed, shallowRef, triggerRef, type WritableComputedRef } from 'vue';

import { tabDrafts } from '../shared/drafts';
import type { Disposition, Kind } from '../shared/types';

export interface Draft {
  text: string;
  /** Of the text as it is: sent again after a lost answer it is one line. */
  key: string;
  note: string;
  /** Chosen, and not saved. */
  kind: Kind | '';
  /** Belongs to the incident in one dispatcher's hands: what `inHand` says (shared/held.ts). */
  closing: { right: string; disposition: Disposition | ''; words: string } | null;
}

const NOTHING: Draft = { text: '', key: '', note: '', kind: '', closing: null };
const drafts = shallowRef(tabDrafts());
drafts.value.on(() => triggerRef(drafts));

export function draft<K extends keyof Draft>(incident: () => string, part: K): WritableComputedRef<Draft[K]> {
  const now = (): Draft => ({ ...NOTHING, ...drafts.value.get<Draft>(nameOf(incident())) });
  return computed({
    get: () => now()[part],
    set: (value) => {
      const next = { ...now(), [part]: value };
      const empty = (Object.keys(NOTHING) as Array<keyof Draft>).every((one) => next[one] === NOTHING[one]);
      drafts.value.put(nameOf(incident()), empty ? null : next);
    },
  });
}

/** Whose are shown from now on; empty: nobody's. */
export function keepDraftsOf(person: string): void {
  drafts.value.open(person);
}

function nameOf(incident: string): string {
  return 'incident/' + incident;
}
