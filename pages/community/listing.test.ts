import { describe, expect, it } from 'vitest';
import { Fault } from '../shared/fault';
import type { Read } from '../shared/paging';
import { Listing } from './listing';

interface Row { id: string }

/** A server with so many rows, and what was asked of it. */
function server(count: number, page = 50) {
  let rows: Row[] = Array.from({ length: count }, (_, n) => ({ id: `t${n}` }));
  const asked: Array<number | null> = [];
  return {
    asked,
    change: (other: Row[]) => { rows = other; },
    read: async (after: number | null): Promise<Read<Row, number>> => {
      asked.push(after);
      const from = after ?? 0;
      const items = rows.slice(from, from + page);
      return { items, next: from + page < rows.length ? from + page : null };
    },
  };
}

describe('a list that is read a page at a time', () => {
  it('comes to the very end of 250, in the server\'s order, and then asks for nothing more', async () => {
    const { read, asked } = server(250);
    const list = new Listing(read, () => undefined);
    await list.again();
    while (list.next !== null) await list.more();
    expect(list.items?.map((one) => one.id)).toEqual(Array.from({ length: 250 }, (_, n) => `t${n}`));
    await list.more();
    expect(asked).toEqual([null, 50, 100, 150, 200]);
  });

  it('keeps what it shows while it grows and while it is read again', async () => {
    const { read, change } = server(120);
    const shown: Array<number | undefined> = [];
    const list: Listing<Row, number> = new Listing(read, () => shown.push(list.items?.length));
    await list.again();
    await list.more();
    change([{ id: 'new' }, ...(list.items || [])]);
    await list.again();
    expect(shown.filter((n) => n !== undefined)).toEqual([50, 50, 100, 100, 100]);
    expect(list.items?.[0].id).toBe('new');
  });

  it('asks once for a page, however often it is asked for', async () => {
    const { read, asked } = server(250);
    const list = new Listing(read, () => undefined);
    await list.again();
    await Promise.all([list.more(), list.more(), list.more()]);
    expect(asked).toEqual([null, 50]);
    expect(list.items).toHaveLength(100);
  });

  it('says that a page could not be read, keeps the rest, and goes on from there', async () => {
    const { read } = server(120);
    let broken = false;
    const list = new Listing<Row, number>(async (after) => {
      if (broken) throw new Fault({ status: 503, code: 'store_down' } as never);
      return read(after);
    }, () => undefined);
    await list.again();
    broken = true;
    await list.more();
    expect([list.items?.length, list.fault?.code, list.busy]).toEqual([50, 'store_down', false]);
    broken = false;
    await list.again();
    expect([list.items?.length, list.fault]).toEqual([100, null]);
  });

  it('takes no answer to a question that was asked before the last one', async () => {
    const answers: Array<(read: Read<Row, number>) => void> = [];
    const list = new Listing<Row, number>(() => new Promise((done) => { answers.push(done); }), () => undefined);
    const first = list.again();
    const second = list.again();
    answers[1]({ items: [{ id: 'now' }], next: null });
    answers[0]({ items: [{ id: 'old' }], next: null });
    await Promise.all([first, second]);
    expect(list.items).toEqual([{ id: 'now' }]);
  });
});
