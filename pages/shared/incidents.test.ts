import { describe, expect, it } from 'vitest';
import { IncidentBook, mergeCaller, mergeEntries, whole } from './incidents';
import type { Snapshot } from './messages';
import type { CallerView, EntryView, IncidentView, MeView } from './types';

function entry(seq: number): EntryView {
  const who = { id: 'w', role: 'DISPATCHER' as const, name: 'W' };
  return { seq, at: seq, device_at: null, who, what: 'message', data: { text: String(seq) }, hash: '' };
}

function incident(version: number, seqs: number[], more: Partial<IncidentView> = {}): IncidentView {
  return {
    id: 'i', version, raised_at: 1, log_length: Math.max(0, ...seqs), journaled: false,
    entries: seqs.map(entry), ...more,
  } as IncidentView;
}

function snapshot(incidents: IncidentView[]): Snapshot {
  return { type: 'snapshot', reason: 'first', me: {} as MeView, incidents, store: 'up', journaled: 0, disk_low: false, unreadable: [], at: 0, more: false };
}

const seqs = (entries: readonly EntryView[]): number[] => entries.map((one) => one.seq);

describe('mergeEntries', () => {
  it('appends what is new', () => {
    expect(seqs(mergeEntries([entry(1)], [entry(2), entry(3)]))).toEqual([1, 2, 3]);
  });
  it('is the same whatever comes twice or out of order', () => {
    expect(seqs(mergeEntries([entry(1), entry(3)], [entry(3), entry(2), entry(1)]))).toEqual([1, 2, 3]);
  });
  it('gives back the same array when there is nothing new to look at', () => {
    const known = [entry(1)];
    expect(mergeEntries(known, [])).toBe(known);
  });
});

describe('IncidentBook', () => {
  it('tells "nothing" from "not yet known"', () => {
    const book = new IncidentBook();
    expect(book.known).toBe(false);
    book.apply(snapshot([]));
    expect(book.known).toBe(true);
    expect(book.all()).toEqual([]);
  });
  it('keeps the higher version but every entry', () => {
    const book = new IncidentBook();
    book.put(incident(5, [1, 2]));
    book.put(incident(4, [3]));
    expect(book.get('i')?.version).toBe(5);
    expect(seqs(book.entries('i'))).toEqual([1, 2, 3]);
  });
  it('knows when entries are missing', () => {
    const book = new IncidentBook();
    book.put(incident(5, [5], { log_length: 5 }));
    expect(book.complete('i')).toBe(false);
    book.put(incident(5, [1, 2, 3, 4, 5]));
    expect(book.complete('i')).toBe(true);
    expect(whole([entry(1), entry(3)], 2)).toBe(false);
  });
  it('forgets everything at a snapshot', () => {
    const book = new IncidentBook();
    book.put(incident(9, [1]));
    book.apply(snapshot([incident(2, [], { id: 'j' })]));
    expect(book.get('i')).toBeUndefined();
    expect(book.get('j')?.version).toBe(2);
  });
  it('replaces a journaled report by the stored one, although its version starts again', () => {
    const book = new IncidentBook();
    book.put(incident(1, [1], { journaled: true }));
    book.put(incident(1, [1]));
    expect(book.get('i')?.journaled).toBe(false);
  });
  it('lets go of what this person may no longer see', () => {
    const book = new IncidentBook();
    book.put(incident(1, [1]));
    expect(book.apply({ type: 'gone', id: 'i' })).toBe(true);
    expect(book.apply({ type: 'gone', id: 'i' })).toBe(false);
  });
});

describe('mergeCaller', () => {
  const view = (version: number, of: number[]): CallerView =>
    ({ id: 'i', version, entries: of.map(entry) }) as CallerView;
  it('never goes back', () => {
    const merged = mergeCaller(view(4, [1, 2]), view(3, [1]));
    expect(merged.version).toBe(4);
    expect(seqs(merged.entries)).toEqual([1, 2]);
  });
  it('starts over with another incident', () => {
    const other = { ...view(1, [1]), id: 'j' };
    expect(mergeCaller(view(4, [1, 2]), other)).toBe(other);
  });
});
