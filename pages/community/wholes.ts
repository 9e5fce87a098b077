/* Stations and districts in the choice of communities: all of one at once. */

import type { CoverageView } from '../shared/notices';
import type { StationView } from '../shared/types';

export interface Whole { id: string; name: string; district: boolean; communities: string[] }

/** Each district with its stations behind it, as they come; none where there is one station alone. */
export function wholes(all: readonly CoverageView[], stations: readonly StationView[] | null): Whole[] {
  const known = new Map((stations || []).map((one) => [one.id, one.bureau]));
  const districts = new Map<string, Map<string, Whole>>();
  for (const one of all) {
    const bureau = known.get(one.station) || '';
    const there = districts.get(bureau) || new Map<string, Whole>();
    districts.set(bureau, there);
    const station = there.get(one.station) || { id: 's:' + one.station, name: one.station_name, district: false, communities: [] };
    there.set(one.station, station);
    station.communities.push(one.id);
  }
  const found = [...districts].flatMap(([bureau, there]): Whole[] => {
    const mine = [...there.values()];
    const district = { id: 'd:' + bureau, name: bureau, district: true, communities: mine.flatMap((one) => one.communities) };
    return bureau && districts.size > 1 ? [district, ...mine] : mine;
  });
  return found.length > 1 ? found : [];
}

export function chosenOf(one: Whole, chosen: readonly string[]): { count: number; state: 'all' | 'some' | 'none' } {
  const ids = new Set(chosen);
  const count = one.communities.filter((id) => ids.has(id)).length;
  return { count, state: !count ? 'none' : count === one.communities.length ? 'all' : 'some' };
}

/** Some or none become all, all become none; the others stay as they are, in their order. */
export function toggled(one: Whole, chosen: readonly string[]): string[] {
  const mine = new Set(one.communities);
  const others = chosen.filter((id) => !mine.has(id));
  return chosenOf(one, chosen).state === 'all' ? others : [...chosen, ...one.communities.filter((id) => !chosen.includes(id))];
}
