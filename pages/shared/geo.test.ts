import { expect, it } from 'vitest';
import { bearing, distance, metres, wind } from './geo';

const here = { lon: 121.13, lat: 41.11 };

it('measures within half a percent', () => {
  expect(distance(here, { lon: 121.13, lat: 41.12 })).toBeCloseTo(1112, -1);
  expect(distance(here, here)).toBe(0);
});
it('points clockwise from north', () => {
  expect(bearing(here, { lon: 121.13, lat: 42 })).toBeCloseTo(0, 5);
  expect(bearing(here, { lon: 121.14, lat: 41.11 })).toBeCloseTo(90, 1);
  expect(wind(bearing(here, { lon: 121.12, lat: 41.1 }))).toBe('西南');
  expect(wind(359)).toBe('北');
});
it('says distances as people do', () => {
  expect([7.4, 63, 236, 1240, 25300].map(metres)).toEqual(['7 米', '65 米', '240 米', '1.2 公里', '25 公里']);
});
