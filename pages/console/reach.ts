/*
 * Whom of each station a call reaches now, before anybody presses: read whole after each snapshot; what changes
 * the feed brings itself. With hundreds of desks a request for each change would be a storm.
 */
import { shallowRef, watch } from 'vue';

import { pause } from '../shared/api';
import type { ReachList, StationReach } from '../shared/types';
import { api, desk, reached, reachNews } from './desk';
import { t } from './words';

const AGAIN_MS = 3000;
const known = shallowRef<ReadonlyMap<string, StationReach> | null>(null);
/** Heard since the reading on its way began: newer than what it brings, or as new. */
let heard: StationReach[] = [];
let reading = false;
let again = false;

async function read(): Promise<void> {
  again = true;
  if (reading) return;
  reading = true;
  while (again && desk.phase === 'in') {
    again = false;
    heard = [];
    try {
      const { stations } = await api.get<ReachList>('/stations/reach');
      known.value = new Map([...stations, ...heard].map((one) => [one.station, one]));
    } catch {
      known.value = null;
      again = true;
      await pause(AGAIN_MS);
    }
  }
  reading = false;
}

watch(reached, () => void read(), { immediate: true });
watch(reachNews, (news) => {
  if (reading) heard.push(...news);
  if (known.value) known.value = new Map([...known.value.values(), ...news].map((one) => [one.station, one]));
}, { flush: 'sync' });

export interface Reach { tone: 'well' | 'need' | 'danger' | 'over'; words: string }

/** In words; a desk that has lost the feed does not know. */
export function reachOf(station: string): Reach {
  if (known.value === null || desk.live !== 'live') return { tone: 'over', words: t('reach.unknown') };
  const one = known.value.get(station);
  if (one?.online) return { tone: 'well', words: t('reach.online', { n: one.online }) };
  return one?.wecom ? { tone: 'need', words: t('reach.wecom') } : { tone: 'danger', words: t('reach.none') };
}
