/* The areas answered for, fetched once: they change with a new boundary version, not during a shift. */
import { shallowReactive } from 'vue';

import type { StationView } from '../shared/types';
import { api } from './desk';

export const areas = shallowReactive({
  bureaus: null as GeoJSON.FeatureCollection | null,
  stations: null as GeoJSON.FeatureCollection | null,
  list: [] as StationView[],
  failed: false,
});

let asking: Promise<void> | null = null;

/** Fetches what is missing; call again after `failed`. */
export function fetchAreas(): Promise<void> {
  asking ??= (async () => {
    areas.failed = false;
    try {
      const [bureaus, stations, list] = await Promise.all([
        api.get<GeoJSON.FeatureCollection>('/areas?level=BUREAU'),
        api.get<GeoJSON.FeatureCollection>('/areas?level=STATION'),
        api.get<{ stations: StationView[] }>('/stations'),
      ]);
      Object.assign(areas, { bureaus, stations, list: list.stations });
    } catch {
      areas.failed = true;
      asking = null;
    }
  })();
  return asking;
}
