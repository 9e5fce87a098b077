/* Where an incident is, in words: the place, and how to get there from here. */

import { bearing, distance, metres, wind, type Point } from '../shared/geo';
import { whereWords } from '../shared/possible';
import type { IncidentView, MeView } from '../shared/types';
import { where, whereLocated } from '../shared/where';
import { t } from './words';

/** Nearer than this a direction means nothing. */
const NEAR_M = 30;

/**
 * Where to go, for an officer of this station: without the name of his own station, which
 * he knows. With nothing else to say, the coordinates, which every map finds.
 */
export function placeWords(incident: IncidentView, me: MeView | null | undefined): string {
  const located = whereLocated(incident);
  const own = located && me && located.candidates.find((one) => one.station === me.station);
  let words = whereWords(located);
  for (const name of [me && me.station_name, own && own.name, own && own.bureau + own.name]) {
    if (name && words.indexOf(name) === 0) words = words.slice(name.length).trim();
  }
  if (words) return words;
  const at = where(incident);
  return at ? `${at.lat.toFixed(5)}, ${at.lon.toFixed(5)}` : t('no_place');
}

export function awayWords(here: Point, target: Point, short = false): string {
  const m = distance(here, target);
  if (m < NEAR_M) return t('near');
  return t(short ? 'away_short' : 'away', { d: metres(m), w: wind(bearing(here, target)) });
}
