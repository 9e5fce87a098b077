import { expect, it } from 'vitest';
import type { IncidentView, LocatedView, PositionView } from './types';
import { isStale, knownAt, where, whereLocated } from './where';

const at = (lon: number, taken_at = 1_000_000): PositionView => ({
  lon, lat: 41.1, accuracy: 8, source: 'BROWSER', at: null, received_at: taken_at, taken_at, altitude: null, abroad: false, stale: false,
});
const named = (place: string): LocatedView => ({ place } as LocatedView);
const incident = (more: Partial<IncidentView>): IncidentView => ({
  place: null, place_located: null, position: null, located: null, confirmed_at: null, ...more,
} as IncidentView);

it('goes where it happens, not where the caller is', () => {
  const both = incident({ position: at(121.1), located: named('caller'), place: at(121.3), place_located: named('scene') });
  expect(where(both)?.lon).toBe(121.3);
  expect(whereLocated(both)?.place).toBe('scene');
  const caller = incident({ position: at(121.1), located: named('caller') });
  expect(where(caller)?.lon).toBe(121.1);
  expect(whereLocated(caller)?.place).toBe('caller');
  expect(where(incident({}))).toBe(null);
  expect(whereLocated(incident({}))).toBe(null);
});

it('shows an old position as old, unless the page says that nobody has moved', () => {
  const lying = incident({ position: at(121.1, 1_000_000) });
  expect(isStale(lying, 1_119_000)).toBe(false);
  expect(isStale(lying, 1_120_000)).toBe(true);
  const confirmed = incident({ position: at(121.1, 1_000_000), confirmed_at: 1_590_000 });
  expect(knownAt(confirmed)).toBe(1_590_000);
  expect(isStale(confirmed, 1_600_000)).toBe(false);
  expect(isStale(confirmed, 1_720_000)).toBe(true);
  expect(isStale(incident({}), 9e12)).toBe(false);
});

it('is asked in one place: no other file chooses between the two', () => {
  const files = import.meta.glob<string>(['../*/*.{ts,tsx,vue}', '!../*/where*.ts'], { query: '?raw', import: 'default', eager: true });
  const chooses = /\.?(place|position)(_located)?\s*(\|\||\?\?)\s*(\w+\.)*(place|position|located)\b/;
  const names = Object.keys(files);
  expect(names.length).toBeGreaterThan(100);
  expect(names.filter((name) => chooses.test(files[name]))).toEqual([]);
});
