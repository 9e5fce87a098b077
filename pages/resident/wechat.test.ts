import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { entryOf } from './report';
import { inWechat, WechatPlaces } from './wechat';

type Asked = { type: string; success: (a: object) => void; fail: () => void; cancel: () => void };

const HERE = { latitude: 41.11, longitude: 121.13, accuracy: 30 };

function browser() {
  return { watchPosition: vi.fn(() => 77), clearWatch: vi.fn(), getCurrentPosition: vi.fn() } as unknown as Geolocation & {
    watchPosition: ReturnType<typeof vi.fn>; clearWatch: ReturnType<typeof vi.fn>;
  };
}

function wechat(answer: (asked: Asked) => void) {
  const getLocation = vi.fn(answer);
  return { getLocation, sdk: Promise.resolve({ getLocation } as never) };
}

const soon = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

describe('where the page is', () => {
  it('is inside WeChat, not inside WeCom', () => {
    expect(inWechat('Mozilla/5.0 MicroMessenger/8.0.50')).toBe(true);
    expect(inWechat('Mozilla/5.0 MicroMessenger/7.0 wxwork/4.1')).toBe(false);
    expect(inWechat('Mozilla/5.0 Chrome/120')).toBe(false);
  });
  it('takes the ticket from where the door puts it', () => {
    expect(entryOf('#wx=ab-_.cd')).toBe('ab-_.cd');
    expect(entryOf('#wx=ab-_.cd&later=1')).toBe('ab-_.cd');
    for (const odd of ['', '#', '#/wx=a', '#x&wx=a']) expect(entryOf(odd)).toBe('');
  });
});

describe('positions in WeChat', () => {
  it('asks for WGS-84 explicitly, again and again, until the watch is over', async () => {
    const { getLocation, sdk } = wechat((asked) => asked.success(HERE));
    const own = browser();
    const places = new WechatPlaces(sdk, own);
    const found = vi.fn();
    const watch = places.watchPosition(found, vi.fn());
    await soon();
    expect(getLocation.mock.calls[0][0].type).toBe('wgs84');
    expect(found.mock.calls[0][0].coords).toMatchObject({ longitude: 121.13, accuracy: 30 });
    expect(places.source).toBe('WECHAT');
    await soon(8500);
    expect(found).toHaveBeenCalledTimes(3);
    places.clearWatch(watch);
    await soon(20000);
    expect(found).toHaveBeenCalledTimes(3);
    expect(own.watchPosition).not.toHaveBeenCalled();
  });

  it('asks the browser when the server does not sign, WeChat is late, or it cannot tell', async () => {
    const late = new Promise<never>(() => undefined);
    for (const sdk of [Promise.reject(new Error('not_found')), late, wechat((asked) => asked.fail()).sdk]) {
      const own = browser();
      const places = new WechatPlaces(sdk, own);
      const watch = places.watchPosition(vi.fn(), vi.fn(), { enableHighAccuracy: true });
      await soon(4100);
      expect(own.watchPosition).toHaveBeenCalledTimes(1);
      expect(own.watchPosition.mock.calls[0][2]).toEqual({ enableHighAccuracy: true });
      expect(places.source).toBe('BROWSER');
      places.clearWatch(watch);
      expect(own.clearWatch).toHaveBeenCalledWith(77);
    }
  });

  it('takes a no for a no, and asks nothing once the watch is over', async () => {
    const own = browser();
    const failed = vi.fn();
    new WechatPlaces(wechat((asked) => asked.cancel()).sdk, own).watchPosition(vi.fn(), failed);
    await soon();
    expect(failed.mock.calls[0][0].code).toBe(1);
    expect(own.watchPosition).not.toHaveBeenCalled();
    const places = new WechatPlaces(new Promise<never>(() => undefined), own);
    places.clearWatch(places.watchPosition(vi.fn(), failed));
    await soon(5000);
    expect(own.watchPosition).not.toHaveBeenCalled();
  });

  it('keeps on after a hole in the reception', async () => {
    let turn = 0;
    const { sdk } = wechat((asked) => { turn += 1; if (turn === 2) asked.fail(); else asked.success(HERE); });
    const own = browser();
    const found = vi.fn();
    new WechatPlaces(sdk, own).watchPosition(found, vi.fn());
    await soon(9000);
    expect(found).toHaveBeenCalledTimes(2);
    expect(own.watchPosition).not.toHaveBeenCalled();
  });
});
