/*
 * Reconnects on screen: somebody who drops and comes back again and again is one line, the last, with how
 * often. The sealed log keeps every entry; what was said or done in between begins a new line.
 */

import type { EntryView } from './types';

export interface Folded {
  entry: EntryView;
  times: number;
  /** So often the participant dropped and came back, one after the other. */
  drops: number;
}

/** Of these nobody sees that a line moved past them. */
const PASSING = /^(participant|recording|call\.placed)/;

/** The caller is another participant in each call, but one person. */
function person({ data }: EntryView): string {
  return data.role === 'CALLER' ? 'CALLER' : String(data.participant);
}

export function foldReconnects(entries: readonly Folded[]): Folded[] {
  const out: Folded[] = [];
  let began = 0;
  /** The last line of this kind since something else was said. */
  const find = (what: string, who: string): Folded | undefined =>
    out.slice(began).reverse().find(({ entry }) => entry.what === what && person(entry) === who);
  for (const one of entries) {
    const { entry } = one;
    if (!PASSING.test(entry.what)) began = out.length + 1;
    const left = entry.what === 'participant.joined' ? find('participant.left', person(entry)) : undefined;
    if (!left) {
      out.push(one);
      continue;
    }
    const at = out.indexOf(left);
    // The line it was back in before, when it comes after everything but this drop.
    const before = out.slice(began).find((line) => line.drops > 0 && person(line.entry) === person(entry));
    const gone = (line: Folded, index: number): boolean => line === left || line === before
      || (index > at && line.entry.what === 'participant.admitted' && person(line.entry) === person(entry));
    const kept = out.filter((line, index) => !gone(line, index));
    out.splice(0, out.length, ...kept, { entry, times: 1, drops: (before ? before.drops : 0) + 1 });
  }
  return out;
}

export function unfolded(entries: readonly EntryView[]): Folded[] {
  return entries.map((entry) => ({ entry, times: 1, drops: 0 }));
}
