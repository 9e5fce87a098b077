import { h } from 'preact';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMUNITIES, sitting, storage } from '../drawn/officer';
import { Page, soon } from '../drawn/page';
import { Fault } from '../shared/fault';
import type { RecurringView } from '../shared/recurring';
import { minuteOf, whenOf } from './recurrence';
import { Recurring } from './recurring';

let shelf: Storage;
let page: Page | null = null;

beforeEach(() => { shelf = storage(); });
afterEach(() => { page?.leave(); page = null; });

function rule(more: Partial<RecurringView> = {}): RecurringView {
  return {
    id: 'r1', version: 3, state: 'ACTIVE', station: 's1', station_name: '', author: 'zhou', author_name: '周警官', title: '防火提醒', text: '出门前请关火', link: '',
    valid_days: 2, communities: ['c1'], left_out: [], repeat: 'WEEKLY', weekdays: [0, 4], day: 1, minute: 540, next: [1_800_000_000_000, 1_800_300_000_000], made: '', reason: '',
    stopped_at: null, updated_at: 1, ...more,
  };
}

function shown(...rules: RecurringView[]) {
  const seat = sitting(shelf);
  const answers = { rules };
  seat.api.get.mockImplementation(async (path) => (path === '/notices/recurring' ? { recurring: answers.rules, most: 50 } : path === '/groups/communities' ? { communities: COMMUNITIES } : null));
  page = new Page(h(Recurring, { desk: seat.desk }));
  return { ...seat, on: page, answers };
}

describe('a recurring notice', () => {
  it('says when it is, in words, and leads to what was made already', async () => {
    const { on } = shown(rule({ made: 'n7' }));
    await soon(() => expect(on.get('rule').text).toContain('每周一、周五 09:00'));
    expect(on.get('rule-made').given.get('href')).toBe('#/notices/n7');
    // 1.8e12 is Friday 15 January 2027, 16:00 in China.
    expect(on.get('rule').text).toContain('年 1 月 15 日周五 16:00');
    expect(whenOf({ repeat: 'MONTHLY', weekdays: [], day: 31, minute: 5 })).toBe('每月 31 号 00:05');
    expect([minuteOf('09:30'), minuteOf('9'), minuteOf('24:00'), minuteOf('')]).toEqual([570, null, null, null]);
  });
  it('is written once: words, days, time and communities', async () => {
    const { on, api } = shown();
    await soon(() => expect(on.find('r-title')).toBeDefined());
    on.write('r-title', '防火提醒');
    on.write('r-text', '出门前请关火');
    on.write('r-time', '17:30');
    on.tick('r-day-4');
    await soon(() => expect(on.find('c1', 'data-community')).toBeDefined());
    expect(on.get('r-save').disabled).toBe(true);
    on.get('c1', 'data-community').hear('change');
    await soon(() => expect(on.get('r-save').disabled).toBe(false));
    api.post.mockResolvedValueOnce(rule());
    on.get('rule-new').hear('submit');
    await soon(() => expect(on.find('rule')).toBeDefined());
    expect(api.post.mock.calls[0]?.[1]).toMatchObject({ title: '防火提醒', weekdays: [4], minute: 1050, communities: ['c1'], valid_days: 2, repeat: 'WEEKLY' });
    expect(on.get('r-title').value).toBe('');
  });
  it('stops at one press and goes on at one', async () => {
    const { on, api } = shown(rule());
    await soon(() => expect(on.find('rule-stop')).toBeDefined());
    api.post.mockResolvedValueOnce(rule({ state: 'STOPPED', reason: 'hand', next: [] }));
    on.press('rule-stop');
    await soon(() => expect(on.find('rule-start')).toBeDefined());
    expect(api.post.mock.calls[0]?.[0]).toBe('/notices/recurring/r1/stop');
    expect(on.find('rule-why')).toBeUndefined();
    api.post.mockResolvedValueOnce(rule());
    on.press('rule-start');
    await soon(() => expect(on.find('rule-stop')).toBeDefined());
  });
  it('that stopped by itself says why, and cannot go on to communities that are not mine', async () => {
    const { on } = shown(rule({ state: 'STOPPED', reason: 'author', next: [] }), rule({ id: 'r2', state: 'STOPPED', reason: 'communities', next: [], left_out: ['铁北'] }));
    await soon(() => expect(on.root.text).toContain('负责人已停用或调离'));
    expect(on.root.text).toContain('铁北');
    const starts = on.root.all().filter((one) => one.given.get('data-testid') === 'rule-start').map((one) => one.disabled);
    expect(starts).toEqual([false, true]);
  });
  it('that a colleague changed meanwhile is shown beside what is written', async () => {
    const { on, api, answers } = shown(rule());
    await soon(() => expect(on.find('rule-change')).toBeDefined());
    on.press('rule-change');
    await soon(() => expect(on.find('rule-form')).toBeDefined());
    on.write('r-text', '我改的');
    answers.rules = [rule({ version: 4, text: '别人改的' })];
    api.put.mockRejectedValueOnce(new Fault({ code: 'conflict', status: 409 }));
    on.get('rule-form').hear('submit');
    await soon(() => expect(on.get('rule-conflict').text).toContain('别人改的'));
    expect(api.put.mock.calls[0]?.[1]).toMatchObject({ version: 3, text: '我改的' });
    api.put.mockResolvedValueOnce(rule({ version: 5, text: '我改的' }));
    on.press('rule-mine');
    await soon(() => expect(on.find('rule-form')).toBeUndefined());
    expect(api.put.mock.calls[1]?.[1]).toMatchObject({ version: 4, text: '我改的' });
  });
});
