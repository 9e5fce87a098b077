/* What arrived in cases that are not on the screen: counted on card, lane and title, and heard. */
import { computed, reactive } from 'vue';

import { Reading } from '../shared/reading';
import type { IncidentView } from '../shared/types';
import { api, desk, lanes, onIncident } from './desk';
import { LANES, laneOf, type Lane } from './queue';
import { chime } from './ring';

/** Up to where this person has had each thread on the screen; nobody else knows of it. */
const seen = reactive(new Map<string, number>());
const readings = new Map<string, Reading>();

/** How much of it nobody has read: the desk that has it, or this person who looked. */
export function unread(it: IncidentView): number {
  return it.said > (seen.get(it.id) ?? 0) ? it.unread : 0;
}

/** So many cases of a list have something unread. */
export const unreadIn = computed(() => Object.fromEntries(
  LANES.map((lane) => [lane, lanes.value[lane].filter((it) => unread(it) > 0).length]),
) as Record<Lane, number>);

/** Those in which it is this desk's to read: not those of others. */
export const unreadHere = computed(() => unreadIn.value.waiting + unreadIn.value.mine + unreadIn.value.closed);

/** Its thread stands on the screen to the end. */
export function saw(it: IncidentView): void {
  if (document.visibilityState === 'hidden') return;
  if (it.said > (seen.get(it.id) ?? 0)) seen.set(it.id, it.said);
  if (!it.unread || (it.dispatcher !== desk.me?.id && it.state !== 'CLOSED')) return;
  let reading = readings.get(it.id);
  if (!reading) readings.set(it.id, reading = new Reading(api, `/incidents/${it.id}`));
  reading.read(it.said);
}

/** Somebody else sits down: what was seen was not seen by them. */
export function forgetSeen(): void {
  for (const one of readings.values()) one.stop();
  readings.clear();
  seen.clear();
}

onIncident((before, it) => {
  // A case that was closed long ago comes to the board with its line.
  if (!before && it.state !== 'CLOSED') return;
  if (!it.unread || (before && (it.said <= before.said || it.unread <= before.unread))) return;
  if (desk.opened !== it.id && laneOf(it, desk.me?.id ?? '') !== 'others') chime();
});
