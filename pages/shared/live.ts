/*
 * The live feed (api/LIVE.md): one WebSocket that comes back by itself.
 *
 *   const live = new Live('/api/v1/live?face=console');
 *   const live = new Live('/api/v1/live/caller', () => token);        says hello with the token
 *   const live = new Live('/api/v1/live/caller', () => token, () => watched);    says that nobody has moved
 *   live.on('state', (state) => …);        connecting | live | lost | refused
 *   live.on('message', (message) => …);    everything but pong; feed it to IncidentBook (incidents.ts)
 *   live.open();
 *
 * 'lost' must be visible: what the page shows may be old. `live.since` says since when. 'refused' is
 * final (session or token no longer valid): log in again, then open() once more.
 */

import { backoff } from './api';
import { learn } from './clock';
import type { LiveIn, LiveOut, LiveProblem, Pong, Snapshot, SnapshotPart } from './messages';

export type LiveState = 'connecting' | 'live' | 'lost' | 'refused';
export type LiveNews = Exclude<LiveOut, Pong | SnapshotPart>;

interface Events { state: LiveState; message: LiveNews }

/** How often a page says something, and after how long a silence it says that it may be cut off. */
interface Pace { look: number; ping: number; doubt: number }
// Whoever is on duty must know within five seconds, a frozen server as well as a lost network.
const STAFF: Pace = { look: 500, ping: 1500, doubt: 4000 };
const CALLER: Pace = { look: 2500, ping: 5000, doubt: 12000 };
/** From then on the socket is given up for another; until then whatever comes on it proves it well. */
const SILENT_MS = 12000;
const SLEPT_MS = 6000;

/**
 * Ms until the next try after the socket was closed with `code`, never the same for two pages. After 1012
 * (restart) at once, after 1013 (too many) not at once. Staff tries every second or two for a quarter of
 * a minute, so that a desk is back as soon as the server is.
 */
export function comeback(code: number, tried: number, staff: boolean, random = Math.random): number {
  if (code === 1012) return random() * 2000;
  if (code === 1013) return 4000 + backoff(tried + 2, random);
  if (!staff) return backoff(tried, random);
  return backoff(tried < 12 ? Math.min(tried, 3) : tried - 9, random);
}

export class Live {
  state: LiveState = 'connecting';
  /** When the present state began, by the device's clock. */
  since = Date.now();
  /** The last refusal, when the server said why. */
  problem: LiveProblem | null = null;

  private readonly path: string;
  private readonly token: (() => string) | null;
  private readonly still: (() => boolean) | null;
  private readonly listeners: { [E in keyof Events]: Array<(value: Events[E]) => void> } =
    { state: [], message: [] };
  private socket: WebSocket | null = null;
  /** The snapshot whose parts come one after the other. */
  private whole: Snapshot | null = null;
  private pinger = 0;
  private later = 0;
  private heardAt = 0;
  private tickAt = 0;
  private pingedAt = 0;
  /** The present socket has brought what there is: a pong on it says that the page is up to date. */
  private told = false;
  private readonly pace: Pace;
  private tried = 0;
  private closed = true;
  private readonly woken = (): void => this.wake();
  private readonly cut = (): void => this.doubt();

  constructor(path: string, token: (() => string) | null = null, still: (() => boolean) | null = null) {
    this.path = path;
    this.token = token;
    this.still = still;
    this.pace = token ? CALLER : STAFF;
  }

  on<E extends keyof Events>(event: E, fn: (value: Events[E]) => void): () => void {
    const list = this.listeners[event];
    list.push(fn);
    return () => { list.splice(list.indexOf(fn), 1); };
  }

  open(): void {
    if (!this.closed) return;
    this.closed = false;
    this.tried = 0;
    this.become('connecting');
    window.addEventListener('online', this.woken);
    window.addEventListener('offline', this.cut);
    window.addEventListener('pageshow', this.woken);
    document.addEventListener('visibilitychange', this.woken);
    this.connect();
  }

  close(): void {
    this.closed = true;
    window.removeEventListener('online', this.woken);
    window.removeEventListener('offline', this.cut);
    window.removeEventListener('pageshow', this.woken);
    document.removeEventListener('visibilitychange', this.woken);
    this.drop();
  }

  private connect(): void {
    this.drop();
    const socket = new WebSocket(location.origin.replace(/^http/, 'ws') + this.path);
    this.socket = socket;
    this.heardAt = this.tickAt = this.pingedAt = Date.now();
    this.told = false;
    socket.onopen = () => {
      if (this.token) this.send({ type: 'hello', token: this.token() });
    };
    socket.onmessage = (event) => this.receive(String(event.data));
    socket.onclose = (event) => this.lose(event.code);
    this.pinger = window.setInterval(() => this.tick(), this.pace.look);
  }

  private receive(text: string): void {
    this.heardAt = Date.now();
    let message = JSON.parse(text) as LiveOut;
    if (message.type === 'pong') {
      learn(message.server_at, message.at, this.heardAt);
      if (this.told && this.state === 'lost') this.become('live');
      return;
    }
    if (message.type === 'snapshot') this.whole = message;
    if (message.type === 'part') {
      const whole = this.whole!;
      whole.incidents.push(...message.incidents);
      whole.more = message.more;
      message = whole;
    }
    if (message.type === 'snapshot' && message.more) return;
    if (message.type === 'error') this.problem = message;
    else {
      this.tried = 0;
      this.told = true;
      if (this.state !== 'live') this.become('live');
    }
    this.emit('message', message);
  }

  private tick(): void {
    const now = Date.now();
    // Browsers slow the timers of hidden pages down; that is our own silence, not the server's.
    const slept = now - this.tickAt > SLEPT_MS;
    this.tickAt = now;
    if (slept) this.heardAt = now;
    const silent = now - this.heardAt;
    if (silent > SILENT_MS) {
      this.lose(0);
      return;
    }
    if (silent > this.pace.doubt) this.doubt();
    if (slept || now - this.pingedAt >= this.pace.ping) this.ping(now);
  }

  /** Perhaps cut off: it is said at once, and taken back when something comes after all. */
  private doubt(): void {
    if (!this.closed && this.state === 'live') this.become('lost');
  }

  private wake(): void {
    if (this.closed || document.visibilityState === 'hidden') return;
    if (this.later) {
      this.tried = 0;
      this.connect();
    } else this.ping(Date.now());
  }

  private ping(at: number): void {
    this.pingedAt = at;
    this.send(this.still ? { type: 'ping', at, still: this.still() } : { type: 'ping', at });
  }

  private lose(code: number): void {
    this.drop();
    if (this.closed) return;
    if (code === 4401) {
      this.close();
      this.become('refused');
      return;
    }
    this.tried += 1;
    if (this.state !== 'lost') this.become('lost');
    this.later = window.setTimeout(() => this.connect(), comeback(code, this.tried, !this.token));
  }

  private drop(): void {
    window.clearInterval(this.pinger);
    window.clearTimeout(this.later);
    this.later = 0;
    const { socket } = this;
    if (!socket) return;
    this.socket = null;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  private send(message: LiveIn): void {
    if (this.socket && this.socket.readyState === 1) this.socket.send(JSON.stringify(message));
  }

  private become(state: LiveState): void {
    this.state = state;
    // Lost is what was not heard of any more, not what was noticed.
    this.since = state === 'lost' ? this.heardAt : Date.now();
    this.emit('state', state);
  }

  private emit<E extends keyof Events>(event: E, value: Events[E]): void {
    for (const fn of this.listeners[event].slice()) fn(value);
  }
}
