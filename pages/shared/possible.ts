/* Where a position may be, when no one place has 0.8 of its circle: shares instead of a guess. */

import { say, type Pair } from './i18n';
import type { AreaShareView, LocatedView } from './types';

const SURE = 0.8;
const WORTH = 0.05;
const LISTED = 3;
const MAYBE: Pair = ['可能：', 'Possibly: '];

/** As locate/finder.py ends the name of an area that is sure while its station is not. */
const AROUND: Pair = ['{name}一带', 'Around {name}'];

interface Part { name: string; share: number }

/** "可能: A 52% / B 41%"; empty when one of them is sure, or none is worth saying. */
export function maybe(parts: readonly Part[]): string {
  const shown = parts.filter((one) => one.share >= WORTH).slice(0, LISTED);
  if (!shown.length || shown[0]!.share >= SURE) return '';
  return say(MAYBE) + shown.map((one) => `${one.name} ${Math.round(one.share * 100)}%`).join(' / ');
}

/** The communities it may be in, or the grids where the community is sure; empty when both are. */
export function possibleAreas(areas: readonly AreaShareView[] | undefined): string {
  for (const level of ['COMMUNITY', 'GRID']) {
    const words = maybe((areas ?? []).filter((one) => one.level === level));
    if (words) return words;
  }
  return '';
}

/** Where it is, in words: the place that is sure, with the stations it may belong to where none is. */
export function whereWords(located: LocatedView | null): string {
  if (!located) return '';
  const end = AROUND[0].replace('{name}', '');
  const { place } = located;
  const around = place.length > end.length && place.slice(-end.length) === end;
  const words = around ? say(AROUND, { name: place.slice(0, -end.length) }) : place;
  return [words, maybe(located.candidates)].filter(Boolean).join(' · ');
}
