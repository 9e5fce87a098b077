/*
 * Inside WeChat: who came through the account's door, and the position by WeChat's own SDK. Where the
 * server does not sign (no account, no ticket) or WeChat does not answer, the browser is asked.
 */

import type { Api } from '../shared/api';
import type { JsSdkView } from '../shared/tips';
import type { Source } from '../shared/types';

const READY_MS = 4000;
const EVERY_MS = 4000;

interface Answer { latitude: number; longitude: number; accuracy: number }
interface Sdk {
  config(options: object): void;
  ready(done: () => void): void;
  error(failed: () => void): void;
  getLocation(options: { type: string; success: (answer: Answer) => void; fail: () => void; cancel: () => void }): void;
}

/** What the tracker watches: the browser's own, or this. */
export interface Places {
  watchPosition: Geolocation['watchPosition'];
  clearWatch: Geolocation['clearWatch'];
  source?: Source;
}

/** WeCom's web view says MicroMessenger, too, but belongs to another account. */
export function inWechat(agent: string): boolean {
  return /MicroMessenger/i.test(agent) && !/wxwork/i.test(agent);
}

/** Loads the SDK for this page; rejects when the server does not sign or WeChat refuses. */
export async function loadSdk(api: Api): Promise<Sdk> {
  // The address as it was opened: WeChat compares the signature with it, without what follows #.
  const page = location.href.split('#')[0];
  const signed = await api.get<JsSdkView>('/wechat/jssdk?url=' + encodeURIComponent(page), { tries: 1, timeout: READY_MS });
  await new Promise<void>((resolve, reject) => {
    const script = document.createElement('script');
    script.src = signed.script;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error('no script'));
    document.head.appendChild(script);
  });
  const { wx } = window as unknown as { wx: Sdk };
  return new Promise((resolve, reject) => {
    // Named error first: an SDK that failed already must not leave the page waiting.
    wx.error(() => reject(new Error('not accepted')));
    wx.ready(() => resolve(wx));
    wx.config({
      appId: signed.appid, timestamp: signed.timestamp, nonceStr: signed.nonce, signature: signed.signature,
      jsApiList: ['getLocation'],
    });
  });
}

export class WechatPlaces implements Places {
  source: Source = 'BROWSER';

  private readonly sdk: Promise<Sdk>;
  private readonly browser: Geolocation | null;
  private watches = 0;
  private readonly ends = new Map<number, () => void>();

  /** `sdk` is being loaded while the person reads the page. */
  constructor(sdk: Promise<Sdk>, browser: Geolocation | null) {
    this.browser = browser;
    let timer = 0;
    this.sdk = Promise.race([sdk, new Promise<Sdk>((_, reject) => {
      timer = setTimeout(() => reject(new Error('late')), READY_MS) as unknown as number;
    })]);
    const settled = (): void => clearTimeout(timer);
    this.sdk.then(settled, settled);
  }

  watchPosition(found: PositionCallback, failed?: PositionErrorCallback | null, options?: PositionOptions): number {
    const id = ++this.watches;
    let over = false;
    this.ends.set(id, () => { over = true; });
    const byBrowser = (): void => {
      if (over) return;
      this.source = 'BROWSER';
      if (!this.browser) {
        if (failed) failed({ code: 2 } as GeolocationPositionError);
        return;
      }
      const { browser } = this;
      const watch = browser.watchPosition(found, failed, options);
      this.ends.set(id, () => browser.clearWatch(watch));
    };
    let known = false;
    this.sdk.then((wx) => {
      const ask = (): void => {
        if (over) return;
        wx.getLocation({
          // Said explicitly: everything here takes WGS-84, and the default is a matter of versions.
          type: 'wgs84',
          success: ({ latitude, longitude, accuracy }) => {
            if (over) return;
            known = true;
            this.source = 'WECHAT';
            found({ coords: { latitude, longitude, accuracy }, timestamp: Date.now() } as GeolocationPosition);
            const timer = setTimeout(ask, EVERY_MS);
            this.ends.set(id, () => { over = true; clearTimeout(timer); });
          },
          fail: () => {
            if (known) setTimeout(ask, EVERY_MS);
            else byBrowser();
          },
          // A no to WeChat is a no: the browser does not ask once more.
          cancel: () => { if (!over && failed) failed({ code: 1 } as GeolocationPositionError); },
        });
      };
      ask();
    }, byBrowser);
    return id;
  }

  clearWatch(id: number): void {
    const end = this.ends.get(id);
    this.ends.delete(id);
    if (end) end();
  }
}
