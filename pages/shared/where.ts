/*
 * Where to go, and how much a position is worth, for every face. Where it happens goes before where the
 * caller is; the two are never mixed: whoever asks for one of them asks for it by name.
 */

import type { EntryView, IncidentView, LocatedView, PositionView } from './types';

type Placed = Pick<IncidentView, 'place' | 'place_located' | 'position' | 'located'>;

/** Older than this a position is shown as old (domain/track.py). */
export const STALE_MS = 120_000;

/** Where it happens when that was marked, else where the caller is. */
export function where(it: Placed): PositionView | null {
  return it.place || it.position;
}

/** Who answers for the place that `where` names, and what it is called. */
export function whereLocated(it: Placed): LocatedView | null {
  return it.place ? it.place_located : it.located;
}

/** When the position was last known to be true: the page says every half minute that nobody has moved. */
export function knownAt(it: Pick<IncidentView, 'position' | 'confirmed_at'>): number {
  const { position } = it;
  if (!position) return 0;
  // What was old when it came nobody can confirm: the phone has not looked since.
  const fresh = Math.abs(position.received_at - position.taken_at) < STALE_MS;
  return fresh ? Math.max(position.taken_at, it.confirmed_at || 0) : position.taken_at;
}

/** Whether the caller's position is old. A clock that was set back does not make it new. */
export function isStale(it: Pick<IncidentView, 'position' | 'confirmed_at'>, now: number): boolean {
  return it.position !== null && Math.abs(now - knownAt(it)) >= STALE_MS;
}

/** Whether a position entry of the log is one that was shown; all were before there was a rule. */
export function wasShown(entry: EntryView): boolean {
  return entry.what === 'position' && entry.data.shown !== false;
}
