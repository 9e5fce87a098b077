/* Lists that the server gives a page at a time: so many pages, or all. */

export interface Read<T, C> {
  items: T[];
  /** Where the page after these begins; null at the end. */
  next: C | null;
}

/** The first `pages` pages as one. What moved meanwhile and came twice is there once. */
export async function readPages<T extends { id: string }, C>(
  pages: number, read: (after: C | null) => Promise<Read<T, C>>,
): Promise<Read<T, C>> {
  const found = new Map<string, T>();
  let next: C | null = null;
  for (let page = 0; page < pages; page++) {
    const some: Read<T, C> = await read(next);
    some.items.forEach((one) => { if (!found.has(one.id)) found.set(one.id, one); });
    next = some.next;
    if (next === null) break;
  }
  return { items: Array.from(found.values()), next };
}
