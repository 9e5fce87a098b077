import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { AppPlaces, FIRST_MS, readHanded, SILENT_MS } from './embedded';
import { Tracker } from './tracker';

const HOST = 'https://app.example.cn';
const NOW = Date.UTC(2026, 0, 1);
const HANDED = { type: 'jingmin.position', lon: 121.13, lat: 41.11, datum: 'GCJ02', accuracy: 12, at: NOW - 5000 };

let hear: (event: object) => void;
let said: Array<{ message: Record<string, unknown>; origin: string }>;
let sent: Array<Record<string, unknown>>;
let watched: Array<{ found: PositionCallback; failed: PositionErrorCallback }>;
const host = { postMessage: (message: Record<string, unknown>, origin: string) => said.push({ message, origin }) } as unknown as Window;
const browser = {
  watchPosition: (found: PositionCallback, failed: PositionErrorCallback) => watched.push({ found, failed }),
  clearWatch: () => { watched = []; },
} as unknown as Geolocation;

function message(data: unknown, more: object = {}): void {
  hear({ data, origin: HOST, source: host, ...more });
}

function begun(places = new AppPlaces(host, browser)): { places: AppPlaces; tracker: Tracker } {
  places.allow([HOST]);
  const tracker = new Tracker(async (fix) => { sent.push({ ...fix }); return { shown: true }; }, () => undefined, places);
  tracker.start();
  tracker.release();
  return { places, tracker };
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(NOW);
  [said, sent, watched] = [[], [], []];
  vi.stubGlobal('window', { addEventListener: (_: string, fn: (event: object) => void) => { hear = fn; } });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it('takes a position of its host as it is, with its age, its accuracy, its datum and where it came from', async () => {
  begun();
  expect(said).toEqual([{ message: { type: 'jingmin.ready' }, origin: HOST }]);
  message(HANDED);
  await vi.advanceTimersByTimeAsync(0);
  expect(sent).toMatchObject([{ lon: 121.13, lat: 41.11, datum: 'GCJ02', accuracy: 12, at: NOW - 5000, source: 'APP', device_at: NOW }]);
  expect(watched).toEqual([]);
  message({ ...HANDED, lat: 41.2, at: NOW, accuracy: 0 });
  await vi.advanceTimersByTimeAsync(0);
  expect(sent[1]).toMatchObject({ lat: 41.2, accuracy: null });
});

it.each([
  ['another origin', { origin: 'https://evil.example.cn' }],
  ['an origin that only begins like it', { origin: HOST + '.evil.cn' }],
  ['no origin', { origin: 'null' }],
  ['another window of the right origin', { source: {} }],
  ['itself', { source: undefined }],
])('hears nothing of %s', async (_, more) => {
  begun();
  message(HANDED, more);
  message({ type: 'jingmin.stop' }, more);
  await vi.advanceTimersByTimeAsync(0);
  expect(sent).toEqual([]);
  expect(said).toHaveLength(1);
  expect(watched).toEqual([]);
});

it('hears nobody before the installation has named somebody, nor when it names nobody', async () => {
  const places = new AppPlaces(host, browser);
  message(HANDED);
  places.allow([]);
  message(HANDED);
  begun(places);
  await vi.advanceTimersByTimeAsync(0);
  expect(sent).toEqual([]);
});

it.each([
  [{ lon: 181 }, ['lon']], [{ lat: '41' }, ['lat']], [{ lat: NaN }, ['lat']], [{ datum: 'wgs' }, ['datum']], [{ datum: undefined }, ['datum']],
  [{ at: undefined }, ['at']], [{ at: 1767225600 }, ['at']], [{ at: NOW + 3_600_000 }, ['at']], [{ lon: null, lat: {}, at: 'now' }, ['lon', 'lat', 'at']],
])('refuses %j by name', async (spoilt, missing) => {
  begun();
  message({ ...HANDED, ...spoilt });
  await vi.advanceTimersByTimeAsync(0);
  expect(sent).toEqual([]);
  expect(said[1]).toEqual({ message: { type: 'jingmin.refused', missing }, origin: HOST });
});

it.each([[null], ['jingmin.position'], [[]], [{}], [{ type: 'other' }], [{ type: { toString: 1 } }]])('is not put out by %j', (data) => {
  begun();
  message(data);
  expect(sent).toEqual([]);
});

it('is no better than what its host says: an accuracy that is none counts as unknown', () => {
  for (const accuracy of [0, -1, NaN, Infinity, '3', null, undefined]) {
    expect(readHanded({ ...HANDED, accuracy }, NOW)).toMatchObject({ accuracy: null });
  }
});

it('asks the browser while the host says nothing, nothing new, or no more', async () => {
  const { tracker } = begun();
  await vi.advanceTimersByTimeAsync(FIRST_MS);
  expect(watched).toHaveLength(1);
  watched[0].found({ coords: { longitude: 121, latitude: 41, accuracy: 30 }, timestamp: Date.now() } as GeolocationPosition);
  await vi.advanceTimersByTimeAsync(0);
  expect(sent).toMatchObject([{ source: 'BROWSER', datum: 'WGS84' }]);
  message({ ...HANDED, at: Date.now() });
  expect(watched).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(SILENT_MS / 2);
  message({ ...HANDED, at: NOW + FIRST_MS });
  await vi.advanceTimersByTimeAsync(SILENT_MS / 2);
  expect(watched).toHaveLength(1);
  message({ ...HANDED, at: Date.now() });
  message({ type: 'jingmin.stop' });
  expect(watched).toHaveLength(1);
  watched[0].failed({ code: 1 } as GeolocationPositionError);
  expect(tracker.state).not.toBe('refused');
  message({ ...HANDED, at: Date.now() + 1 });
  await vi.advanceTimersByTimeAsync(5000);
  expect(sent[sent.length - 1].source).toBe('APP');
  tracker.stop();
  const before = sent.length;
  message({ ...HANDED, lat: 42, at: Date.now() });
  await vi.advanceTimersByTimeAsync(SILENT_MS);
  expect(sent).toHaveLength(before);
  expect(watched).toHaveLength(0);
});

it('says a position that came before somebody watches', async () => {
  const places = new AppPlaces(host, null);
  places.allow([HOST]);
  message(HANDED);
  begun(places);
  await vi.advanceTimersByTimeAsync(0);
  expect(sent).toMatchObject([{ source: 'APP', at: NOW - 5000 }]);
});

it('asks nobody else while what came before is not old', async () => {
  const places = new AppPlaces(host, browser);
  places.allow([HOST]);
  message(HANDED);
  begun(places);
  await vi.advanceTimersByTimeAsync(SILENT_MS - 5001);
  expect(watched).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(watched).toHaveLength(1);
});
