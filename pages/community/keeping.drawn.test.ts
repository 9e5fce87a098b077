import { h, type ComponentChild } from 'preact';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { notice, overtaken, sitting, storage } from '../drawn/officer';
import { Page, soon } from '../drawn/page';
import type { NoticeView } from '../shared/notices';
import type { TipView } from '../shared/tips';
import { Notice } from './notice';
import { Acts } from './reply';
import { Welcome } from './welcome';

type Sitting = ReturnType<typeof sitting>;

let shelf: Storage;
let page: Page | null = null;

beforeEach(() => { shelf = storage(); });
afterEach(() => {
  page?.leave();
  page = null;
});

function show(what: ComponentChild): Page {
  page?.leave();
  page = new Page(what);
  return page;
}

const TIP = { id: 't1', number: 'T-1', state: 'ASSIGNED', next: 'answer', officer: 'zhou', officer_name: 'Zhou', station: 's1', station_name: '' } as TipView;
const tip = ({ desk }: Sitting): Page => show(h(Acts, { desk, tip: TIP, put: () => undefined, again: () => undefined }));

describe.each(['supplement', 'reopen'] as const)('what is written to %s a tip that is over', (what) => {
  it('is there after the form was shut and another log-in, and its button says so', async () => {
    const over = { ...TIP, state: 'CLOSED', next: 'over' } as TipView;
    const shown = ({ desk }: Sitting): Page => show(h(Acts, { desk, tip: over, put: () => undefined, again: () => undefined }));
    const on = shown(sitting(shelf));
    on.press(what);
    await soon(() => on.get('more-text'));
    on.write('more-text', '路灯已经换好');
    const again = shown(sitting(shelf));
    expect(again.get(what).text).toMatch(/没写完|Unfinished/);
    again.press(what);
    await soon(() => again.get('more-text'));
    expect(again.get('more-text').value).toBe('路灯已经换好');
  });
});

describe('an answer to a tip', () => {
  it('is there after a reload and another log-in, with what it is to be, and not for a colleague', async () => {
    const on = tip(sitting(shelf));
    on.write('reply-text', '已经派人去看');
    on.get('ask', 'data-value').hear('click');
    const other = sitting(shelf, 'wu');
    expect(show(h(Acts, { desk: other.desk, tip: { ...TIP, officer: 'wu' }, put: () => undefined, again: () => undefined })).get('reply-text').value).toBe('');
    const again = tip(sitting(shelf));
    expect(again.get('reply-text').value).toBe('已经派人去看');
    expect(again.get('ask', 'data-value').given.get('aria-pressed')).toBe('true');
  });
  it('leaves what is written while it is on its way, and goes again under the same key when the answer was lost', async () => {
    const first = sitting(shelf);
    const on = tip(first);
    on.write('reply-text', '已派人');
    on.find('composer', 'class')?.hear('submit');
    await soon(() => expect(first.api.post).toHaveBeenCalledTimes(1));
    const second = sitting(shelf);
    let answer: (thread: unknown) => void = () => undefined;
    second.api.post.mockImplementation(() => new Promise((resolve) => { answer = resolve; }));
    const again = tip(second);
    again.find('composer', 'class')?.hear('submit');
    again.write('reply-text', '已派人, 请等');
    answer({});
    await soon(() => expect(again.get('reply-text').value).toBe(', 请等'));
    const keys = [first, second].map((one) => (one.api.post.mock.calls[0]?.[1] as { key: string }).key);
    expect(keys[0]).toBe(keys[1]);
  });
});

describe.each([['hand-over', 'hand-over-why'], ['to-110', 'to-110-words']])('the text of %s', (button, box) => {
  it('is there when the dialog is opened again, and the button says so', async () => {
    const on = tip(sitting(shelf));
    on.press(button);
    await soon(() => expect(on.find(box)).toBeDefined());
    on.write(box, '有人受伤');
    const again = tip(sitting(shelf));
    expect(again.get(button).text).toContain('没写完');
    again.press(button);
    await soon(() => expect(again.get(box).value).toBe('有人受伤'));
    expect(tip(sitting(shelf, 'wu')).find(button)?.text).not.toContain('没写完');
  });
});

describe('a notice', () => {
  async function read(at: Sitting, one: NoticeView): Promise<Page> {
    at.api.get.mockImplementation(async (path: string) => (path === '/notices/n1' ? one : path.endsWith('/deliveries') ? { totals: one.totals, deliveries: [] } : path.endsWith('/communities') ? { communities: [] } : null));
    const on = show(h(Notice, { desk: at.desk, id: 'n1', changed: () => undefined }));
    await soon(() => expect(on.find('notice-detail')).toBeDefined());
    return on;
  }
  const published = notice({ state: 'PUBLISHED', may: ['withdraw', 'correct'], published_at: 1 });

  it('offers what was changed on it and not saved', async () => {
    const on = await read(sitting(shelf), notice());
    on.press('edit');
    await soon(() => expect(on.find('f-text')).toBeDefined());
    on.write('f-text', '明晚停水');
    const again = await read(sitting(shelf), notice());
    again.press('leftover-go');
    await soon(() => expect(again.get('f-text').value).toBe('明晚停水'));
    expect((await read(sitting(shelf, 'wu'), notice())).find('leftover')).toBeUndefined();
  });
  it('keeps the form open when it is approved meanwhile', async () => {
    const at = sitting(shelf);
    const on = await read(at, notice({ may: ['edit'] }));
    on.press('edit');
    await soon(() => expect(on.find('f-text')).toBeDefined());
    on.write('f-text', '明晚停水');
    at.api.get.mockImplementation(async (path: string) => (path === '/notices/presets' ? null : notice({ version: 2, state: 'APPROVED', may: ['edit'] })));
    at.desk.revision.notices += 1;
    on.draw(h(Notice, { desk: at.desk, id: 'n1', changed: () => undefined }));
    // Drawn with the new version, the page asks what that would do.
    await soon(() => expect(at.api.get.mock.calls.filter(([path]) => path.endsWith('/rehearsal')).length).toBe(2));
    expect(on.get('f-text').value).toBe('明晚停水');
  });
  it('shows what was not saved when it went out meanwhile, and makes a correction of it', async () => {
    const on = await read(sitting(shelf), notice());
    on.press('edit');
    await soon(() => expect(on.find('f-text')).toBeDefined());
    on.write('f-text', '明晚停水');
    const again = await read(sitting(shelf), published);
    expect(again.get('leftover').text).toContain('明晚停水');
    again.press('leftover-go');
    await soon(() => expect(again.get('c-text').value).toBe('明晚停水'));
  });
  it('keeps a correction that is being written', async () => {
    const on = await read(sitting(shelf), published);
    on.press('correct');
    await soon(() => expect(on.find('c-text')).toBeDefined());
    on.write('c-text', '不停水');
    const again = await read(sitting(shelf), published);
    again.press('leftover-go');
    await soon(() => expect(again.get('c-text').value).toBe('不停水'));
    // Somebody else corrected it: it can be read, copied, and made a new notice.
    const over = await read(sitting(shelf), notice({ ...published, may: ['withdraw'], corrected: true }));
    expect(over.get('leftover').text).toContain('不停水');
  });
});

describe('a welcome', () => {
  const view = (text: string, updated_at: number) => ({ text, applied: true, updated_at });
  async function read(at: Sitting, own: object): Promise<Page> {
    at.api.get.mockResolvedValue(own);
    const on = show(h(Welcome, { desk: at.desk, community: 'c1' }));
    await soon(() => expect(on.find('welcome-text')).toBeDefined());
    return on;
  }

  it('is kept, and not saved over words that were not seen', async () => {
    (await read(sitting(shelf), view('欢迎', 1))).write('welcome-text', '欢迎您');
    const at = sitting(shelf);
    const on = await read(at, view('欢迎', 1));
    expect(on.get('welcome-text').value).toBe('欢迎您');
    at.api.put.mockRejectedValueOnce(overtaken(view('您好', 2), 'welcome'));
    on.get('welcome').hear('submit');
    await soon(() => expect(on.get('welcome-conflict').text).toContain('您好'));
    expect(at.api.put.mock.calls[0]?.[1]).toMatchObject({ text: '欢迎您', seen: 1 });
    expect(on.get('welcome-text').value).toBe('欢迎您');
    at.api.put.mockResolvedValue(view('欢迎您', 3));
    await soon(() => expect(on.get('welcome-mine').disabled).toBe(false));
    on.press('welcome-mine');
    await soon(() => expect(on.find('welcome-conflict')).toBeUndefined());
    expect(at.api.put.mock.calls[1]?.[1]).toMatchObject({ text: '欢迎您', seen: 2 });
    expect(at.drafts.get('welcome/c1')).toBeNull();
  });
  it('says at once when somebody else changes it', async () => {
    (await read(sitting(shelf), view('欢迎', 1))).write('welcome-text', '欢迎您');
    const on = await read(sitting(shelf), view('您好', 2));
    expect(on.get('welcome-conflict').text).toContain('您好');
    expect(on.get('welcome-text').value).toBe('欢迎您');
    on.press('welcome-theirs');
    await soon(() => expect(on.get('welcome-text').value).toBe('您好'));
  });
});
