import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Report, type ReportNews } from './report';

const RECEIPT = { id: 'i1', number: '0110-1', token: 'secret', silent: false, raised_at: 1, journaled: false };
const answer = (body: object): Response => new Response(JSON.stringify(body), { status: 200 });
let asked: Array<{ url: string; body: Record<string, unknown> }>;
let respond: (url: string) => Promise<Response>;
let kept: Record<string, string>;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  kept = {};
  const shelf = {
    getItem: (name: string) => kept[name] ?? null,
    setItem: (name: string, text: string) => { kept[name] = text; },
    removeItem: (name: string) => { delete kept[name]; },
  };
  vi.stubGlobal('localStorage', shelf);
  vi.stubGlobal('window', { localStorage: shelf, addEventListener: () => undefined, removeEventListener: () => undefined });
  vi.stubGlobal('location', { hash: '', pathname: '/110/', search: '' });
  vi.stubGlobal('history', { replaceState: () => undefined });
  vi.stubGlobal('fetch', (url: string, { body }: { body?: string }) => {
    if (url.endsWith('/incidents')) asked.push({ url, body: JSON.parse(body || '{}') });
    return respond(url);
  });
  respond = async (url) => answer(url.endsWith('/incidents') ? RECEIPT : { server_at: 1, notice_version: '2', city: '锦州' });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it('a tap is kept before it is sent, and leaves at once', async () => {
  const report = new Report();
  const news: ReportNews[] = [];
  report.on((one) => news.push(one));
  report.raise(true);
  expect(asked).toHaveLength(1);
  expect(JSON.parse(kept['jingmin.report']).key).toBe(asked[0].body.key);
  await vi.advanceTimersByTimeAsync(0);
  expect(news.filter((one) => one !== 'changed')).toEqual(['raised', 'received']);
  expect(report.kept?.receipt?.number).toBe('0110-1');
  expect(report.api.token).toBe('secret');
  report.raise(false);
  expect(asked).toHaveLength(1);
});

it('is sent again with the same key until there is a receipt, also after a reload', async () => {
  respond = () => Promise.reject(new TypeError('no network'));
  const report = new Report();
  report.raise(false);
  await vi.advanceTimersByTimeAsync(4000);
  expect(report.fault?.network).toBe(true);
  expect(asked.length).toBeGreaterThan(2);
  respond = async () => answer(RECEIPT);
  const reloaded = new Report();
  await vi.advanceTimersByTimeAsync(0);
  expect(reloaded.kept?.receipt?.number).toBe('0110-1');
  expect(new Set(asked.map((one) => one.body.key)).size).toBe(1);
});

it('an entry ticket leaves the address and goes with the report', () => {
  const replaced = vi.fn();
  vi.stubGlobal('location', { hash: '#wx=ab.c', pathname: '/110/', search: '?lang=en' });
  vi.stubGlobal('history', { replaceState: replaced });
  new Report().raise(false);
  expect(replaced).toHaveBeenCalledWith(null, '', '/110/?lang=en');
  expect(asked[0].body.wechat).toBe('ab.c');
});

it('what is forgotten is not sent any more', async () => {
  respond = () => Promise.reject(new TypeError('no network'));
  const report = new Report();
  report.raise(false);
  await vi.advanceTimersByTimeAsync(100);
  report.forget();
  const { length } = asked;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(asked).toHaveLength(length);
  expect(kept['jingmin.report']).toBeUndefined();
  // The next one does not wait for the last try of the first.
  report.raise(false);
  expect(asked).toHaveLength(length + 1);
  expect(asked[length].body.key).not.toBe(asked[0].body.key);
});
