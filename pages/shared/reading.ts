/*
 * How far this page has a thread and how far it stood on the screen, told to the server: never twice the same,
 * and again when it could not be told.
 */

import { backoff, pause, type Api } from './api';
import type { ReadIn } from './bodies';
import { asFault } from './fault';
import type { EntryView } from './types';

const GATHER_MS = 300;
const TRIES = 8;

/** The last thing that others said in a thread; 0 for nothing. */
export function lastSaid(entries: readonly EntryView[], mine: (entry: EntryView) => boolean): number {
  for (let at = entries.length - 1; at >= 0; at--) {
    const one = entries[at];
    if ((one.what === 'message' || one.what === 'upload') && !mine(one)) return one.seq;
  }
  return 0;
}

export class Reading {
  private readonly api: Api;
  private readonly path: string;
  private told: ReadIn = { received: 0, read: 0 };
  private wanted: ReadIn = { received: 0, read: 0 };
  private running = false;
  private stopped = false;

  /** `path` is '/my' or '/incidents/<id>'. */
  constructor(api: Api, path: string) {
    this.api = api;
    this.path = path;
  }

  /** The page has the thread up to here. */
  received(seq: number): void {
    if (seq > this.wanted.received) this.want({ ...this.wanted, received: seq });
  }

  /** It stands on the screen up to here; a page that nobody sees reads nothing. */
  read(seq: number): void {
    if (seq <= this.wanted.read || document.visibilityState === 'hidden') return;
    this.want({ received: Math.max(seq, this.wanted.received), read: seq });
  }

  stop(): void {
    this.stopped = true;
  }

  private want(next: ReadIn): void {
    this.wanted = next;
    if (!this.running) void this.run();
  }

  private get due(): boolean {
    return !this.stopped && (this.wanted.received > this.told.received || this.wanted.read > this.told.read);
  }

  private async run(): Promise<void> {
    this.running = true;
    await pause(GATHER_MS);
    for (let tried = 1; this.due && tried <= TRIES; tried++) {
      const saying = this.wanted;
      try {
        await this.api.post(this.path + '/read', saying);
        this.told = saying;
        tried = 0;
      } catch (error) {
        if (asFault(error).status >= 400 && asFault(error).status < 500) break;
        await pause(backoff(tried));
      }
    }
    this.running = false;
  }
}
