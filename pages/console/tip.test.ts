import { expect, test } from 'vitest';

import type { TipEntryView, TipThread } from '../shared/tips';
import { brought, cameBy, lines, sayings } from './tip';

function entry(seq: number, what: string, some: Partial<TipEntryView> = {}): TipEntryView {
  return {
    seq, at: 300_000, who: { id: 'teller', role: 'RESIDENT', name: '线索提供人' }, what,
    text: null, data: {}, hash: '', damaged: false, ...some,
  };
}

const OFFICER = { id: 'wang', role: 'COMMUNITY_OFFICER', name: '王警官' } as const;

function thread(entries: TipEntryView[]): TipThread {
  return { tip: {} as TipThread['tip'], named: '', entries, sending: [], followed: null };
}

const TOLD = thread([
  entry(1, 'tip.submitted'),
  entry(2, 'message', { text: '三号楼后面\n有人在拆车' }),
  entry(3, 'upload', { data: { file: 'f1', kind: 'picture' } }),
  entry(4, 'tip.assigned', { who: { id: 'system', role: 'ADMIN', name: '' } }),
  entry(5, 'tip.taken', { who: OFFICER }),
  entry(6, 'tip.asked', { who: OFFICER, text: '几个人？' }),
  entry(7, 'message', { text: null, damaged: true }),
  entry(8, 'tip.handed_over', { who: OFFICER }),
  entry(9, 'tip.became_incident', { who: OFFICER }),
  entry(10, 'position', { data: { lon: 121.1, lat: 41.1 } }),
  entry(11, 'tip.opened', { who: OFFICER }),
]);

test('where a report came from is marked, the ordinary page is not', () => {
  expect(['web', 'wechat', 'chat', 'tip', 'later'].map(cameBy)).toEqual(['', 'via.wechat', 'via.chat', 'via.tip', '']);
});

test('what was said is read, not who looked', () => {
  expect(lines(TOLD).map((one) => one.seq)).toEqual([2, 3, 6, 7, 10]);
  expect(sayings(TOLD)).toBe(4);
});

test('what came with the tip is not read twice', () => {
  const words = '线索 T-1，由王警官转来。\n民警：正在发生\n三号楼后面\n有人在拆车';
  expect(brought(words, TOLD)).toBe('线索 T-1，由王警官转来。\n民警：正在发生');
  expect(brought(words, thread([]))).toBe(words);
});
