import { h } from 'preact';
import { afterEach, describe, expect, it } from 'vitest';
import { sitting, storage } from '../drawn/officer';
import { Page, soon } from '../drawn/page';
import type { PlannedNotice } from '../shared/recurring';
import { daysOf, monthBy, timeIn } from './calendar';
import { Calendar } from './monthview';

let page: Page | null = null;
afterEach(() => { page?.leave(); page = null; });

function planned(at: number, more: Partial<PlannedNotice> = {}): PlannedNotice {
  return { id: 'n1', at, title: '停水通知', state: 'APPROVED', urgent: false, communities: 2, ...more };
}

describe('the days of a month', () => {
  it('are China\'s, wherever the page is looked at', () => {
    // 1 May 2026 is a Friday; 00:30 there is still April in Greenwich.
    const at = Date.UTC(2026, 3, 30, 16, 30);
    const days = daysOf('2026-05', [planned(at)], at);
    expect(days.length).toBe(31);
    expect([days[0].weekday, days[0].today, days[0].planned.length]).toEqual([4, true, 1]);
    expect(days.slice(1).some((one) => one.today || one.planned.length > 0)).toBe(false);
    expect(timeIn(at)).toBe('00:30');
    expect(daysOf('2028-02', [], 0).length).toBe(29);
  });
  it('go over the end of a year', () => {
    expect([monthBy('2026-12', 1), monthBy('2026-01', -1), monthBy('2026-05', 0)]).toEqual(['2027-01', '2025-12', '2026-05']);
  });
});

describe('the calendar', () => {
  it('leads to each notice, and of what is not made yet to its rule', async () => {
    const { desk, api } = sitting(storage());
    const asked: string[] = [];
    api.get.mockImplementation(async (path: string) => {
      const month = path.slice(-7);
      asked.push(month);
      const begins = Date.parse(month + '-01T00:00:00+08:00');
      return { month, more: false, planned: [planned(begins + 3_600_000), planned(begins + 86_400_000, { id: 'r1', title: '防火提醒', state: null })] };
    });
    page = new Page(h(Calendar, { desk }));
    const on = page;
    await soon(() => expect(on.find('planned')).toBeDefined());
    const links = on.root.all().filter((one) => one.given.get('data-testid') === 'planned');
    expect(links.map((one) => one.given.get('href'))).toEqual(['#/notices/n1', '#/notices/recurring']);
    expect(links[0].text).toContain('01:00 停水通知');
    expect(links[0].text).toContain('已审核');
    expect(links[1].text).toContain('未起草');
    expect(on.root.all().filter((one) => one.given.get('data-testid') === 'day').length).toBe(2);
    on.press('month-after');
    await soon(() => expect(asked.length).toBe(2));
    expect(asked[1]).toBe(monthBy(asked[0], 1));
    await soon(() => expect(on.get('month').text).toContain(String(Number(asked[1].slice(5)))));
  });
});
