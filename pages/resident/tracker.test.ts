import { describe, expect, it, vi } from 'vitest';
import { Fault } from '../shared/fault';
import { better, Tracker, worthSending, type Fix } from './tracker';

const fix = (more: Partial<Fix> = {}): Fix => ({ lon: 121.13, lat: 41.11, accuracy: 40, at: 1_700_000_000_000, ...more });
const later = (ms: number, more: Partial<Fix> = {}): Fix => fix({ at: fix().at + ms, ...more });

describe('worthSending', () => {
  it('sends the first', () => expect(worthSending(null, fix())).toBe(true));
  it('keeps quiet for five seconds', () => {
    expect(worthSending(fix(), later(1000))).toBe(false);
    expect(worthSending(fix(), later(5000))).toBe(true);
  });
  it('speaks at once when the caller moved more than 20 m', () => {
    expect(worthSending(fix(), later(500, { lat: 41.1101 }))).toBe(false);
    expect(worthSending(fix(), later(500, { lat: 41.1103 }))).toBe(true);
  });
  it('speaks at once when it is twice as exact', () => {
    expect(worthSending(fix(), later(500, { accuracy: 21 }))).toBe(false);
    expect(worthSending(fix(), later(500, { accuracy: 20 }))).toBe(true);
  });
});

describe('better', () => {
  it('takes the newer one, unless it is less exact by more than the older one has aged', () => {
    expect(better(null, fix()).at).toBe(fix().at);
    expect(better(fix({ accuracy: 6 }), later(1000, { accuracy: 8 })).accuracy).toBe(8);
    expect(better(fix({ accuracy: 6 }), later(1000, { accuracy: 9 })).accuracy).toBe(6);
    expect(better(fix({ accuracy: 6 }), later(1000, { accuracy: 30_000 })).accuracy).toBe(6);
    // Unknown is no exact one.
    expect(better(fix({ accuracy: null }), later(300, { accuracy: 30 })).accuracy).toBe(30);
    expect(better(fix({ accuracy: 30 }), later(300, { accuracy: null })).accuracy).toBe(30);
    expect(worthSending(fix({ accuracy: null }), later(500, { accuracy: 30 }))).toBe(true);
    expect(better(fix({ accuracy: 3000 }), later(300, { accuracy: 6 })).accuracy).toBe(6);
  });
});

function device() {
  let heard: PositionCallback = () => undefined;
  const geo = {
    watchPosition: vi.fn((fn: PositionCallback) => { heard = fn; return 7; }),
    clearWatch: vi.fn(),
    getCurrentPosition: vi.fn(),
  };
  const at = (one: Fix): void => heard({
    coords: { longitude: one.lon, latitude: one.lat, accuracy: one.accuracy }, timestamp: one.at,
  } as GeolocationPosition);
  return { geo, at };
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe('Tracker', () => {
  it('holds the newest back until the report has its receipt', async () => {
    const { geo, at } = device();
    const send = vi.fn(async () => undefined);
    const tracker = new Tracker(send, () => undefined, geo);
    tracker.start();
    at(fix());
    at(later(6000, { lon: 121.2 }));
    expect(send).not.toHaveBeenCalled();
    expect(tracker.delivered).toBe(false);
    tracker.release();
    await settle();
    expect(tracker.delivered).toBe(true);
    expect(send).toHaveBeenCalledTimes(1);
    expect(send).toHaveBeenCalledWith(expect.objectContaining({ lon: 121.2, datum: 'WGS84', source: 'BROWSER', accuracy: 40 }));
  });
  it('sends the best of what came, not the newest', async () => {
    const { geo, at } = device();
    const send = vi.fn(async () => ({ shown: true }));
    const tracker = new Tracker(send, () => undefined, geo);
    tracker.start();
    at(fix({ accuracy: 8 }));
    at(later(6000, { accuracy: 30_000, lon: 121.2 }));
    tracker.release();
    await settle();
    expect(send).toHaveBeenCalledTimes(1);
    expect(send).toHaveBeenCalledWith(expect.objectContaining({ accuracy: 8, lon: 121.13 }));
  });
  it('says that nobody has moved only while that is known', async () => {
    const answers = [true, true, false, true];
    const send = vi.fn(async () => ({ shown: answers[send.mock.calls.length - 1] }));
    let lose: PositionErrorCallback = () => undefined;
    const { geo, at } = device();
    const watch = geo.watchPosition;
    geo.watchPosition = vi.fn((ok: PositionCallback, bad?: PositionErrorCallback | null) => { lose = bad!; return watch(ok); }) as never;
    const tracker = new Tracker(send, () => undefined, geo);
    tracker.start();
    tracker.release();
    at(fix({ at: Date.now() - 3_600_000 }));
    await settle();
    expect(tracker.still).toBe(false); // an hour old: the phone has not looked since
    at(fix({ at: Date.now() }));
    await settle();
    expect(tracker.still).toBe(true);
    lose({ code: 2 } as GeolocationPositionError); // a tunnel
    expect(tracker.still).toBe(false);
    at(fix({ at: Date.now() + 6000, accuracy: 2000 })); // the desk does not show this one
    await settle();
    expect(tracker.still).toBe(false);
    at(fix({ at: Date.now() + 12_000 }));
    await settle();
    expect(tracker.still).toBe(true);
  });
  it('sends an accuracy of 0 as one that is not known', async () => {
    const { geo, at } = device();
    const send = vi.fn(async () => undefined);
    const tracker = new Tracker(send, () => undefined, geo);
    tracker.start();
    tracker.release();
    at(fix({ accuracy: 0 }));
    await settle();
    expect(tracker.last?.accuracy).toBeNull();
    expect(send).toHaveBeenCalledWith(expect.objectContaining({ accuracy: null }));
  });
  it('sends what was not worth it by itself after five seconds, when the phone lies still', async () => {
    vi.useFakeTimers();
    const { geo, at } = device();
    const send = vi.fn(async () => undefined);
    const tracker = new Tracker(send, () => undefined, geo);
    tracker.start();
    tracker.release();
    at(fix({ accuracy: 50 }));
    await vi.advanceTimersByTimeAsync(10);
    at(later(1000, { accuracy: 30 }));
    at(later(2000, { accuracy: 29 }));
    await vi.advanceTimersByTimeAsync(4000);
    expect(send).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1100);
    expect(send).toHaveBeenCalledTimes(2);
    expect(send).toHaveBeenLastCalledWith(expect.objectContaining({ accuracy: 29, device_at: expect.any(Number) }));
    vi.useRealTimers();
  });
  it('sends nothing after stop, not even what was waiting', async () => {
    const { geo, at } = device();
    const send = vi.fn(async () => undefined);
    const tracker = new Tracker(send, () => undefined, geo);
    tracker.start();
    at(fix());
    tracker.stop();
    tracker.release();
    at(later(9000));
    await settle();
    expect(send).not.toHaveBeenCalled();
    expect(geo.clearWatch).toHaveBeenCalledWith(7);
  });
  it('stops for good when the incident is closed', async () => {
    const { geo, at } = device();
    const send = vi.fn(async () => { throw new Fault({ code: 'wrong_state', status: 409 }); });
    const tracker = new Tracker(send, () => undefined, geo);
    tracker.start();
    tracker.release();
    at(fix());
    await settle();
    at(later(9000));
    await settle();
    expect(send).toHaveBeenCalledTimes(1);
    expect(tracker.state).toBe('stopped');
  });
  it('watches once however often it is started', () => {
    const { geo } = device();
    const tracker = new Tracker(async () => undefined, () => undefined, geo);
    tracker.start();
    tracker.start();
    expect(geo.watchPosition).toHaveBeenCalledTimes(1);
  });
  it('says so when there is no geolocation at all', () => {
    const tracker = new Tracker(async () => undefined, () => undefined, null);
    tracker.start();
    expect(tracker.state).toBe('absent');
  });
});
