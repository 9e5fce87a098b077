/*
 * How long a caller is left with a promise: from then on, and at once when nobody can answer, the page says
 * to phone 110 before anything else. A silent page says it in grey, and its call needs two taps.
 */

export const PATIENCE_MS = 20000;
const TWICE_MS = 5000;

/** What is away while somebody waits. */
export interface Away { store: boolean; desks: boolean }

/** Why to phone 110 now; null while there is no reason. */
export type Urge = 'urge_store' | 'urge_desks' | 'urge_late' | null;

export function urge(waited: number, away: Away): Urge {
  if (away.store) return 'urge_store';
  if (away.desks) return 'urge_desks';
  return waited >= PATIENCE_MS ? 'urge_late' : null;
}

/** For the link of a page that must stay quiet: only a second tap within five seconds dials. */
export class TwoTaps {
  private at = -Infinity;

  /** Whether this tap dials; else the next one does. */
  tap(event: { preventDefault(): void }, now = Date.now()): boolean {
    const second = now - this.at < TWICE_MS;
    this.at = second ? -Infinity : now;
    if (!second) event.preventDefault();
    return second;
  }
}
