/* How the communities are covered by groups, as words and colours; `hint` is the server's. */

import type { CoverageView, GroupView } from '../shared/notices';
import type { Tone } from './inbox';

/** So many notices in a row without a confirmation: somebody has to talk to the owner. */
export const MISSED = 2;

export type Cover = 'no_group' | 'full' | 'orphaned' | 'missed' | 'filling' | 'ok';
export const COVER_TONES: Record<Cover, Tone> = { no_group: 'danger', full: 'danger', orphaned: 'danger', filling: 'need', missed: 'need', ok: 'well' };
export const RANK: Cover[] = ['orphaned', 'no_group', 'full', 'missed', 'filling', 'ok'];

/** What is most worth looking at in a community. */
export function coverOf(one: CoverageView, groups: readonly GroupView[]): Cover {
  const own = groups.filter((group) => group.community === one.id && group.state === 'ACTIVE');
  // Its people are cut off at once; without a group nobody ever heard anything.
  if (own.some((group) => group.orphaned)) return 'orphaned';
  if (one.hint === 'no_group' || one.hint === 'full') return one.hint;
  if (own.some((group) => group.missed_sends >= MISSED)) return 'missed';
  return one.hint === 'filling' ? 'filling' : 'ok';
}

/** The community whose name is in a group's name, the longest such; empty: none. */
export function named(group: string, all: readonly CoverageView[]): string {
  const found = all.filter((one) => group.includes(one.name)).sort((a, b) => b.name.length - a.name.length);
  return found.length ? found[0].id : '';
}

/** Those to look after first, the others by name as they came. */
export function ranked(all: readonly CoverageView[], groups: readonly GroupView[]): CoverageView[] {
  const rank = new Map(all.map((one, i) => [one.id, RANK.indexOf(coverOf(one, groups)) * all.length + i]));
  return [...all].sort((a, b) => (rank.get(a.id) || 0) - (rank.get(b.id) || 0));
}
