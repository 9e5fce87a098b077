/* Where an incident is, in words: the place, and how to get there from here. */

import { bearing, distance, metres, wind, type Point } from '../shared/geo';
import { whereWords } from '../shared/possible';
import type { IncidentView } from '../shared/types';
import { whereLocated } from '../shared/where';
import { t } from './words';

/** Nearer than this a direction means nothing. */
const NEAR_M = 30;

/** The place in words, else the station whose area it is in. */
export function placeWords(incident: IncidentView): string {
  const located = whereLocated(incident);
  const words = whereWords(located);
  if (words) return words;
  const first = located && located.candidates[0];
  return first ? first.name : t('no_place');
}

export function awayWords(here: Point, target: Point, short = false): string {
  const m = distance(here, target);
  if (m < NEAR_M) return t('near');
  return t(short ? 'away_short' : 'away', { d: metres(m), w: wind(bearing(here, target)) });
}
