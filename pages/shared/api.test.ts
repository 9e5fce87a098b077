import { afterEach, expect, it, vi } from 'vitest';
import { Api, backoff, newKey } from './api';
import type { Fault } from './fault';

afterEach(() => vi.unstubAllGlobals());

const problem = { type: '', title: 'Taken', status: 409, code: 'taken', title_zh: '已由他人接听', title_en: 'Taken', facts: { name: '王' } };

it('makes keys nobody can guess', () => {
  expect(newKey()).toMatch(/^[0-9a-f]{32}$/);
  expect(newKey()).not.toBe(newKey());
});
it('waits longer each time, never more than 15 s, never all at once', () => {
  expect(backoff(1, () => 0)).toBe(250);
  expect(backoff(1, () => 1)).toBe(500);
  expect(backoff(4, () => 1)).toBe(4000);
  expect(backoff(99, () => 1)).toBe(15000);
});
it('says which face it is and turns a refusal into a fault', async () => {
  const fetch = vi.fn(async () => new Response(JSON.stringify(problem), { status: 409 }));
  vi.stubGlobal('fetch', fetch);
  const fault: Fault = await new Api({ face: 'console' }).post('/incidents/x/answer').then(() => null, (error) => error);
  expect(fetch).toHaveBeenCalledTimes(1);
  expect(fetch.mock.calls[0]).toMatchObject(['/api/v1/incidents/x/answer', { headers: { 'Jingmin-Face': 'console' } }]);
  expect(fault).toMatchObject({ code: 'taken', status: 409, words: '已由他人接听', passing: false, facts: { name: '王' } });
});
it('repeats a GET, but a POST only when told that it is safe', async () => {
  vi.useFakeTimers();
  const fetch = vi.fn(async () => { throw new TypeError('offline'); });
  vi.stubGlobal('fetch', fetch);
  const api = new Api({});
  const ends = [api.get('/config'), api.post('/x'), api.post('/x', {}, { tries: 2 })].map((one) => one.catch(() => 0));
  await vi.advanceTimersByTimeAsync(5000);
  await Promise.all(ends);
  vi.useRealTimers();
  expect(fetch).toHaveBeenCalledTimes(3 + 1 + 2);
});
it('waits as long as the server says', async () => {
  vi.useFakeTimers();
  const later = { ...problem, status: 429, code: 'too_many', facts: { seconds: 4 } };
  const fetch = vi.fn(async () => new Response(JSON.stringify(later), { status: 429 }));
  vi.stubGlobal('fetch', fetch);
  const end = new Api({}).get('/config', { tries: 2 }).catch(() => 0);
  await vi.advanceTimersByTimeAsync(3900);
  expect(fetch).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(200);
  await end;
  vi.useRealTimers();
  expect(fetch).toHaveBeenCalledTimes(2);
});
