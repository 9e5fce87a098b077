/*
 * What is being written and not sent, for each incident: kept while other cards are looked at and whatever
 * others change. In memory alone; it ends with the log-in of whoever wrote it.
 */
import { computed, shallowReactive, type WritableComputedRef } from 'vue';

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
const drafts = shallowReactive(new Map<string, Draft>());
let owner = '';

export function draft<K extends keyof Draft>(incident: () => string, part: K): WritableComputedRef<Draft[K]> {
  return computed({
    get: () => (drafts.get(incident()) ?? NOTHING)[part],
    set: (value) => {
      const next = { ...(drafts.get(incident()) ?? NOTHING), [part]: value };
      const empty = (Object.keys(NOTHING) as Array<keyof Draft>).every((one) => next[one] === NOTHING[one]);
      if (empty) drafts.delete(incident());
      else drafts.set(incident(), next);
    },
  });
}

/** What somebody else was writing is not shown to this person. */
export function keepDraftsOf(person: string): void {
  if (owner !== person) drafts.clear();
  owner = person;
}
