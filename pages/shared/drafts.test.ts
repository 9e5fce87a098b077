import { describe, expect, it } from 'vitest';
import { Drafts, KEPT_MS, unsent } from './drafts';

/** A browser's storage. */
function storage(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (name: string) => (kept.has(name) ? kept.get(name)! : null),
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
    key: (n: number) => Array.from(kept.keys())[n] || null,
    get length() { return kept.size; },
  } as Storage;
}

function opened(shelf: Storage | null, person: string, clock = () => 1): Drafts {
  const drafts = new Drafts(shelf, clock);
  drafts.open(person);
  return drafts;
}

describe('what is written and not sent', () => {
  it('is there after a reload, for whoever wrote it and nobody else', () => {
    const shelf = storage();
    opened(shelf, 'zhou').put('tip/1', { text: 'a' });
    expect(opened(shelf, 'wu').get('tip/1')).toBeNull();
    expect(opened(shelf, '').get('tip/1')).toBeNull();
    const mine = opened(shelf, 'zhou');
    expect(mine.get('tip/1')).toEqual({ text: 'a' });
    expect(mine.at('tip/1')).toBe(1);
    mine.put('tip/1', null);
    expect(opened(shelf, 'zhou').get('tip/1')).toBeNull();
  });
  it('is not shown to who logs in next without a reload, and is there again afterwards', () => {
    const drafts = opened(storage(), 'zhou');
    drafts.put('tip/1', { text: 'a' });
    drafts.open('wu');
    expect(drafts.get('tip/1')).toBeNull();
    drafts.put('tip/1', { text: 'b' });
    drafts.open('zhou');
    expect(drafts.get('tip/1')).toEqual({ text: 'a' });
  });
  it('belongs to who began it, whoever sits here when an upload ends', () => {
    const drafts = opened(storage(), 'zhou');
    drafts.open('wu');
    drafts.put('notice/new', { picture: 'p' }, 'zhou');
    expect(drafts.get('notice/new')).toBeNull();
    expect(drafts.get('notice/new', 'zhou')).toEqual({ picture: 'p' });
  });
  it('is nobody\'s while nobody is logged in', () => {
    const shelf = storage();
    opened(shelf, '').put('tip/1', { text: 'a' });
    expect(shelf.length).toBe(0);
  });
  it('is gone after a week, of whomever it was', () => {
    const shelf = storage();
    opened(shelf, 'zhou').put('tip/1', { text: 'a' });
    opened(shelf, 'wu', () => 2 + KEPT_MS);
    expect(shelf.length).toBe(0);
  });
  it('lasts as long as the page where the browser keeps nothing', () => {
    const full = { ...storage(), setItem: () => { throw new Error('full'); }, getItem: () => { throw new Error('refused'); } } as Storage;
    for (const shelf of [null, full]) {
      const drafts = opened(shelf, 'zhou');
      drafts.put('tip/1', { text: 'a' });
      expect(drafts.get('tip/1')).toEqual({ text: 'a' });
    }
  });
  it('takes nothing that is no draft', () => {
    const shelf = storage();
    for (const text of ['', '{', '1', '{"at":1}', '{"at":"x","value":{}}']) {
      shelf.setItem('jingmin.draft.zhou/tip/1', text);
      expect(opened(shelf, 'zhou').get('tip/1')).toBeNull();
    }
    expect(shelf.length).toBe(0);
  });
  it('is what another tab wrote last', () => {
    const shelf = storage();
    const one = opened(shelf, 'zhou');
    one.put('tip/1', { text: 'a' });
    opened(shelf, 'zhou').put('tip/1', { text: 'b' });
    let told = 0;
    one.on(() => { told++; });
    one.heard('jingmin.draft.zhou/tip/1');
    one.heard('jingmin.language');
    expect([one.get('tip/1'), told]).toEqual([{ text: 'b' }, 1]);
  });
});

it('what was written while it was sent is left', () => {
  expect(unsent('a', 'a')).toBe('');
  expect(unsent(' a ', 'a')).toBe('');
  expect(unsent('a and b', 'a')).toBe('and b');
  expect(unsent('b', 'a')).toBe('b');
});
