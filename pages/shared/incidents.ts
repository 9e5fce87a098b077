/*
 * What a screen knows: incidents by their highest version, and each one's log by `seq`.
 *
 *   const book = new IncidentBook();
 *   live.on('message', (message) => { if (book.apply(message)) draw(); });
 *   if (!book.complete(id)) book.put(await api.get('/incidents/' + id));    before its thread is shown
 *
 * Messages of the live feed may come twice, late or out of order; the book ends up the same.
 */

import type { LiveNews } from './live';
import type { CallerView, EntryView, IncidentView, MeView } from './types';

/** Both logs as one, by `seq`; an entry never changes once written, so either copy will do. */
export function mergeEntries(known: readonly EntryView[], fresh: readonly EntryView[]): EntryView[] {
  if (!fresh.length) return known as EntryView[];
  const last = known.length ? known[known.length - 1].seq : 0;
  const inOrder = fresh.every((one, i) => one.seq > (i ? fresh[i - 1].seq : last));
  if (inOrder) return known.concat(fresh);
  const bySeq = new Map<number, EntryView>();
  for (const one of known) bySeq.set(one.seq, one);
  for (const one of fresh) bySeq.set(one.seq, one);
  return Array.from(bySeq.values()).sort((a, b) => a.seq - b.seq);
}

/** Whether entries 1 to `length` are all there. */
export function whole(entries: readonly EntryView[], length: number): boolean {
  return entries.length >= length && (!length || entries[length - 1].seq === length);
}

/** The newer of two views of the caller's incident. The caller sees a selection: no gap is a loss. */
export function mergeCaller(known: CallerView | null, fresh: CallerView): CallerView {
  if (!known || known.id !== fresh.id) return fresh;
  const entries = mergeEntries(known.entries, fresh.entries);
  return { ...(fresh.version >= known.version ? fresh : known), entries };
}

export class IncidentBook {
  me: MeView | null = null;
  store = 'up';
  journaled = 0;
  diskLow = false;
  unreadable: readonly string[] = [];
  /** False until the first snapshot: the difference between "nothing" and "not yet known". */
  known = false;

  private readonly incidents = new Map<string, IncidentView>();
  private readonly logs = new Map<string, EntryView[]>();

  /** Takes a message of the live feed; true when something shown may have changed. */
  apply(message: LiveNews): boolean {
    switch (message.type) {
      case 'snapshot':
        this.incidents.clear();
        this.logs.clear();
        for (const one of message.incidents) this.put(one);
        this.me = message.me;
        this.store = message.store;
        this.journaled = message.journaled;
        this.diskLow = message.disk_low;
        this.unreadable = message.unreadable ?? []; // not of a server that is a version older
        this.known = true;
        return true;
      case 'incident':
        return this.put(message.incident);
      case 'presence': {
        const known = this.incidents.get(message.id);
        if (!known) return false;
        const { present, confirmed_at } = message;
        this.incidents.set(message.id, { ...known, present, confirmed_at });
        return true;
      }
      case 'gone':
        this.logs.delete(message.id);
        return this.incidents.delete(message.id);
      case 'store':
        this.store = message.state;
        this.journaled = message.journaled;
        this.diskLow = message.disk_low;
        this.unreadable = message.unreadable ?? []; // not of a server that is a version older
        return true;
      default:
        return false;
    }
  }

  /** Takes an incident from anywhere (feed, GET, answer to a POST). */
  put(fresh: IncidentView): boolean {
    const known = this.incidents.get(fresh.id);
    const log = this.logs.get(fresh.id) || [];
    const merged = mergeEntries(log, fresh.entries);
    if (merged !== log) this.logs.set(fresh.id, merged);
    // A report replayed from the journal starts again at version 1 and is newer than the journaled one.
    const newer = !known || fresh.version > known.version || (known.journaled && !fresh.journaled);
    if (newer) this.incidents.set(fresh.id, fresh);
    return newer || merged !== log;
  }

  get(id: string): IncidentView | undefined {
    return this.incidents.get(id);
  }

  /** Newest first. */
  all(): IncidentView[] {
    return Array.from(this.incidents.values()).sort((a, b) => b.raised_at - a.raised_at);
  }

  entries(id: string): readonly EntryView[] {
    return this.logs.get(id) || [];
  }

  /** Whether the whole log of an incident is here; if not, GET it before showing its thread. */
  complete(id: string): boolean {
    const incident = this.incidents.get(id);
    return incident !== undefined && whole(this.entries(id), incident.log_length);
  }
}
