import { expect, test } from 'vitest';

import type { EntryView } from '../shared/types';
import { fold, readable } from './fold';

function entry(seq: number, what: string, who = 'a'): EntryView {
  return { seq, at: seq, device_at: null, who: { id: who, role: 'DISPATCHER', name: who }, what, data: {}, hash: '' };
}

test('runs of positions and of one person looking become one; everything else stays', () => {
  const log = [entry(1, 'incident.raised'), entry(2, 'position'), entry(3, 'position', 'b'), entry(4, 'message'),
    entry(5, 'message'), entry(6, 'incident.opened'), entry(7, 'incident.opened'), entry(8, 'incident.opened', 'b')];
  expect(fold(log).map((one) => [one.entry.seq, one.times])).toEqual([[1, 1], [3, 2], [4, 1], [5, 1], [7, 2], [8, 1]]);
  expect(fold([])).toEqual([]);
});

test('the desk does not read its own looks, nor what is said twice', () => {
  const log = [entry(1, 'incident.raised'), entry(2, 'call.placed'), entry(3, 'incident.opened'), entry(4, 'file.opened', 'b')];
  expect(readable(log, 'a').map((one) => one.seq)).toEqual([1, 4]);
});
