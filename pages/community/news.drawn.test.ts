import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Api } from '../shared/api';
import type { LiveNews } from '../shared/live';
import type { MeView } from '../shared/types';
import { Desk } from './desk';
import { sumOf } from './tips';
import { words } from './words';

/** The page as it is once somebody has logged in, without a network. */
class Page extends Desk {
  news(message: object): void {
    this.hear(message as LiveNews);
  }

  leave(): void {
    this.forget();
  }
}

const me = { id: 'me', role: 'COMMUNITY_OFFICER', station: 'w1' } as MeView;
let page: Page;
let unread = 0;

/** The feed says that tips changed, and what of mine is unread was counted. */
async function counted(now: number): Promise<void> {
  unread = now;
  page.news({ type: 'touched', what: 'tips' });
  await vi.advanceTimersByTimeAsync(300);
}

beforeEach(async () => {
  vi.useFakeTimers();
  unread = 2;
  vi.spyOn(Api.prototype, 'get').mockImplementation((path: string) => (path === '/tips/counts?box=mine'
    ? Promise.resolve({ open: 9, waiting: 3, longest: 1, overdue: 0, unread }) : new Promise(() => undefined)));
  vi.spyOn(Api.prototype, 'config').mockReturnValue(new Promise(() => undefined));
  page = new Page();
  page.me = me;
  page.news({ type: 'snapshot', me, incidents: [], store: 'up', journaled: 0 });
  await vi.advanceTimersByTimeAsync(300);
});
afterEach(() => {
  page.muted = false;
  vi.useRealTimers();
});

describe('what is new in my tips', () => {
  it('is counted, and heard when there is more of it than before', async () => {
    const chime = vi.spyOn(page.ringer, 'chime');
    expect(page.unread).toBe(2);
    await counted(3);
    await counted(3);
    await counted(1);
    expect([page.unread, chime.mock.calls.length]).toEqual([1, 1]);
    await counted(2);
    expect([page.unread, chime.mock.calls.length]).toEqual([2, 2]);
  });
  it('is not heard where somebody wants no sound, and of what was there before', async () => {
    const chime = vi.spyOn(page.ringer, 'chime');
    page.muted = true;
    await counted(5);
    page.muted = false;
    page.leave();
    expect(page.unread).toBe(0);
    await counted(8);
    expect([page.unread, chime.mock.calls.length]).toEqual([8, 0]);
  });
});

describe('the store\'s absence', () => {
  it('is said on this page, until the store is back, and then everything is read again', () => {
    const { notices } = page.revision;
    page.news({ type: 'store', state: 'down', journaled: 0 });
    expect(page.storeDown).toBe(true);
    page.news({ type: 'store', state: 'up', journaled: 0 });
    expect([page.storeDown, page.revision.notices]).toEqual([false, notices + 1]);
    page.news({ type: 'snapshot', me, incidents: [], store: 'down', journaled: 0 });
    expect(page.storeDown).toBe(true);
  });
});

describe('the head of the list', () => {
  it('says how many there are and how long the longest wait is', () => {
    const at = 90 * 3_600_000;
    expect(sumOf({ open: 211, waiting: 204, longest: at - 75 * 3_600_000, overdue: 31, unread: 0 }, at)).toBe('211 条处理中 · 204 条等答复，最久 3 天 · 31 条已超时');
    expect(sumOf({ open: 2, waiting: 1, longest: at - 3_600_000, overdue: 0, unread: 0 }, at)).toBe('2 条处理中 · 1 条等答复，最久 1 小时');
    expect(sumOf({ open: 7, waiting: 0, longest: null, overdue: 0, unread: 0 }, at)).toBe('7 条处理中 · 没有人在等答复');
  });
});

it('says of an anonymous tip what is true', () => {
  expect(words.anonymous_long[0]).toContain('民警看不到是谁说的，身份另行加密保管');
});
