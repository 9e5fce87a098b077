/* An incident of mine is in somebody else's hands now, and I did not give it: said loudly, and until it is read. */
import { reactive, watch } from 'vue';

import type { IncidentView } from '../shared/types';
import { desk, get, incidents } from './desk';
import { isOpen } from './queue';
import { takenTone } from './ring';

export interface Loss { id: string; number: string; name: string; at: number }

const MOST = 5;
export const losses = reactive<Loss[]>([]);
const given = new Set<string>();

/** One's own hand-over is no loss. */
export function give(id: string): () => void {
  given.add(id);
  return () => void given.delete(id);
}

export function dismissLoss(id: string): void {
  const at = losses.findIndex((one) => one.id === id);
  if (at >= 0) losses.splice(at, 1);
}

/** Those of `before` that another dispatcher has now. */
export function lost(before: Iterable<string>, find: (id: string) => IncidentView | undefined, me: string): IncidentView[] {
  return Array.from(before, find).filter((it): it is IncidentView =>
    it !== undefined && isOpen(it) && it.dispatcher !== null && it.dispatcher !== me);
}

/** Compares at each change what is mine with what was. */
export function watchLosses(): void {
  let mine = new Set<string>();
  let me = '';
  watch(incidents, (all) => {
    const now = desk.me?.id ?? '';
    if (now && now === me) {
      const gone = lost(mine, get, me).filter((it) => !given.has(it.id));
      for (const it of gone) {
        dismissLoss(it.id);
        losses.push({ id: it.id, number: it.number, name: it.dispatcher_name, at: Date.now() });
        if (losses.length > MOST) losses.shift();
      }
      if (gone.length) takenTone();
    }
    me = now;
    mine = new Set(all.filter((it) => isOpen(it) && it.dispatcher === me).map((it) => it.id));
    for (const one of losses.slice()) if (mine.has(one.id)) dismissLoss(one.id);
  }, { immediate: true });
  watch(() => desk.phase, (phase) => { if (phase === 'login') losses.splice(0); });
}
