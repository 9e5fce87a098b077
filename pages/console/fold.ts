/* Entries that only say "again" are drawn as one: position updates, looks, reconnects that follow each other. */
import { foldReconnects, type Folded } from '../shared/reconnects';
import type { EntryView } from '../shared/types';

export type { Folded };

/** Said already by another entry of the same moment, or of interest to an auditor only. */
const SAID_ELSEWHERE = ['participant.invited', 'call.placed'];

/** The log as the desk reads it: without its own looks. The sealed log shows every entry. */
export function readable(entries: readonly EntryView[], me: string): EntryView[] {
  return entries.filter((one) => !SAID_ELSEWHERE.includes(one.what)
    && !(one.what.endsWith('.opened') && one.who.id === me));
}

const FOLDABLE = ['position', 'incident.opened', 'file.opened'];

/** The last of each run stands for it, with how many there were. The order is that of the log. */
export function fold(entries: readonly EntryView[]): Folded[] {
  const out: Folded[] = [];
  for (const entry of entries) {
    const last = out.at(-1);
    const same = last && last.entry.what === entry.what && FOLDABLE.includes(entry.what)
      && (entry.what === 'position' || last.entry.who.id === entry.who.id);
    if (same) {
      // Of positions the last that was shown stands for them: the others were received, and not believed.
      if (entry.data.shown !== false || last.entry.data.shown === false) last.entry = entry;
      last.times += 1;
    } else {
      out.push({ entry, times: 1, drops: 0 });
    }
  }
  return foldReconnects(out);
}
