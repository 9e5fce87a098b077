import { afterEach, expect, it } from 'vitest';
import { setLanguage } from './i18n';
import { foldReconnects, unfolded } from './reconnects';
import { sentence } from './sentences';
import type { EntryView } from './types';

let seq = 0;
function entry(what: string, data: Record<string, unknown> = {}): EntryView {
  seq += 1;
  return { seq, at: seq, device_at: null, who: { id: 'system', role: 'ADMIN', name: '系统' }, what, data, hash: '' };
}
const joined = (participant: string, role = 'STATION', name = participant): EntryView => entry('participant.joined', { participant, role, name });
const left = (participant: string, role = 'STATION'): EntryView => entry('participant.left', { participant, role, cause: 'media_lost' });
const admitted = (participant: string): EntryView => entry('participant.admitted', { participant });
const shown = (log: EntryView[]): Array<[string, number]> => foldReconnects(unfolded(log)).map((one) => [one.entry.what, one.drops]);
afterEach(() => setLanguage('zh-CN'));

it('drops and returns are one line, the last, with how often', () => {
  const log = [joined('li'), left('li'), admitted('li'), joined('li'), left('li'), joined('li'), left('li'), joined('li')];
  expect(shown(log)).toEqual([['participant.joined', 0], ['participant.joined', 3]]);
  const [, last] = foldReconnects(unfolded(log));
  expect(last!.entry.seq).toBe(log.at(-1)!.seq);
  expect(sentence(last!.entry, last!.drops)).toBe('li 断开 3 次，已接回');
  setLanguage('en');
  expect(sentence(last!.entry, last!.drops)).toBe('li dropped 3 times and is back');
});

it('who has dropped and is not back is shown so', () => {
  expect(shown([joined('li'), left('li'), joined('li'), left('li')]))
    .toEqual([['participant.joined', 0], ['participant.joined', 1], ['participant.left', 0]]);
});

it('two who drop at once are two lines, and recordings stay', () => {
  expect(shown([joined('li'), joined('c1', 'CALLER'), left('li'), entry('recording.sealed'), left('c1', 'CALLER'), joined('li'), joined('c2', 'CALLER')]))
    .toEqual([['participant.joined', 0], ['participant.joined', 0], ['recording.sealed', 0], ['participant.joined', 1], ['participant.joined', 1]]);
});

it('what was said in between begins a new line: the order is the log\'s', () => {
  expect(shown([joined('li'), left('li'), joined('li'), entry('message', { text: 'x' }), left('li'), joined('li')]))
    .toEqual([['participant.joined', 0], ['participant.joined', 1], ['message', 0], ['participant.joined', 1]]);
  expect(shown([joined('li'), left('li'), entry('message', { text: 'x' }), joined('li')]))
    .toEqual([['participant.joined', 0], ['participant.left', 0], ['message', 0], ['participant.joined', 0]]);
});

it('a long log stays a short one on screen', () => {
  const log = [joined('li')];
  for (let turn = 0; turn < 400; turn++) log.push(left('li'), admitted('li'), joined('li'));
  expect(shown(log)).toEqual([['participant.joined', 0], ['participant.joined', 400]]);
});
