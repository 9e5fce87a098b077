import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { persist } from './loading';

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

it('tries again until it is there, and says which try it is', async () => {
  const tried: number[] = [];
  const { done } = persist(async (n) => {
    tried.push(n);
    if (n < 3) throw new Error('no network');
    return 'there';
  });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await done).toBe('there');
  expect(tried).toEqual([0, 1, 2, 3]);
});

it('does not wait when somebody taps', async () => {
  let tried = 0;
  const { hurry } = persist(() => {
    tried += 1;
    return Promise.reject(new Error('no network'));
  });
  await vi.advanceTimersByTimeAsync(0);
  expect(tried).toBe(1);
  hurry();
  await vi.advanceTimersByTimeAsync(0);
  expect(tried).toBe(2);
});

it('a tap while it is on its way does not fetch it twice', async () => {
  let tried = 0;
  const { hurry } = persist(() => {
    tried += 1;
    return new Promise(() => undefined);
  });
  hurry();
  hurry();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(tried).toBe(1);
});
