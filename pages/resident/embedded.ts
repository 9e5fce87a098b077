/*
 * The page within another site's or app's: positions that its host hands over. From the window around this one
 * alone, and from an origin that the installation names (embed_origins); each is judged whole, and what is no
 * position is refused. Such a position has the age and the accuracy that its host says, and a source of its own.
 * While the host says nothing new, the browser is asked as without one.
 */

import type { Datum, Source } from '../shared/types';
import type { Places } from './wechat';

export const FIRST_MS = 4000;
export const SILENT_MS = 30000;
/** Clocks of one device: what lies further in the future is no time of a fix. */
const AHEAD_MS = 60000;
const DATUMS: readonly Datum[] = ['WGS84', 'GCJ02', 'BD09'];
const POSITION = 'jingmin.position';
const STOP = 'jingmin.stop';

export interface Handed {
  lon: number;
  lat: number;
  datum: Datum;
  accuracy: number | null;
  altitude: number | null;
  at: number;
}

interface Watch {
  found: PositionCallback;
  failed?: PositionErrorCallback | null;
  options?: PositionOptions;
  browser: number | null;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** What a watch of an app's positions gets beside the browser's members. */
export type Place = GeolocationPosition & { source?: Source; datum?: Datum };

/** The position in a message, or the members for which it is none. */
export function readHanded(data: Record<string, unknown>, now: number): Handed | string[] {
  const { lon, lat, datum, at } = data;
  const wrong: string[] = [];
  const within = (value: unknown, most: number): boolean => typeof value === 'number' && Math.abs(value) <= most;
  if (!within(lon, 180)) wrong.push('lon');
  if (!within(lat, 90)) wrong.push('lat');
  if (DATUMS.indexOf(datum as Datum) < 0) wrong.push('datum');
  // Without its time an old one would count as new.
  if (typeof at !== 'number' || !(at > 1e12 && at <= now + AHEAD_MS)) wrong.push('at');
  if (wrong.length) return wrong;
  const known = (name: string, least: number): number | null => {
    const value = data[name];
    return typeof value === 'number' && value > least && value < 1e7 ? value : null;
  };
  return {
    lon: lon as number, lat: lat as number, datum: datum as Datum,
    accuracy: known('accuracy', 0), altitude: known('altitude', -1e7), at: Math.min(at as number, now),
  };
}

export class AppPlaces implements Places {
  private readonly host: Window;
  private readonly browser: Geolocation | null;
  private readonly watches = new Map<number, Watch>();
  private allowed: readonly string[] = [];
  private count = 0;
  private last: Handed | null = null;

  /** `host` is the window around this one, `browser` what to ask while it says nothing. */
  constructor(host: Window, browser: Geolocation | null) {
    this.host = host;
    this.browser = browser;
    window.addEventListener('message', (event) => this.hear(event));
  }

  /** The origins of which one may hand positions over; whichever is there is told that it may begin. */
  allow(origins: readonly string[]): void {
    if (this.allowed.length) return;
    this.allowed = origins.slice();
    for (const origin of origins) this.say({ type: 'jingmin.ready' }, origin);
  }

  watchPosition(found: PositionCallback, failed?: PositionErrorCallback | null, options?: PositionOptions): number {
    const id = ++this.count;
    const watch: Watch = { found, failed, options, browser: null, timer: undefined };
    this.watches.set(id, watch);
    const age = this.last ? Date.now() - this.last.at : 0;
    this.wait(watch, this.last && age < SILENT_MS ? SILENT_MS - age : FIRST_MS);
    // As any watch: what is known is said at once, but not before the caller has this number.
    if (this.last) void Promise.resolve(this.last).then((last) => { if (this.watches.has(id)) found(placed(last)); });
    return id;
  }

  clearWatch(id: number): void {
    const watch = this.watches.get(id);
    this.watches.delete(id);
    if (!watch) return;
    clearTimeout(watch.timer);
    this.letGo(watch);
  }

  private hear({ source, origin, data }: MessageEvent): void {
    if (source !== this.host || this.allowed.indexOf(origin) < 0) return;
    if (typeof data !== 'object' || data === null) return;
    const { type } = data as { type?: unknown };
    if (type === STOP) {
      this.last = null;
      this.watches.forEach((watch) => this.askBrowser(watch));
    }
    if (type !== POSITION) return;
    const read = readHanded(data as Record<string, unknown>, Date.now());
    if (Array.isArray(read)) {
      this.say({ type: 'jingmin.refused', missing: read }, origin);
      return;
    }
    // The same once more says nothing new: nobody knows whether it still holds.
    if (this.last && read.at <= this.last.at) return;
    this.last = read;
    this.watches.forEach((watch) => {
      this.letGo(watch);
      this.wait(watch, SILENT_MS);
      watch.found(placed(read));
    });
  }

  private say(message: object, origin: string): void {
    this.host.postMessage(message, origin);
  }

  private wait(watch: Watch, ms: number): void {
    clearTimeout(watch.timer);
    watch.timer = setTimeout(() => this.askBrowser(watch), ms);
  }

  private askBrowser(watch: Watch): void {
    clearTimeout(watch.timer);
    // The host may not have given the frame the right to ask; it can hand one over all the same, later.
    const failed = (): void => { if (watch.failed) watch.failed({ code: 2 } as GeolocationPositionError); };
    if (!this.browser) failed();
    else if (watch.browser === null) watch.browser = this.browser.watchPosition(watch.found, failed, watch.options);
  }

  private letGo(watch: Watch): void {
    if (watch.browser !== null && this.browser) this.browser.clearWatch(watch.browser);
    watch.browser = null;
  }
}

function placed({ lon, lat, datum, accuracy, altitude, at }: Handed): Place {
  const coords = { longitude: lon, latitude: lat, accuracy: accuracy === null ? 0 : accuracy, altitude };
  return { coords, timestamp: at, source: 'APP', datum } as unknown as Place;
}
