import { expect, it } from 'vitest';
import { monthsBefore } from './months';

it('counts months back as they are in China, over the turn of the year', () => {
  expect(monthsBefore(Date.UTC(2026, 0, 31, 16), 3)).toEqual(['2026-02', '2026-01', '2025-12']);
  expect(monthsBefore(Date.UTC(2026, 0, 31, 15, 59), 2)).toEqual(['2026-01', '2025-12']);
  expect(monthsBefore(Date.UTC(2025, 11, 31, 17), 1)).toEqual(['2026-01']);
});
