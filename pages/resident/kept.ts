/*
 * The report as this phone keeps it, so that a reload, a crash or a locked screen resumes the same
 * incident. Written before anything is sent: the key makes every later try the same report.
 */

import type { HangUp, Receipt } from '../shared/types';

export interface Kept {
  key: string;
  silent: boolean;
  /** When it was tapped, by the phone's clock, Unix ms. */
  tappedAt: number;
  notice: string;
  receipt: Receipt | null;
  /** The entry ticket of somebody who came from WeChat, to be told there how it goes. */
  wechat?: string;
  /** The caller hung up here: nothing is opened again until the caller says so. */
  left?: boolean;
  /** Why, if the caller said; and whether the server knows that he hung up. */
  why?: HangUp;
  told?: boolean;
}

export type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const NAME = 'jingmin.report';
const OLD_MS = 3 * 24 * 3600 * 1000;

export class KeptReport {
  private readonly shelf: Shelf | null;
  private memory: Kept | null = null;

  constructor(shelf: Shelf | null) {
    this.shelf = shelf;
  }

  load(now: number): Kept | null {
    try {
      const text = this.shelf && this.shelf.getItem(NAME);
      const kept = text ? (JSON.parse(text) as Kept) : this.memory;
      if (!kept || typeof kept.key !== 'string' || kept.key.length < 8) return null;
      if (now - kept.tappedAt > OLD_MS) return null;
      return kept;
    } catch {
      return this.memory;
    }
  }

  save(kept: Kept): void {
    this.memory = kept;
    try {
      if (this.shelf) this.shelf.setItem(NAME, JSON.stringify(kept));
    } catch {
      // Private windows may refuse: then the report lives as long as the page.
    }
  }

  /** Whether a reload of the page finds it again. */
  get lasts(): boolean {
    try {
      return this.shelf !== null && this.shelf.getItem(NAME) !== null;
    } catch {
      return false;
    }
  }

  forget(): void {
    this.memory = null;
    try {
      if (this.shelf) this.shelf.removeItem(NAME);
    } catch {
      // As above.
    }
  }
}

/** The browser's storage, or null where even looking at it is refused. */
export function browserShelf(): Shelf | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
