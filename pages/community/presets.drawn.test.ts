import { h } from 'preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { COMMUNITIES, notice, sitting, storage } from '../drawn/officer';
import { Page, soon } from '../drawn/page';
import { Fault } from '../shared/fault';
import type { PresetsView, TemplateView } from '../shared/presets';
import { begunWith, Templates, ToTemplate } from './templates';
import { empty, local } from './draft';
import { Writing } from './writing';

let shelf: Storage;
let page: Page | null = null;
const WATER: TemplateView = { id: 't1', name: '停水', title: '停水通知', text: '今晚停水', link: '', valid_days: 2, updated_at: 5 };

beforeEach(() => { shelf = storage(); });
afterEach(() => { page?.leave(); page = null; });

function kept(more: Partial<PresetsView> = {}): PresetsView {
  return {
    last: { title: '上一条', published_at: 1, communities: ['c2'], left_out: [] },
    audiences: [{ id: 'a1', name: '沿河', communities: ['c1', 'c2'], left_out: ['铁北'], updated_at: 4 }],
    templates: [WATER], most_audiences: 30, most_templates: 50, ...more,
  };
}

function seated(presets: PresetsView) {
  const seat = sitting(shelf);
  const answers = { presets };
  seat.api.get.mockImplementation(async (path) => (path === '/notices/presets' ? answers.presets : { communities: COMMUNITIES }));
  return { ...seat, answers };
}

function writing(presets = kept()) {
  const seat = seated(presets);
  page = new Page(h(Writing, { desk: seat.desk, done: vi.fn(), back: vi.fn() }));
  const chosen = (): string[] => COMMUNITIES.filter((one) => page?.find(one.id, 'data-community')?.checked).map((one) => one.id);
  return { ...seat, on: page, chosen };
}

describe('to whom a notice goes', () => {
  it('is at one press what it was last, and can be taken back', async () => {
    const { on, chosen } = writing();
    await soon(() => expect(on.find('audience-last')).toBeDefined());
    await soon(() => expect(on.find('c1', 'data-community')).toBeDefined());
    on.get('c1', 'data-community').hear('change');
    await soon(() => expect(chosen()).toEqual(['c1']));
    on.press('audience-last');
    await soon(() => expect(chosen()).toEqual(['c2']));
    on.press('audience-undo');
    await soon(() => expect(chosen()).toEqual(['c1']));
  });
  it('leaves out of a list what is not mine, and names it', async () => {
    const { on, chosen } = writing();
    await soon(() => expect(on.get('audience').text).toContain('1 个已不归您'));
    on.press('audience');
    await soon(() => expect(chosen()).toEqual(['c1', 'c2']));
    expect(on.get('audience-said').text).toContain('铁北');
  });
  it('cannot be a list of which nothing is mine', async () => {
    const { on } = writing(kept({ audiences: [{ id: 'a1', name: '沿河', communities: [], left_out: ['铁北'], updated_at: 4 }] }));
    await soon(() => expect(on.get('audience').disabled).toBe(true));
    expect(on.get('audience-replace').disabled).toBe(true);
  });
  it('is saved under a name, renamed, replaced and removed', async () => {
    const { on, api } = writing();
    await soon(() => expect(on.find('audience-last')).toBeDefined());
    on.press('audience-last');
    on.write('audience-name', '河北');
    await soon(() => expect(on.get('audience-save').disabled).toBe(false));
    api.post.mockResolvedValueOnce(kept());
    on.press('audience-save');
    await soon(() => expect(api.post).toHaveBeenCalledWith('/notices/audiences', expect.objectContaining({ name: '河北', communities: ['c2'] }), { tries: 3 }));
    await soon(() => expect(on.get('audience-name').value).toBe(''));
    on.write('audience-rename', '沿河二');
    await soon(() => expect(on.get('audience-rename-go').disabled).toBe(false));
    api.put.mockRejectedValueOnce(new Fault({ code: 'duplicate', status: 409 }));
    on.press('audience-rename-go');
    await soon(() => expect(on.root.text).toContain('已有同名的'));
    expect(api.put).toHaveBeenCalledWith('/notices/audiences/a1', { seen: 4, name: '沿河二', communities: ['c1', 'c2'] });
    api.put.mockResolvedValueOnce(kept());
    on.press('audience-replace');
    await soon(() => expect(api.put).toHaveBeenLastCalledWith('/notices/audiences/a1', { seen: 4, name: '沿河', communities: ['c2'] }));
    await soon(() => expect(on.get('remove').disabled).toBe(false));
    on.press('remove');
    await soon(() => expect(on.find('remove-sure')).toBeDefined());
    expect(api.delete).not.toHaveBeenCalled();
    api.delete.mockResolvedValueOnce(kept({ audiences: [] }));
    on.press('remove-sure');
    await soon(() => expect(on.find('audience')).toBeUndefined());
  });
});

describe('a template', () => {
  it('begins a notice, and holds for its days from when it is sent', async () => {
    const { on } = writing();
    await soon(() => expect(on.find('template')).toBeDefined());
    choose(on, 't1');
    await soon(() => expect(on.get('f-text').value).toBe('今晚停水'));
    expect(on.get('f-title').value).toBe('停水通知');
    const at = Date.UTC(2026, 4, 1, 4);
    const draft = { ...empty('k'), sendAt: local(at) };
    expect(begunWith(WATER, draft, 0).expiresAt).toBe(local(at + 2 * 86_400_000));
    expect(begunWith({ ...WATER, valid_days: 0 }, draft, 0).expiresAt).toBe('');
  });
  it('takes nothing away that is written, unless a second press says so', async () => {
    const { on } = writing();
    await soon(() => expect(on.find('template')).toBeDefined());
    on.write('f-text', '我写的');
    choose(on, 't1');
    await soon(() => expect(on.find('template-asked')).toBeDefined());
    expect(on.get('f-text').value).toBe('我写的');
    on.press('template-leave');
    await soon(() => expect(on.find('template-asked')).toBeUndefined());
    expect(on.get('f-text').value).toBe('我写的');
    choose(on, 't1');
    await soon(() => expect(on.find('template-asked')).toBeDefined());
    on.press('template-replace');
    await soon(() => expect(on.get('f-text').value).toBe('今晚停水'));
  });
  it('is not offered over a notice that is there', async () => {
    const { desk } = seated(kept());
    page = new Page(h(Writing, { desk, notice: notice(), done: vi.fn(), back: vi.fn() }));
    await soon(() => expect(page?.find('audience-last')).toBeDefined());
    expect(page.find('template')).toBeUndefined();
  });
  it('is made of a notice, with how long it held', async () => {
    const { desk, api } = seated(kept());
    page = new Page(h(ToTemplate, { desk, one: notice({ send_at: 1_000, expires_at: 1_000 + 3 * 86_400_000 }) }));
    const on = page;
    api.post.mockResolvedValueOnce(kept());
    on.press('t-save');
    await soon(() => expect(on.root.text).toContain('已存为模板“Water”'));
    expect(api.post.mock.calls[0]?.[1]).toMatchObject({ name: 'Water', title: 'Water', text: 'None tonight', valid_days: 3 });
  });
  it('that somebody else changed meanwhile is shown beside what is written', async () => {
    const { desk, api, answers } = seated(kept());
    page = new Page(h(Templates, { desk }));
    const on = page;
    await soon(() => expect(on.find('t-text')).toBeDefined());
    on.write('t-text', '我改的');
    const theirs = { ...WATER, text: '别人改的', updated_at: 9 };
    answers.presets = kept({ templates: [theirs] });
    api.put.mockRejectedValueOnce(new Fault({ code: 'conflict', status: 409 }));
    await soon(() => expect(on.get('t-save').disabled).toBe(false));
    save(on);
    await soon(() => expect(on.get('template-conflict').text).toContain('别人改的'));
    expect(on.get('t-text').value).toBe('我改的');
    expect((api.put.mock.calls[0]?.[1] as { seen: number }).seen).toBe(5);
    api.put.mockResolvedValueOnce(kept({ templates: [{ ...theirs, text: '我改的', updated_at: 10 }] }));
    on.press('template-mine');
    await soon(() => expect(on.find('template-conflict')).toBeUndefined());
    expect(api.put.mock.calls[1]?.[1]).toMatchObject({ seen: 9, text: '我改的' });
  });
});

function choose(on: Page, id: string): void {
  on.get('template').value = id;
  on.get('template').hear('change');
}

function save(on: Page): void {
  on.root.all().find((one) => one.localName === 'form')?.hear('submit');
}
