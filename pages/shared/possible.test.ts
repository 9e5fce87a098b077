import { expect, test } from 'vitest';

import { maybe, possibleAreas, whereWords } from './possible';
import { setLanguage } from './i18n';
import type { AreaShareView, LocatedView } from './types';

const area = (level: AreaShareView['level'], name: string, share: number): AreaShareView => ({ level, id: name, name, share });

test('what is not sure is said with its shares', () => {
  expect(maybe([{ name: 'A', share: 0.52 }, { name: 'B', share: 0.41 }, { name: 'C', share: 0.01 }])).toMatch(/A 52% \/ B 41%$/);
});

test('what is sure needs no shares', () => {
  expect(maybe([{ name: 'A', share: 0.8 }, { name: 'B', share: 0.2 }])).toBe('');
  expect(maybe([])).toBe('');
  expect(possibleAreas(undefined)).toBe('');
});

test('grids are said only where the community is sure', () => {
  const grids = [area('GRID', 'g1', 0.5), area('GRID', 'g2', 0.4)];
  expect(possibleAreas([area('BUREAU', 'b', 1), area('COMMUNITY', 'c', 0.9), ...grids])).toMatch(/g1 50% \/ g2 40%$/);
  expect(possibleAreas([area('COMMUNITY', 'c', 0.6), area('COMMUNITY', 'd', 0.3)])).toMatch(/c 60% \/ d 30%$/);
});

test('the place in words names stations only when one is sure', () => {
  const located = {
    place: '西区分局一带',
    candidates: [{ station: '1', name: '一所', bureau: '', share: 0.6, distance: 0 }, { station: '2', name: '二所', bureau: '', share: 0.4, distance: 5 }],
  } as unknown as LocatedView;
  expect(whereWords(located)).toMatch(/^西区分局一带 · .*一所 60% \/ 二所 40%$/);
  expect(whereWords(null)).toBe('');
  setLanguage('en');
  expect(whereWords({ ...located, place: 'West一带', candidates: [] })).toBe('Around West');
  setLanguage('zh-CN');
});
