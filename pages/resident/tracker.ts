/*
 * The one owner of the position watch. Positions leave the phone only from here and only while it is
 * started; stop() ends the watch, and what was still to be sent is thrown away.
 */

import { distance } from '../shared/geo';
import { asFault } from '../shared/fault';
import type { FixIn } from '../shared/bodies';
import type { Datum, Source } from '../shared/types';
import type { Place } from './embedded';
import type { Places } from './wechat';

export type TrackState = 'idle' | 'asking' | 'on' | 'refused' | 'absent' | 'stopped';
/** `accuracy` in metres, null when the device does not know it. */
export interface Fix {
  lon: number;
  lat: number;
  accuracy: number | null;
  at: number;
  altitude?: number | null;
  /** Where it came from and in which datum, when it was not the browser. */
  source?: Source;
  datum?: Datum;
}

const APART_MS = 5000;
const MOVED_M = 20;
const AGAIN_MS = 3000;
const FRESH_MS = 60000;
/** What the server takes an unknown accuracy for. */
const UNKNOWN_M = 500;

function reach(fix: Fix): number {
  return fix.accuracy ?? UNKNOWN_M;
}

/** Whether `next` says something new: time has passed, the caller moved, or it is twice as exact. */
export function worthSending(last: Fix | null, next: Fix): boolean {
  if (!last) return true;
  return next.at - last.at >= APART_MS
    || distance(last, next) > MOVED_M
    || reach(next) <= reach(last) / 2;
}

const DRIFT_M_S = 2;

/** The better of two fixes: the newer one, unless it is less exact by more than the older one has aged. */
export function better(older: Fix | null, newer: Fix): Fix {
  if (!older) return newer;
  const aged = reach(older) + (DRIFT_M_S * Math.max(0, newer.at - older.at)) / 1000;
  return reach(newer) <= aged ? newer : older;
}

export class Tracker {
  state: TrackState = 'idle';
  last: Fix | null = null;
  /** The server has one of this round. */
  delivered = false;

  private readonly send: (position: FixIn) => Promise<unknown>;
  private readonly changed: () => void;
  private readonly geo: Places | null;
  private watch: number | null = null;
  private sent: Fix | null = null;
  private next: Fix | null = null;
  /** The best of what was not worth sending by itself: sent when nothing better came for five seconds. */
  private held: Fix | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private busy = false;
  /** The server shows what was sent last, and it was no old one. */
  private shown = false;
  private failed = false;
  private ready = false;

  /** `send` posts a position; it is called for one at a time, always with the best. */
  constructor(
    send: (position: FixIn) => Promise<unknown>,
    changed: () => void,
    geo: Places | null = typeof navigator === 'undefined' ? null : navigator.geolocation || null,
  ) {
    this.send = send;
    this.changed = changed;
    this.geo = geo;
  }

  /** Begins to watch; the browser asks the person if it has to. */
  start(): void {
    if (this.watch !== null) return;
    if (!this.geo) {
      this.become('absent');
      return;
    }
    this.become('asking');
    this.watch = this.geo.watchPosition(
      ({ coords, timestamp, source, datum }: Place) => this.take({
        source,
        datum,
        lon: coords.longitude,
        lat: coords.latitude,
        accuracy: coords.accuracy > 0 ? coords.accuracy : null,
        altitude: coords.altitude,
        at: timestamp > 1e12 ? Math.round(timestamp) : Date.now(),
      }),
      ({ code }) => this.fail(code),
      { enableHighAccuracy: true, maximumAge: 2000, timeout: 20000 },
    );
  }

  /** From now on positions may be posted: the report has its receipt. */
  release(): void {
    this.ready = true;
    void this.post();
  }

  stop(): void {
    if (this.watch !== null && this.geo) this.geo.clearWatch(this.watch);
    this.watch = null;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.next = this.sent = this.last = this.held = null;
    this.delivered = this.shown = false;
    this.become('stopped');
  }

  private take(fix: Fix): void {
    if (this.watch === null) return;
    this.last = fix;
    this.failed = false;
    this.become('on');
    this.held = better(this.held, fix);
    if (!worthSending(this.sent, fix)) {
      if (this.timer === undefined) this.timer = setTimeout(() => this.sendHeld(), APART_MS);
      return;
    }
    this.sendHeld();
  }

  private sendHeld(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { held } = this;
    this.held = null;
    if (this.watch === null || !held) return;
    this.next = better(this.next, held);
    void this.post();
  }

  /** Whether the position is being watched, nothing has failed, and the desk shows the last one. */
  get still(): boolean {
    return this.state === 'on' && this.shown && !this.failed && !this.busy && !this.next && !this.held;
  }

  private fail(code: number): void {
    // A timeout (3) or a hole in the reception (2) passes; a refusal (1) does not.
    this.failed = true;
    if (code !== 1) {
      if (this.state === 'asking') this.become('absent');
      return;
    }
    if (this.watch !== null && this.geo) this.geo.clearWatch(this.watch);
    this.watch = null;
    this.become('refused');
  }

  private async post(): Promise<void> {
    if (this.busy || !this.ready) return;
    this.busy = true;
    while (this.next) {
      const fix = this.next;
      this.next = null;
      try {
        this.sent = fix;
        this.shown = false;
        const taken = await this.send({
          ...fix, datum: fix.datum || 'WGS84', source: fix.source || (this.geo && this.geo.source) || 'BROWSER',
          device_at: Date.now(),
        });
        this.shown = (taken as { shown?: boolean } | undefined)?.shown === true && Date.now() - fix.at < FRESH_MS;
        if (!this.delivered && this.watch !== null) {
          this.delivered = true;
          this.changed();
        }
      } catch (error) {
        const fault = asFault(error);
        if (fault.status === 409 || fault.status === 401) {
          this.stop();
          break;
        }
        if (this.watch === null) break;
        if (fault.passing && !this.next) {
          await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
          if (this.watch !== null) this.next = this.next ? better(fix, this.next) : fix;
        }
      }
    }
    this.busy = false;
  }

  private become(state: TrackState): void {
    if (this.state === state && state !== 'on') return;
    this.state = state;
    this.changed();
  }
}
