import { expect, it } from 'vitest';
import { PATIENCE_MS, TwoTaps, urge } from './patience';

const HERE = { store: false, desks: false };

it('says to phone 110 after 20 s, and at once when nobody can answer', () => {
  expect(urge(0, HERE)).toBeNull();
  expect(urge(PATIENCE_MS - 1, HERE)).toBeNull();
  expect(urge(PATIENCE_MS, HERE)).toBe('urge_late');
  expect(urge(0, { store: false, desks: true })).toBe('urge_desks');
  expect(urge(0, { store: true, desks: true })).toBe('urge_store');
});
it('dials at the second tap, not at the first, and not at one long after', () => {
  const link = new TwoTaps();
  let kept = 0;
  const event = { preventDefault: () => { kept += 1; } };
  expect(link.tap(event, 1000)).toBe(false);
  expect(link.tap(event, 3000)).toBe(true);
  expect(kept).toBe(1);
  expect(link.tap(event, 3500)).toBe(false);
  expect(link.tap(event, 10_000)).toBe(false);
  expect(kept).toBe(3);
});
