/* Distances and directions between WGS-84 positions, and how they are said. */

import { say, type Pair } from './i18n';

export interface Point { lon: number; lat: number }

const EARTH = 6371008.8;
const rad = (degrees: number): number => (degrees * Math.PI) / 180;

/** Great-circle distance in metres. */
export function distance(a: Point, b: Point): number {
  const dLat = rad(b.lat - a.lat) / 2;
  const dLon = rad(b.lon - a.lon) / 2;
  const h = Math.sin(dLat) ** 2 + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(dLon) ** 2;
  return 2 * EARTH * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Initial bearing from `a` to `b`, degrees clockwise from true north, 0 to 360. */
export function bearing(a: Point, b: Point): number {
  const y = Math.sin(rad(b.lon - a.lon)) * Math.cos(rad(b.lat));
  const x = Math.cos(rad(a.lat)) * Math.sin(rad(b.lat))
    - Math.sin(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.cos(rad(b.lon - a.lon));
  return ((Math.atan2(y, x) * 180) / Math.PI + 360) % 360;
}

const WINDS: Pair[] = [
  ['北', 'N'], ['东北', 'NE'], ['东', 'E'], ['东南', 'SE'],
  ['南', 'S'], ['西南', 'SW'], ['西', 'W'], ['西北', 'NW'],
];

export function wind(degrees: number): string {
  return say(WINDS[Math.round(degrees / 45) % 8]);
}

/** Metres as a person says them: 8 米, 240 米, 1.2 公里. */
export function metres(m: number): string {
  if (m < 1000) {
    const step = m < 20 ? 1 : m < 100 ? 5 : 10;
    return say(['{n} 米', '{n} m'], { n: Math.round(m / step) * step });
  }
  const km = m < 9950 ? (m / 1000).toFixed(1) : String(Math.round(m / 1000));
  return say(['{n} 公里', '{n} km'], { n: km });
}

/** Degrees with five decimals (about a metre), latitude first. */
export function degrees(p: Point): string {
  return p.lat.toFixed(5) + ', ' + p.lon.toFixed(5);
}
