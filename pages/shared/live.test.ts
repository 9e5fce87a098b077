import { expect, it } from 'vitest';
import { comeback } from './live';

const least = (): number => 0;
const most = (): number => 1;

it('brings a desk back within two seconds of the server, for a quarter of a minute', () => {
  let waited = 0;
  for (let tried = 1; tried < 12; tried++) {
    expect(comeback(1006, tried, true, most)).toBeLessThanOrEqual(2000);
    waited += comeback(1006, tried, true, most);
  }
  expect(waited).toBeGreaterThan(15000);
  expect(comeback(1006, 12, true, most)).toBe(2000);
  expect(comeback(1006, 99, true, most)).toBe(15000);
});
it('waits longer each time as a caller', () => {
  expect(comeback(1006, 1, false, most)).toBe(500);
  expect(comeback(1006, 6, false, most)).toBe(15000);
});
it('comes later when it is told to, and not with all others at once', () => {
  expect(comeback(1013, 1, true, least)).toBe(5000);
  expect(comeback(1013, 1, true, most)).toBe(6000);
  expect(comeback(1012, 1, true, least)).toBe(0);
  expect(comeback(1012, 1, true, most)).toBe(2000);
  expect(comeback(1006, 3, true, least)).toBe(comeback(1006, 3, true, most) / 2);
});
