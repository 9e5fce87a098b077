import { expect, test } from 'vitest';
import { readPages, type Read } from './paging';

const all = Array.from({ length: 2_345 }, (_, n) => ({ id: String(n) }));

async function read(after: number | null): Promise<Read<{ id: string }, number>> {
  const start = after ?? 0;
  return { items: all.slice(start, start + 100), next: start + 100 < all.length ? start + 100 : null };
}

test('a list of many pages is read to its end', async () => {
  const { items, next } = await readPages(Infinity, read);
  expect(items).toEqual(all);
  expect(next).toBeNull();
});

test('after some pages it says where it goes on', async () => {
  const { items, next } = await readPages(3, read);
  expect(items).toHaveLength(300);
  expect(next).toBe(300);
});

test('what moved from one page to another is there once', async () => {
  const moving = async (after: string | null): Promise<Read<{ id: string }, string>> =>
    after === null ? { items: [{ id: 'a' }, { id: 'b' }], next: 'b' } : { items: [{ id: 'b' }, { id: 'c' }], next: null };
  expect((await readPages(Infinity, moving)).items.map((one) => one.id)).toEqual(['a', 'b', 'c']);
});
