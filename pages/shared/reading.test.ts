import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Api } from './api';
import { Fault } from './fault';
import { lastSaid, Reading } from './reading';
import type { EntryView } from './types';

const entry = (seq: number, what: string, role: string): EntryView => ({ seq, what, who: { role } }) as unknown as EntryView;
let visible = 'visible';

beforeEach(() => {
  vi.useFakeTimers();
  visible = 'visible';
  vi.stubGlobal('document', { get visibilityState() { return visible; } });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('finds the last thing that others said, not steps and not our own', () => {
  const mine = (one: EntryView): boolean => one.who.role === 'RESIDENT';
  const log = [entry(1, 'incident.raised', 'RESIDENT'), entry(2, 'message', 'DISPATCHER'), entry(3, 'upload', 'RESIDENT'),
    entry(4, 'station.depart', 'STATION_OFFICER')];
  expect(lastSaid(log, mine)).toBe(2);
  expect(lastSaid(log.slice(0, 1), mine)).toBe(0);
});

it('tells each thing once, many at a time, and nothing while nobody sees the page', async () => {
  const post = vi.fn(async () => ({}));
  const reading = new Reading({ post } as unknown as Api, '/my');
  reading.received(3);
  reading.read(2);
  reading.read(3);
  await vi.advanceTimersByTimeAsync(1000);
  expect(post.mock.calls).toEqual([['/my/read', { received: 3, read: 3 }]]);
  reading.read(3);
  visible = 'hidden';
  reading.received(5);
  reading.read(5);
  await vi.advanceTimersByTimeAsync(1000);
  expect(post.mock.calls.slice(1)).toEqual([['/my/read', { received: 5, read: 3 }]]);
});

it('tells it again when the network failed, and not when it was refused', async () => {
  const post = vi.fn(async () => ({}));
  post.mockRejectedValueOnce(new Fault({ code: 'network' }, true));
  const reading = new Reading({ post } as unknown as Api, '/my');
  reading.read(4);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(post).toHaveBeenCalledTimes(2);
  post.mockRejectedValue(new Fault({ code: 'forbidden', status: 403 }, false));
  reading.read(5);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(post).toHaveBeenCalledTimes(3);
});
