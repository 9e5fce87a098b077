import { h } from 'preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { notice, overtaken, sitting, storage } from '../drawn/officer';
import { Page, soon } from '../drawn/page';
import type { NoticeIn, NoticePatch, NoticeView } from '../shared/notices';
import { Writing } from './writing';

let shelf: Storage;
let page: Page | null = null;
const back = vi.fn();
const done = vi.fn();

beforeEach(() => { shelf = storage(); });
afterEach(() => {
  page?.leave();
  page = null;
  vi.clearAllMocks();
});

function open(desk: ReturnType<typeof sitting>['desk'], one?: NoticeView): Page {
  page?.leave();
  page = new Page(h(Writing, { desk, notice: one, done, back }));
  return page;
}

async function writeAll(on: Page): Promise<void> {
  on.write('f-title', '停水');
  on.write('f-text', '今晚停水');
  on.write('f-link', 'https://a.cn');
  on.tick('f-urgent');
  await soon(() => expect(on.find('c1', 'data-community')).toBeDefined());
  on.get('c1', 'data-community').hear('change');
  await soon(() => expect(on.get('f-urgent').checked).toBe(true));
}

describe('a notice whose picture is being uploaded', () => {
  it('keeps everything that is written meanwhile, and waits for the picture', async () => {
    const { desk, api } = sitting(shelf);
    let arrive: (answer: unknown) => void = () => undefined;
    api.upload.mockImplementation(() => new Promise((resolve) => { arrive = resolve; }));
    const on = open(desk);
    on.get('f-picture').files = [{}];
    on.get('f-picture').hear('change');
    await writeAll(on);
    expect(on.get('save').disabled).toBe(true);
    arrive({ file: 'notice-1.jpg' });
    await soon(() => expect(on.get('save').disabled).toBe(false));
    api.post.mockResolvedValue(notice());
    on.press('save');
    await soon(() => expect(done).toHaveBeenCalled());
    const body = api.post.mock.calls.find(([path]) => path === '/notices')?.[1] as NoticeIn;
    expect(body).toMatchObject({ title: '停水', text: '今晚停水', link: 'https://a.cn', urgent: true, communities: ['c1'], picture: 'notice-1.jpg' });
  });
  it('has it also when another tab was looked at until it was there', async () => {
    const { desk, api } = sitting(shelf);
    let arrive: (answer: unknown) => void = () => undefined;
    api.upload.mockImplementation(() => new Promise((resolve) => { arrive = resolve; }));
    const on = open(desk);
    on.get('f-picture').files = [{}];
    on.get('f-picture').hear('change');
    await writeAll(on);
    on.leave();
    const again = open(desk);
    again.write('f-title', '停水两天');
    arrive({ file: 'notice-1.jpg' });
    await soon(() => expect(again.find('/api/v1/notices/pictures/notice-1.jpg?face=community', 'src')).toBeDefined());
    expect(again.get('f-title').value).toBe('停水两天');
    expect(again.get('f-urgent').checked).toBe(true);
  });
});

describe('what is written and not saved', () => {
  it('is there after a reload and another log-in, and not for somebody else', async () => {
    await writeAll(open(sitting(shelf).desk));
    const other = open(sitting(shelf, 'wu').desk);
    expect(other.get('f-title').value).toBe('');
    expect(other.find('kept')).toBeUndefined();
    const mine = open(sitting(shelf).desk);
    expect([mine.get('f-title').value, mine.get('f-text').value, mine.get('f-link').value]).toEqual(['停水', '今晚停水', 'https://a.cn']);
    expect(mine.get('f-urgent').checked).toBe(true);
    expect(mine.find('kept')).toBeDefined();
  });
  it('is thrown away by two presses, and gone when it was saved', async () => {
    const { desk, api, drafts } = sitting(shelf);
    await writeAll(open(desk));
    const on = open(desk);
    on.press('discard');
    await soon(() => expect(on.find('discard-sure')).toBeDefined());
    on.press('discard-sure');
    await soon(() => expect(on.get('f-title').value).toBe(''));
    await writeAll(on);
    api.post.mockResolvedValue(notice());
    on.press('save');
    await soon(() => expect(done).toHaveBeenCalled());
    expect(drafts.get('notice/new')).toBeNull();
  });
  it('keeps what is written while the save is on its way, as a change of what was saved', async () => {
    const { desk, api, drafts } = sitting(shelf);
    const on = open(desk);
    await writeAll(on);
    let answer: (view: unknown) => void = () => undefined;
    api.post.mockImplementation(() => new Promise((resolve) => { answer = resolve; }));
    on.press('save');
    on.write('f-text', '今晚停水, 明早恢复');
    answer(notice());
    await soon(() => expect(done).toHaveBeenCalled());
    expect(drafts.get('notice/n1')).toMatchObject({ version: 1, draft: { text: '今晚停水, 明早恢复' } });
  });
});

describe('a notice that somebody else saved meanwhile', () => {
  const theirs = notice({
    version: 2, text: '明晚停水', urgent: true,
    entries: [{ what: 'notice.edited', who: { id: 'wu', name: 'Wu' } }] as unknown as NoticeView['entries'],
  });

  it('leaves what is written, says so, and is compared before anything is saved', async () => {
    const { desk, api } = sitting(shelf);
    const on = open(desk, notice());
    on.write('f-text', '今晚停水, 明早恢复');
    on.draw(h(Writing, { desk, notice: theirs, done, back }));
    await soon(() => expect(on.get('conflict').text).toContain('Wu'));
    expect(on.get('f-text').value).toBe('今晚停水, 明早恢复');
    // The server is asked with the version that was opened, and refuses.
    api.patch.mockRejectedValue(overtaken(theirs));
    on.press('save');
    await soon(() => expect(on.find('compare')).toBeDefined());
    expect((api.patch.mock.calls[0]?.[1] as NoticePatch).version).toBe(1);
    expect(on.get('compare').text).toContain('今晚停水, 明早恢复');
    expect(on.get('compare').text).toContain('明晚停水');
    // Both changed the text: nobody chooses but a person. Only the other one made it urgent.
    expect(on.get('compare-take').disabled).toBe(true);
    expect(on.get('compare-urgent-theirs').checked).toBe(true);
    on.tick('compare-text-both');
    await soon(() => expect(on.get('compare-take').disabled).toBe(false));
    on.press('compare-take');
    await soon(() => expect(on.get('f-text').value).toBe('今晚停水, 明早恢复\n\n明晚停水'));
    api.patch.mockResolvedValue(notice({ version: 3 }));
    on.press('save');
    await soon(() => expect(done).toHaveBeenCalled());
    expect(api.patch.mock.calls.at(-1)?.[1]).toMatchObject({ version: 2, urgent: true, text: '今晚停水, 明早恢复\n\n明晚停水' });
  });
  it('is compared also when only the refusal tells of it, and after a reload', async () => {
    const first = sitting(shelf);
    open(first.desk, notice()).write('f-text', '今晚停水, 明早恢复');
    const { desk, api } = sitting(shelf);
    const on = open(desk, theirs);
    expect(on.get('f-text').value).toBe('今晚停水, 明早恢复');
    const later = notice({ ...theirs, version: 3, title: '停电' });
    api.patch.mockRejectedValue(overtaken(later));
    on.press('save');
    await soon(() => expect(on.get('compare').text).toContain('停电'));
    expect((api.patch.mock.calls[0]?.[1] as NoticePatch).version).toBe(1);
  });
  it('is shown as it is while nothing was written here', async () => {
    const { desk } = sitting(shelf);
    const on = open(desk, notice());
    on.draw(h(Writing, { desk, notice: theirs, done, back }));
    await soon(() => expect(on.get('f-text').value).toBe('明晚停水'));
    expect(on.find('conflict')).toBeUndefined();
  });
  it('is no conflict when the words are the same: the answer was lost, or it was approved', async () => {
    const { desk, api } = sitting(shelf);
    const on = open(desk, notice());
    on.write('f-text', '明早恢复');
    api.patch.mockRejectedValueOnce(overtaken(notice({ version: 2, text: '明早恢复' })));
    on.press('save');
    await soon(() => expect(done).toHaveBeenCalledTimes(1));
    const again = open(desk, notice());
    again.write('f-text', '明早恢复');
    again.draw(h(Writing, { desk, notice: notice({ version: 2, state: 'APPROVED' }), done, back }));
    api.patch.mockResolvedValue(notice({ version: 3 }));
    await soon(() => expect(again.get('save').disabled).toBe(false));
    again.press('save');
    await soon(() => expect(done).toHaveBeenCalledTimes(2));
    expect((api.patch.mock.calls.at(-1)?.[1] as NoticePatch).version).toBe(2);
  });
});
