/*
 * A list that the server orders and gives a page at a time. What is shown stays while it is read again or
 * grows, so that nothing jumps; at a change all pages that are shown are read, as one.
 */

import { useEffect, useReducer, useRef } from 'preact/hooks';
import { asFault, type Fault } from '../shared/fault';
import type { Read } from '../shared/paging';

export type ReadPage<T, C> = (after: C | null) => Promise<Read<T, C>>;

export class Listing<T extends { id: string }, C> {
  /** null: nothing was read yet. */
  items: T[] | null = null;
  /** Where the page after these begins; null at the end. */
  next: C | null = null;
  fault: Fault | null = null;
  busy = false;

  private pages = 1;
  private latest = 0;

  constructor(private readonly read: ReadPage<T, C>, private readonly changed: () => void) {}

  /** Reads anew what is shown. */
  async again(): Promise<void> {
    await this.work(async (mine) => {
      const found = new Map<string, T>();
      let next: C | null = null;
      for (let page = 0; page < this.pages; page++) {
        const some: Read<T, C> = await this.read(next);
        if (mine !== this.latest) return;
        some.items.forEach((one) => { if (!found.has(one.id)) found.set(one.id, one); });
        next = some.next;
        if (next === null) break;
      }
      this.items = Array.from(found.values());
      this.next = next;
    });
  }

  /** One page more, behind what is shown. */
  async more(): Promise<void> {
    const { items, next } = this;
    // What is on its way already is not asked for twice.
    if (!items || next === null || this.busy) return;
    this.pages += 1;
    await this.work(async (mine) => {
      const some = await this.read(next);
      if (mine !== this.latest) return;
      const known = new Set(items.map((one) => one.id));
      this.items = items.concat(some.items.filter((one) => !known.has(one.id)));
      this.next = some.next;
    });
  }

  /** Nobody looks at it any more. */
  close(): void {
    this.latest += 1;
  }

  private async work(part: (mine: number) => Promise<void>): Promise<void> {
    const mine = ++this.latest;
    this.busy = true;
    this.changed();
    try {
      await part(mine);
      if (mine === this.latest) this.fault = null;
    } catch (error) {
      if (mine === this.latest) this.fault = asFault(error);
    }
    if (mine !== this.latest) return;
    this.busy = false;
    this.changed();
  }
}

const GATHER_MS = 250;

/** Another list when `key` changes; read again when `revision` does, many changes at once. */
export function useListing<T extends { id: string }, C>(key: string, revision: number, read: ReadPage<T, C>): Listing<T, C> {
  const [, draw] = useReducer((n: number) => n + 1, 0);
  const held = useRef<{ key: string; list: Listing<T, C> } | null>(null);
  if (!held.current || held.current.key !== key) {
    if (held.current) held.current.list.close();
    held.current = { key, list: new Listing(read, () => draw(0)) };
  }
  const { list } = held.current;
  useEffect(() => {
    const timer = setTimeout(() => void list.again(), list.items || list.busy ? GATHER_MS : 0);
    return () => clearTimeout(timer);
  }, [list, revision]);
  useEffect(() => () => { if (held.current) held.current.list.close(); }, []);
  return list;
}
