import { h } from 'preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { notice, sitting, storage } from '../drawn/officer';
import { Page, soon } from '../drawn/page';
import type { CorrectIn } from '../shared/notices';
import { Correct } from './correct';
import { wordsOf } from './conflict';
import { Leftover } from './leftover';
import { Notice } from './notice';

const wrong = notice({ state: 'PUBLISHED', may: ['correct'], link: 'https://a.cn', picture: 'old.jpg', published_at: 1 });
const done = vi.fn();
let shelf: Storage;
let page: Page | null = null;
beforeEach(() => { shelf = storage(); });
afterEach(() => {
  page?.leave();
  page = null;
  vi.clearAllMocks();
});

function open(at: ReturnType<typeof sitting>): Page {
  page?.leave();
  page = new Page(h(Correct, { desk: at.desk, one: wrong, close: () => undefined, done }));
  return page;
}

async function saved(at: ReturnType<typeof sitting>, on: Page): Promise<CorrectIn> {
  at.api.post.mockResolvedValue(notice());
  on.press('c-save');
  await soon(() => expect(done).toHaveBeenCalled());
  return at.api.post.mock.calls.find(([path]) => path === '/notices/n1/correct')?.[1] as CorrectIn;
}

describe('a correction', () => {
  it('leaves link and picture as they are, and goes to nobody else', async () => {
    const at = sitting(shelf);
    const on = open(at);
    on.write('c-text', '明晚停水');
    const body = await saved(at, on);
    expect(body).toMatchObject({ text: '明晚停水', everybody: false });
    expect(body).not.toHaveProperty('link');
    expect(body).not.toHaveProperty('picture');
  });
  it('changes link, picture and who gets it, and keeps all that is written', async () => {
    const at = sitting(shelf);
    const on = open(at);
    on.write('c-link', 'http://b.cn');
    await soon(() => expect(on.get('c-save').disabled).toBe(true));
    on.write('c-link', 'https://b.cn');
    on.get('f-picture').files = [{}];
    on.get('f-picture').hear('change');
    on.tick('c-everybody');
    await soon(() => expect(at.desk.drafts.get('notice/n1/correct')).toMatchObject({ picture: 'notice-1.jpg' }));
    const later = sitting(shelf);
    const again = open(later);
    await soon(() => expect(again.get('c-everybody').checked).toBe(true));
    expect(await saved(later, again)).toMatchObject({ link: 'https://b.cn', picture: 'notice-1.jpg', everybody: true });
  });
});

describe('a correction that is not finished', () => {
  it('is offered also when nothing but its link was changed', async () => {
    open(sitting(shelf)).write('c-link', 'https://c.cn');
    const leftover = (): Page => {
      page?.leave();
      return (page = new Page(h(Leftover, { desk: sitting(shelf).desk, one: wrong, goOn: () => undefined, correct: () => undefined })));
    };
    expect(leftover().find('leftover-go')).toBeDefined();
    sitting(shelf).drafts.put('notice/n1/correct', null);
    expect(leftover().find('leftover-go')).toBeUndefined();
  });
  it('begins with link and picture of a change that came too late', async () => {
    const at = sitting(shelf);
    const was = wordsOf(wrong);
    at.drafts.put('notice/n1', { draft: { ...was, text: '明晚停水', link: 'https://d.cn', picture: 'new.jpg' }, was, version: 1 });
    page = new Page(h(Leftover, { desk: at.desk, one: wrong, goOn: () => undefined, correct: () => undefined }));
    page.press('leftover-go');
    expect(at.drafts.get('notice/n1/correct')).toMatchObject({ text: '明晚停水', link: 'https://d.cn', picture: 'new.jpg' });
  });
});

describe('a trial', () => {
  it('is asked for at one press, and says where it goes', async () => {
    const at = sitting(shelf);
    at.api.get.mockImplementation(async (path: string) => (path === '/notices/n1' ? notice() : null));
    page = new Page(h(Notice, { desk: at.desk, id: 'n1', changed: () => undefined }));
    const on = page;
    await soon(() => expect(on.find('try')).toBeDefined());
    expect(on.find('tried')).toBeUndefined();
    at.api.post.mockResolvedValue(notice({ version: 2 }));
    on.press('try');
    await soon(() => expect(on.get('tried').text).toContain('试发'));
    expect(at.api.post.mock.calls.map(([path]) => path)).toEqual(['/notices/n1/trial']);
  });
  it('of what is published is not offered', async () => {
    const at = sitting(shelf);
    at.api.get.mockImplementation(async (path: string) => (path === '/notices/n1' ? wrong : path.endsWith('/deliveries') ? { totals: wrong.totals, deliveries: [] } : null));
    page = new Page(h(Notice, { desk: at.desk, id: 'n1', changed: () => undefined }));
    const on = page;
    await soon(() => expect(on.find('notice-detail')).toBeDefined());
    expect(on.find('try')).toBeUndefined();
  });
});
