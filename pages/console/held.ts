/* Dialogs of the desk: shared/held.ts with Vue, and what follows for whoever was typing into one. */
import { computed, onBeforeUnmount, shallowRef, watch, type ComputedRef } from 'vue';

import { hold, stillHeld, type Held, type Right } from '../shared/held';
import { busy } from './acts';
import { rest } from './keys';
import { tell } from './tell';
import { t } from './words';

export interface Holding<T> {
  what: ComputedRef<T | null>;
  open: (what: T) => void;
  close: () => void;
}

/**
 * Something that may be open while the component is mounted; it closes itself with the right to it. Nobody
 * types into what is `quiet`: nothing is said then.
 */
export function held<T>(right: Right<T>, quiet = false): Holding<T> {
  const kept = shallowRef<Held<T> | null>(null);
  // At once: nothing may be pressed in between.
  watch(() => kept.value !== null && !stillHeld(kept.value, right), (over) => {
    if (!over) return;
    kept.value = null;
    // One's own act took the right away, as it should.
    if (quiet || busy.size) return;
    rest();
    tell('need', t('held.over'), t('held.over.do'));
  }, { flush: 'sync' });
  onBeforeUnmount(() => { if (kept.value && !quiet && !busy.size) rest(); });
  return {
    what: computed(() => kept.value?.what ?? null),
    open: (what) => { kept.value = hold(what, right); },
    close: () => { kept.value = null; },
  };
}
