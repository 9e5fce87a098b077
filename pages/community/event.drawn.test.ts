import { h } from 'preact';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Page, soon } from '../drawn/page';
import { sitting, storage } from '../drawn/officer';
import { Fault } from '../shared/fault';
import { setLanguage } from '../shared/i18n';
import type { TipView } from '../shared/tips';
import type { MeView } from '../shared/types';
import type { Desk } from './desk';
import { SameEvent } from './event';
import { useViewers, Viewers } from './viewers';

const ME = { id: 'zhou', name: 'S1 周', role: 'COMMUNITY_OFFICER', station: 's1', station_name: 'S1' } as unknown as MeView;
const of = (id: string, more: Partial<TipView> = {}): TipView => ({
  id, number: 'T-' + id, state: 'ASSIGNED', next: 'answer', officer: 'zhou', officer_name: 'S1 周', station: 's1', station_name: 'S1',
  community: 'c1', waiting_since: null, told: '', event: null, first: '噪音 ' + id, ...more }) as TipView;

let page: Page;
let answers: Record<string, unknown>;
const api = { get: vi.fn(), post: vi.fn(), put: vi.fn(), delete: vi.fn() };
let desk: Desk;
const again = vi.fn();

beforeEach(() => {
  setLanguage('zh-CN');
  for (const one of [...Object.values(api), again]) one.mockReset();
  api.get.mockImplementation(async (path: string) => answers[path]);
  api.delete.mockResolvedValue({ tips: [] });
  desk = { api, drafts: sitting(storage()).drafts, me: ME, revision: { tips: 0, notices: 0, groups: 0 } } as unknown as Desk;
});
afterEach(() => page.leave());

it('links a tip with another of the community', async () => {
  answers = { '/tips?box=station&state=open&order=waiting&station=s1&limit=50': { tips: [of('a'), of('b'), of('c', { community: 'c2' })], next: null } };
  page = new Page(h(SameEvent, { desk, tip: of('a'), again }));
  page.press('link-tips');
  await soon(() => expect(page.root.text).toContain('噪音 b'));
  expect(page.root.text).not.toContain('噪音 c');
  expect(page.root.all().filter((one) => one.given.get('data-testid') === 'found-tip')).toHaveLength(1);
  api.post.mockResolvedValue({ tips: [of('a', { event: 'a' }), of('b', { event: 'a' })] });
  page.press('link-this');
  await soon(() => expect(page.root.text).toContain('已关联'));
  expect(api.post.mock.calls[0]!.slice(0, 2)).toEqual(['/tips/a/event', { other: 'b' }]);
  expect(again).toHaveBeenCalled();
});

it('keeps what is looked for when the first tip is linked', async () => {
  const found = (query: string, ...tips: TipView[]) => ({ [`/tips?${query}&station=s1&limit=50`]: { tips, next: null } });
  answers = { ...found('box=station&state=open&order=waiting'), ...found('state=all&q=%E7%94%B5%E9%92%BB', of('b'), of('c')) };
  page = new Page(h(SameEvent, { desk, tip: of('a'), again }));
  page.press('link-tips');
  await soon(() => expect(page.find('search')).toBeDefined());
  page.write('search', '电钻');
  await soon(() => expect(page.get('search').value).toBe('电钻'));
  page.get('search', 'role').hear('submit');
  await soon(() => expect(page.find('link-this')).toBeDefined());
  api.post.mockResolvedValue({ tips: [of('a', { event: 'a' }), of('b', { event: 'a' })] });
  page.press('link-this');
  await soon(() => expect(again).toHaveBeenCalled());
  api.get.mockImplementation(async (path: string) => answers[path] ?? new Promise(() => undefined));
  page.draw(h(SameEvent, { desk, tip: of('a', { event: 'a' }), again }));
  await soon(() => expect(page.root.text).toContain('再关联'));
  expect(page.get('search').value).toBe('电钻');
  expect(page.root.text).toContain('噪音 c');
  expect(page.root.text).toContain('已关联');
});

const LINKED = [of('a', { event: 'a' }), of('b', { event: 'a', officer: null, officer_name: '', next: 'take' }), of('c', { event: 'a', officer: 'li', officer_name: 'S1 李' }), of('d', { event: 'a', next: 'over', state: 'CLOSED' })];

async function toAll(text: string): Promise<void> {
  answers = { '/tips/a/event': { tips: LINKED } };
  page = new Page(h(SameEvent, { desk, tip: LINKED[0]!, again }));
  await soon(() => expect(page.root.text).toContain('同一件事 · 4 条线索'));
  page.press('to-all');
  await soon(() => expect(page.find('many-text')).toBeDefined());
  page.write('many-text', text);
  await soon(() => expect(page.get('many-now').disabled).toBe(false));
}

it('answers all of an event that he may answer, and those left once more with the same words', async () => {
  await toAll('已处理');
  const problem = { code: 'taken', title_zh: '已有人在办', facts: { name: '李' } };
  api.post.mockResolvedValue({ rows: [{ id: 'a', number: 'T-a', problem: null }, { id: 'b', number: 'T-b', problem }] });
  page.press('many-now');
  await soon(() => expect(page.root.text).toContain('1 / 2 条办成'));
  expect(page.root.text).toContain('李 在处理');
  const [path, body] = api.post.mock.calls[0]!;
  expect([path, body]).toEqual(['/tips/replies', expect.objectContaining({ event: 'answer', text: '已处理', tips: ['a', 'b'] })]);
  page.press('many-now');
  await soon(() => expect(api.post).toHaveBeenCalledTimes(2));
  expect(api.post.mock.calls[1]![1]).toEqual({ ...body, tips: ['b'] });
  expect(again).toHaveBeenCalled();
});

it('keeps what was written to all where it could not be sent', async () => {
  await toAll('已处理');
  api.post.mockRejectedValue(new Fault({ code: 'network', title_zh: '网络不通' }, true));
  page.press('many-now');
  await soon(() => expect(page.root.text).toContain('网络不通'));
  page.leave();
  page = new Page(h(SameEvent, { desk, tip: LINKED[0]!, again }));
  await soon(() => expect(page.get('to-all').text).toContain('没写完'));
});

/** The hook as a page has it. */
const Seen = ({ shown = true, writing }: { shown?: boolean; writing: boolean }) => h(Viewers, { people: useViewers(desk, 'a', shown, writing), tip: of('a') });

it('is not said of a tip that was not read, nor again of one that went elsewhere', async () => {
  vi.stubGlobal('document', { visibilityState: 'visible', addEventListener: () => undefined, removeEventListener: () => undefined });
  vi.stubGlobal('window', globalThis);
  api.put.mockResolvedValueOnce({ people: [], again_ms: 1 });
  api.put.mockImplementation(() => {
    setTimeout(() => { settled = true; }, 1);
    return Promise.reject(new Fault({ code: 'not_found', status: 404 }));
  });
  let settled = false;
  const later = vi.spyOn(globalThis, 'setTimeout');
  page = new Page(h(Seen, { shown: false, writing: false }));
  page.draw(h(Seen, { writing: false }));
  await soon(() => expect(api.put).toHaveBeenCalledTimes(2));
  await soon(() => expect(settled).toBe(true));
  expect(later.mock.calls.filter(([, after]) => after === 8000)).toEqual([]);
  later.mockRestore();
  page.leave();
  await soon(() => expect(api.delete).toHaveBeenCalled());
  vi.unstubAllGlobals();
});

it('says who else looks, who writes, and nothing that nobody confirms', async () => {
  vi.stubGlobal('document', { visibilityState: 'visible', addEventListener: () => undefined, removeEventListener: () => undefined });
  vi.stubGlobal('window', globalThis);
  api.put.mockResolvedValueOnce({ people: [{ name: 'S1 李', writing: false }], again_ms: 20 });
  api.put.mockResolvedValueOnce({ people: [{ name: 'S1 李', writing: true }, { name: 'S1 孙', writing: false }], again_ms: 20 });
  api.put.mockResolvedValueOnce({ people: [{ name: 'S1 李', writing: true }], again_ms: 60_000 });
  page = new Page(h(Seen, { writing: false }));
  await soon(() => expect(page.root.text).toBe('李 也在看'));
  await soon(() => expect(page.root.text).toBe('李 正在写'));
  expect(api.put.mock.calls[0]).toEqual(['/tips/a/viewing', { writing: false }]);
  await soon(() => expect(api.put).toHaveBeenCalledTimes(3));
  api.put.mockRejectedValue(new Fault({ code: 'network' }, true));
  page.draw(h(Seen, { writing: true }));
  await soon(() => expect(page.root.text).toBe(''));
  expect(api.put.mock.calls.at(-1)).toEqual(['/tips/a/viewing', { writing: true }]);
  // Writing is no reason to say that one is gone: it would be heard after that one writes.
  expect(api.delete).not.toHaveBeenCalled();
  page.leave();
  await soon(() => expect(api.delete).toHaveBeenCalledWith('/tips/a/viewing'));
  vi.unstubAllGlobals();
});
