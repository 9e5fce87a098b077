import { h, type ComponentChild } from 'preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Page, soon } from '../drawn/page';
import { sitting, storage } from '../drawn/officer';
import type { ChargeView } from '../shared/charge';
import { Drafts } from '../shared/drafts';
import { Fault } from '../shared/fault';
import { setLanguage } from '../shared/i18n';
import type { TipThread, TipView } from '../shared/tips';
import type { MeView } from '../shared/types';
import { Before } from './before';
import type { Desk } from './desk';
import { AskEnding, Over } from './ending';
import { Handed } from './handed';
import { Acts } from './reply';
import { Settings } from './settings';
import { Reassign } from './reassign';
import { TakeOver } from './takeover';

const ME = { id: 'zhou', name: 'S1 周', role: 'COMMUNITY_OFFICER', station: 's1', station_name: 'S1', communities: ['c1'], away_until: null, deputy: 'li' } as unknown as MeView;
const TIP = { id: 't1', number: 'T-1', state: 'ASSIGNED', next: 'answer', officer: 'wu', officer_name: 'S1 吴', station: 's1', station_name: 'S1' } as TipView;
const CHARGE: ChargeView = {
  person: 'zhou', name: '周', communities: ['c1'], deputy: 'li',
  tips: Array.from({ length: 7 }, (_, n) => ({ id: `t${n}`, number: `T-${n}`, state: 'ASSIGNED' as const, community_name: '南街', opened_at: 1, taken: n > 0 })),
  groups: [{ id: 'g1', name: '南街一群', community: 'c1', handing: '' as const }],
  heirs: [{ id: 'li', name: 'S1 李', role: 'COMMUNITY_OFFICER', wecom: true }, { id: 's', name: 'S1 所里', role: 'STATION_OFFICER', wecom: false }],
};
const nothing: ChargeView = { ...CHARGE, tips: [], communities: [], groups: [] };

let page: Page;
let answers: Record<string, unknown>;
const api = { get: vi.fn(), post: vi.fn(), put: vi.fn(), delete: vi.fn() };
const drafts = new Drafts(null);
const desk = {
  api, drafts, me: ME, revision: { tips: 0, notices: 0, groups: 0 }, stations: [], communities: null, name: (one: string) => one, known: () => undefined,
} as unknown as Desk;

beforeEach(() => {
  drafts.open(crypto.randomUUID());
  setLanguage('zh-CN');
  answers = { '/people/zhou/charge': CHARGE, '/session/colleagues': { colleagues: [{ id: 'li', name: 'S1 李', communities: [], away_until: null }] } };
  for (const one of Object.values(api)) one.mockReset();
  api.get.mockImplementation(async (path: string) => answers[path]);
});
afterEach(() => page.leave());
function show(what: ComponentChild): Page {
  page = new Page(what);
  return page;
}

describe('what an officer is in charge of', () => {
  it('is listed where leave is taken, all of it behind one press', async () => {
    show(h(Settings, { desk }));
    await soon(() => expect(page.get('away').text).toContain('7 条未结线索'));
    expect(page.get('charge').text).toContain('7 条未结线索 · 1 个社区 · 1 个群');
    expect(page.get('away').text).not.toContain('T-6');
  });
  it('goes with the leave of more than a day, and stays for a night', async () => {
    show(h(Settings, { desk }));
    await soon(() => expect(page.find('give-tips')).toBeDefined());
    const away = (days: number): void => page.write('until', new Date(Date.now() + days * 86_400_000 + 28_800_000).toISOString().slice(0, 16));
    api.put.mockResolvedValue(ME);
    for (const [days, given] of [[3, true], [0.2, false]] as const) {
      away(days);
      await soon(() => expect(page.get('go-away').disabled).toBe(false));
      page.press('go-away');
      await soon(() => expect(api.put.mock.calls.at(-1)![1]).toMatchObject({ deputy: 'li', hand_over: given }));
    }
  });
  it('goes to a colleague in one act, communities and groups only to who may have them', async () => {
    show(h(Settings, { desk }));
    await soon(() => expect(page.get('hand-charge').disabled).toBe(false));
    page.press('hand-charge');
    await soon(() => expect(page.get('charge-go').disabled).toBe(true));
    const choose = (id: string): void => {
      page.get('charge-to').value = id;
      page.get('charge-to').hear('change');
    };
    choose('s');
    await soon(() => expect([page.get('charge-communities').disabled, page.get('charge-groups').disabled]).toEqual([true, true]));
    choose('li');
    await soon(() => expect(page.get('charge-groups').disabled).toBe(false));
    page.tick('charge-communities');
    await soon(() => expect(page.get('charge-communities').checked).toBe(true));
    page.tick('charge-groups');
    await soon(() => expect(page.get('charge-groups').checked).toBe(true));
    api.post.mockResolvedValue({ tips: 7, communities: 1, groups: 1, left: nothing });
    page.press('charge-go');
    await soon(() => expect(page.get('charge').text).toContain('已移交：7 条线索、1 个社区、1 个群'));
    expect(api.post.mock.calls[0]!.slice(0, 2)).toEqual(['/people/zhou/charge/transfer', { to: 'li', tips: true, communities: true, groups: true }]);
  });
});

it('asks before a tip is taken from a colleague, and says who was faster', async () => {
  const again = vi.fn();
  show(h(TakeOver, { desk, tip: TIP, put: () => undefined, again, close: () => undefined }));
  expect(page.root.text).toContain('现在是 吴 在办');
  api.post.mockRejectedValue(new Fault({ code: 'taken', facts: { name: '李' } }));
  page.press('take-over-now');
  await soon(() => expect(page.root.text).toContain('李 在办'));
  expect(api.post.mock.calls[0]!.slice(0, 2)).toEqual(['/tips/t1/take-over', { holder: 'wu' }]);
  expect(again).toHaveBeenCalled();
});

it('passes a tip on to a colleague with a reason, and says who has it meanwhile', async () => {
  answers['/tips/t1/colleagues'] = { colleagues: [{ id: 'li', name: '李', communities: [], away_until: null }] };
  const [put, again] = [vi.fn(), vi.fn()];
  const { drafts } = sitting(storage());
  show(h(Reassign, { desk: { ...desk, drafts } as unknown as Desk, tip: TIP, put, again, close: () => undefined }));
  await soon(() => expect(page.get('reassign-to').text).toContain('李'));
  page.get('reassign-to').value = 'li';
  page.get('reassign-to').hear('change');
  expect(page.get('reassign-now').disabled).toBe(true);
  page.write('reassign-why', '他熟悉这一户');
  await soon(() => expect(page.get('reassign-now').disabled).toBe(false));
  api.post.mockRejectedValueOnce(new Fault({ code: 'taken', facts: { name: '孙' } }));
  page.press('reassign-now');
  await soon(() => expect(page.root.text).toContain('孙 在办'));
  expect(again).toHaveBeenCalled();
  api.post.mockResolvedValue({} as TipThread);
  page.press('reassign-now');
  await soon(() => expect(put).toHaveBeenCalled());
  expect(api.post.mock.calls.at(-1)!.slice(0, 2)).toEqual(['/tips/t1/reassign', { holder: 'wu', to: 'li', text: '他熟悉这一户' }]);
});

describe('what one press does', () => {
  it('is shown once more before a tip ends', () => {
    const [go, close] = [vi.fn(), vi.fn()];
    show(h(AskEnding, { ending: 'close', text: '已搬离', close, go }));
    expect(page.root.text).toContain('已搬离');
    expect(go).not.toHaveBeenCalled();
    page.press('end-now');
    expect([go.mock.calls.length, close.mock.calls.length]).toEqual([1, 1]);
  });
  it.each(['supplement', 'reopen'] as const)('is followed by a %s with its words', async (what) => {
    const put = vi.fn();
    show(h(Over, { desk, tip: { ...TIP, next: 'over' }, put, again: () => undefined }));
    page.press(what);
    await soon(() => expect(page.get('more-now').disabled).toBe(true));
    page.write('more-text', '弄错了');
    await soon(() => expect(page.get('more-now').disabled).toBe(false));
    api.post.mockResolvedValue({} as TipThread);
    page.press('more-now');
    await soon(() => expect(put).toHaveBeenCalled());
    expect(api.post.mock.calls[0]).toMatchObject(['/tips/t1/reply', { event: what, text: '弄错了' }, {}]);
  });
  it.each(['answer', 'over'] as const)('is a note for colleagues, kept as it is written and sent as nothing else (%s)', async (next) => {
    const put = vi.fn();
    const shown = (): Page => show(h(Acts, { desk, tip: { ...TIP, next }, put, again: () => undefined }));
    shown();
    page.press('note');
    await soon(() => expect(page.get('more-now').disabled).toBe(true));
    page.write('more-text', '他和楼上是亲戚');
    shown();
    expect(page.get('note').text).toContain('没写完');
    page.press('note');
    await soon(() => expect(page.get('more-now').disabled).toBe(false));
    api.post.mockResolvedValue({} as TipThread);
    page.press('more-now');
    await soon(() => expect(put).toHaveBeenCalled());
    expect(api.post.mock.calls[0]).toMatchObject(['/tips/t1/notes', { text: '他和楼上是亲戚' }, {}]);
    await soon(() => expect(page.get('note').text).not.toContain('没写完'));
  });
  it('marks a tip urgent, which proposes 110, and takes the mark off', async () => {
    const put = vi.fn();
    const shown = (urgent: boolean): Page => show(h(Acts, { desk, tip: { ...TIP, urgent }, put, again: () => undefined }));
    api.post.mockResolvedValue({} as TipThread);
    shown(false);
    page.press('mark-urgent');
    await soon(() => expect(put).toHaveBeenCalledTimes(1));
    shown(true);
    page.press('to-110');
    await soon(() => expect(page.root.text).toContain('转 110'));
    page.press('not-urgent');
    await soon(() => expect(put).toHaveBeenCalledTimes(2));
    expect(api.post.mock.calls.map(([, body]) => body)).toEqual([{ urgent: true }, { urgent: false }]);
  });
  it('is called back where nobody took it, and says when it is too late', async () => {
    answers['/tips/handed'] = { tips: [{ id: 't9', number: 'T-9', station: 'e1', station_name: '东一派出所', at: 1 }] };
    show(h(Handed, { desk }));
    await soon(() => expect(page.get('handed').text).toContain('T-9 → 东一派出所'));
    api.delete.mockRejectedValue(new Fault({ code: 'taken', facts: { name: '东一派出所' } }));
    page.press('call-back');
    await soon(() => expect(page.get('handed').text).toContain('东一派出所已经认领，不能撤回'));
    expect(api.delete.mock.calls[0]![0]).toBe('/tips/t9/hand-over');
  });
});

it('shows whoever approves a correction what it puts right', async () => {
  const wrong = { id: 'n1', number: 'N-1', title: '停水', text: '今晚停水', link: '', picture: '', expires_at: null };
  answers['/notices/n1'] = wrong;
  show(h(Before, { desk, one: { ...wrong, id: 'n2', text: '不停水', link: 'https://a.cn', corrects: { id: 'n1' } } as never }));
  await soon(() => expect(page.get('before').text).toContain('今晚停水'));
  expect(page.get('before').text).toContain('链接由 — 改为 https://a.cn');
});
