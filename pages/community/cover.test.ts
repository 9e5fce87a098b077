import { expect, it } from 'vitest';
import type { CoverageView, GroupView } from '../shared/notices';
import { coverOf, MISSED, named, ranked } from './cover';

const area = (id: string, hint = ''): CoverageView => ({ id, hint, name: id }) as CoverageView;
const group = (community: string, missed: number): GroupView => ({ community, missed_sends: missed, state: 'ACTIVE', orphaned: false }) as GroupView;
const orphan = (community: string): GroupView => ({ ...group(community, 0), orphaned: true });

it('puts what needs somebody first and keeps the order of the rest', () => {
  const all = [area('a'), area('b', 'filling'), area('c', 'no_group'), area('d'), area('e', 'full')];
  expect(ranked(all, [group('d', MISSED)]).map((one) => one.id)).toEqual(['c', 'e', 'd', 'b', 'a']);
  expect(ranked(all, []).map((one) => one.id)).toEqual(['c', 'e', 'b', 'a', 'd']);
});

it('speaks of an owner only after he missed some, and never instead of worse', () => {
  expect(coverOf(area('a'), [group('a', MISSED - 1)])).toBe('ok');
  expect(coverOf(area('a'), [group('b', MISSED)])).toBe('ok');
  expect(coverOf(area('a', 'full'), [group('a', MISSED)])).toBe('full');
});

it('says that an owner left before that one does not confirm, and nothing of groups that are no more', () => {
  expect(coverOf(area('a'), [group('a', MISSED), orphan('a')])).toBe('orphaned');
  expect(coverOf(area('a', 'filling'), [orphan('a')])).toBe('orphaned');
  expect(coverOf(area('a', 'full'), [orphan('a')])).toBe('orphaned');
  expect(coverOf(area('a'), [{ ...orphan('a'), state: 'DISMISSED' }, { ...group('a', MISSED), state: 'DISMISSED' }])).toBe('ok');
  expect(ranked([area('a'), area('b', 'no_group'), area('c')], [group('a', MISSED), orphan('c')]).map((one) => one.id)).toEqual(['c', 'b', 'a']);
});

it('knows the community in a name, the longest, and guesses nothing else', () => {
  const all = [area('东街社区'), area('东街'), area('西街')];
  expect(named('东街社区一群', all)).toBe('东街社区');
  expect(named('东街群', all)).toBe('东街');
  expect(named('业主群', all)).toBe('');
});
