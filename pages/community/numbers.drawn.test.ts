import { h } from 'preact';
import { afterEach, describe, expect, it } from 'vitest';
import { sitting, storage } from '../drawn/officer';
import { Page, soon } from '../drawn/page';
import { setLanguage } from '../shared/i18n';
import type { NumbersRow, NumbersView, TipNumbers } from '../shared/numbers';
import { now } from '../shared/clock';
import { Numbers } from './numbers';

const MINUTE = 60_000;
let page: Page | null = null;
afterEach(() => {
  page?.leave();
  page = null;
});

function tips(all: number | null, answered: number | null, more: Partial<TipNumbers> = {}): TipNumbers {
  return { tips: all, answered, reopened: all === null ? null : 0, answer_p50: null, answer_p90: null, least: [], ...more };
}

function row(id: string, now: TipNumbers, more: Partial<NumbersRow> = {}): NumbersRow {
  return { id, name: id, groups: 2, members: 90, residents: 80, followers: null, silent: 0, notices: 3, notices_before: 1, oldest: null, now, before: tips(20, 20), ...more };
}

function view(): NumbersView {
  const total = row('', tips(210, 11, { answer_p50: 600 * MINUTE, answer_p90: 900 * MINUTE, least: [90] }), { oldest: now() - 3 * 24 * 60 * MINUTE });
  return {
    since: 1, until: now(), before: 0, total, stations: [],
    communities: [row('a', tips(100, 1)), row('b', tips(110, 10)), row('c', tips(null, null))],
    owners: [{ owner: 'li', name: '李警官', groups: 2, missed: 5 }], silent: [{ id: 'g1', name: '静群', community: 'a' }],
  };
}

async function shown(): Promise<{ on: Page; asked: string[] }> {
  setLanguage('zh-CN');
  const { desk, api } = sitting(storage());
  const asked: string[] = [];
  api.get.mockImplementation(async (path: string) => { asked.push(path); return view(); });
  page = new Page(h(Numbers, { desk }));
  const on = page;
  await soon(() => on.get('tile-answered'));
  return { on, asked };
}

const order = (on: Page): string[] => on.root.all().flatMap((one) => one.given.get('data-row') ?? []);

describe('numbers', () => {
  it('say how many of all tips were answered, and what may still grow', async () => {
    const { on } = await shown();
    expect(on.get('tile-answered').text).toContain('11 / 210');
    expect(on.get('tile-oldest').text).toContain('3 天');
    expect(on.root.text).toContain('至少 15 小时');
    expect(on.get('slow-owners').text).toContain('李警官 连续 5 条没有确认');
    expect(on.get('silent-groups').text).toContain('静群');
  });
  it('are ordered by every column, what is hidden last', async () => {
    const { on } = await shown();
    expect(order(on)).toEqual(['b', 'a', 'c']);
    on.get('answered', 'data-sort').hear('click');
    await soon(() => expect(order(on)).toEqual(['b', 'a', 'c']));
    on.get('answered', 'data-sort').hear('click');
    await soon(() => expect(order(on)).toEqual(['a', 'b', 'c']));
    on.get('name', 'data-sort').hear('click');
    await soon(() => expect(order(on)).toEqual(['a', 'b', 'c']));
    expect(on.root.all().filter((one) => one.given.get('aria-sort') === 'ascending')).toHaveLength(1);
  });
  it('are of the time that was chosen, on the page and in the sheet', async () => {
    const { on, asked } = await shown();
    on.get('7', 'data-value').hear('click');
    await soon(() => expect(asked).toContain('/numbers?days=7'));
    const month = on.get('num-month');
    month.value = '2026-05';
    month.hear('change');
    await soon(() => expect(asked).toContain('/numbers?month=2026-05'));
    expect(on.get('sheet').given.get('href')).toBe('/api/v1/numbers/sheet?month=2026-05&face=community');
  });
  it('say in words what the plot says in bars', async () => {
    const { on } = await shown();
    const label = on.get('plot').given.get('aria-label') ?? '';
    expect(label).toContain('b 已答复 10 / 110');
    expect(label).not.toContain('c 已答复');
  });
});
