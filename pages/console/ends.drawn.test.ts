import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';

import { CASE } from '../drawn/incident';
import { mount, type Mounted } from '../drawn/mount';
import { setLanguage } from '../shared/i18n';
import type { IncidentView, MeView, ReachList, ResponderView } from '../shared/types';
import CaseHead from './CaseHead.vue';
import CloseForm from './CloseForm.vue';
import EndCall from './EndCall.vue';
import QueueCard from './QueueCard.vue';
import Responders from './Responders.vue';
import Stage from './Stage.vue';
import Stations from './Stations.vue';
import { api, desk, reached, reachNews } from './desk';
import { keepDraftsOf } from './drafts';
import { perform } from './keys';
import { inLane, rings } from './queue';

const station = (more: Partial<ResponderView> = {}): ResponderView =>
  ({ station: 'w1', name: '西一派出所', state: 'EN_ROUTE', assigned_at: 5, at: {}, unanswered_at: null, changed_at: null, radio: {}, ...more }) as ResponderView;
const call = (state: string): object => ({ id: 'c1', state, participants: [], recordings: [] });
const candidates = ['w1', 'w2'].map((id, n) => ({ station: id, name: n ? '西二派出所' : '西一派出所', bureau: '西区', share: 1 - n, distance: n }));

function incident(more: object = {}): IncidentView {
  return { ...CASE,
    id: 'a', number: '0110-1', state: 'DISPATCHED', dispatcher: 'me', dispatcher_name: '王警官', raised_at: 1, waiting_since: 1, answered_at: 2,
    unattended_at: null, closed_at: null, handed_at: null, reopened_at: null, kind: 'DISPUTE', silent: false, journaled: false, calls: [call('ACTIVE')],
    responders: [station()], missing: [], via: 'web', words: '', gravity: 'ORDINARY', priority: null, urgency: 'ORDINARY', returns: 0, messages: 0, pictures: 0,
    voices: 0, videos: 0, stands_for: 0, entries: [], position: {}, place: null, place_located: null, disposition: null,
    located: { certainty: 'ONE', candidates, why_zh: '', why_en: '', boundary_version: 'v', place: '', areas: [] }, ...more,
  } as unknown as IncidentView;
}

let page: Mounted<{ it: IncidentView }>;
let reach: ReachList['stations'];
const post = vi.spyOn(api, 'post');
beforeEach(() => {
  keepDraftsOf(crypto.randomUUID());
  setLanguage('zh-CN');
  desk.me = { id: 'me', role: 'DISPATCHER' } as MeView;
  desk.phase = 'in';
  desk.live = 'live';
  reach = [];
  vi.spyOn(api, 'get').mockImplementation(() => Promise.resolve({ stations: reach }) as never);
  post.mockReset();
});
afterEach(() => page.unmount());

async function know(stations: ReachList['stations']): Promise<void> {
  reach = stations;
  reached.value++;
  for (let turn = 0; turn < 5; turn++) await nextTick();
}

describe('ending the call', () => {
  it.each([['1', false], ['2', true]] as const)('key %s says whether the station finishes', async (key, to_station) => {
    post.mockResolvedValue(incident({ calls: [call('ENDED')] }));
    page = mount(EndCall, { it: incident() });
    perform('end');
    await nextTick();
    expect(page.dialog()).toBe('结束通话');
    (page.find('end-form')?.props.onKeydown as (event: object) => void)({ key });
    await nextTick();
    expect(post).toHaveBeenCalledWith('/incidents/a/end-call', { to_station });
  });
  it('hands nothing to a station that nobody has taken it at', async () => {
    page = mount(EndCall, { it: incident({ responders: [station({ state: 'ASSIGNED' })] }) });
    perform('end');
    await nextTick();
    expect(page.find('end-hand')?.props.disabled).toBe(true);
    (page.find('end-form')?.props.onKeydown as (event: object) => void)({ key: '2' });
    expect(post).not.toHaveBeenCalled();
    expect(page.text()).toContain('派出所接警后才能交其处置');
  });
  it('asks nothing about a call that is over meanwhile', async () => {
    page = mount(EndCall, { it: incident() });
    perform('end');
    await page.set({ it: incident({ calls: [call('ENDED'), { ...call('ACTIVE'), id: 'c2' }] }) });
    expect(page.dialog()).toBeNull();
  });
  it('afterwards says so, and calls again by one key', async () => {
    post.mockResolvedValue(incident());
    page = mount(EndCall, { it: incident({ calls: [call('ENDED')] }) });
    expect(page.text()).toContain('通话已结束，案件继续');
    perform('recall');
    await nextTick();
    expect(post.mock.calls[0]?.[0]).toBe('/incidents/a/call-back');
  });
  it('is not offered to who only looks on', () => {
    desk.me = { id: 'other', role: 'DISPATCHER' } as MeView;
    page = mount(EndCall, { it: incident() });
    expect(page.find('end-call')?.props.disabled).toBe(true);
    perform('end');
    expect(page.dialog()).toBeNull();
  });
});

describe('head, stage and card', () => {
  const card = (it: IncidentView): Mounted<{ it: IncidentView; chosen: boolean }> =>
    mount<{ it: IncidentView; chosen: boolean }>(QueueCard, { it, chosen: false });
  it('say that the call is over and the case is not', () => {
    const it = incident({ calls: [call('ENDED')] });
    page = mount(CaseHead, { it });
    expect(page.find('call-over')).toBeDefined();
    page.unmount();
    page = mount(Stage, { it });
    expect(page.text()).toContain('通话已结束，案件继续');
    page.unmount();
    page = card(it) as never;
    expect(page.text()).toContain('通话已结束');
  });
  it('say who finishes it', () => {
    const it = incident({ calls: [call('ENDED')], handed_at: 9 });
    page = mount(CaseHead, { it });
    expect(page.text()).toContain('交派出所处置');
    page.unmount();
    page = card(it) as never;
    expect(page.text()).toContain('交派出所处置');
  });
  it('ring whoever has the case when its caller calls again, and nobody else', () => {
    const it = incident({ calls: [call('ENDED'), call('RINGING')] });
    expect([rings(it, 'me'), rings(it, 'other'), rings(it)]).toEqual([true, false, false]);
    expect(inLane('waiting', [it], 'me')).toEqual([it]);
    expect(inLane('others', [it], 'other')).toEqual([it]);
    page = mount(CaseHead, { it });
    expect(page.text()).toContain('报警人再次呼叫');
    expect(page.find('answer')).toBeDefined();
  });
  it('say of a closed case who is still on the way', () => {
    const it = incident({ state: 'CLOSED', closed_at: 9, disposition: 'RESOLVED' });
    page = mount(CaseHead, { it });
    expect(page.text()).toContain('西一派出所 在路上');
    page.unmount();
    page = card(it) as never;
    expect(page.text()).toContain('西一派出所 在路上');
  });
});

describe('closing while somebody is on the way', () => {
  async function choose(testid: string, value: string): Promise<void> {
    (page.find(testid)?.props['onUpdate:modelValue'] as (value: string) => void)(value);
    await nextTick();
  }
  it('asks what becomes of them, and says who is where', async () => {
    post.mockResolvedValue(incident({ state: 'CLOSED' }));
    page = mount(CloseForm, { it: incident() });
    expect(page.text()).toContain('西一派出所：在路上');
    await choose('disposition-RESOLVED', 'RESOLVED');
    await page.find('close-form')?.press();
    await nextTick();
    expect(post).not.toHaveBeenCalled();
    expect(page.text()).toContain('请选择出警的去向');
    await choose('going-on', 'on');
    await page.find('close-form')?.press();
    expect(post).toHaveBeenCalledWith('/incidents/a/close', { disposition: 'RESOLVED', words: '', stand_down: false });
  });
  it('sends them back when that is chosen', async () => {
    post.mockResolvedValue(incident({ state: 'CLOSED' }));
    page = mount(CloseForm, { it: incident() });
    await choose('disposition-RESOLVED', 'FALSE_ALARM');
    await choose('going-back', 'back');
    await page.find('close-form')?.press();
    expect(post).toHaveBeenCalledWith('/incidents/a/close', { disposition: 'FALSE_ALARM', words: '', stand_down: true });
  });
  it.each([['CLEARED', ''], ['ASSIGNED', '西一派出所 还没有接警']] as const)('asks nothing of one that is %s', async (state, said) => {
    post.mockResolvedValue(incident({ state: 'CLOSED' }));
    page = mount(CloseForm, { it: incident({ responders: [station({ state })] }) });
    expect(page.text()).toContain(said);
    await choose('disposition-RESOLVED', 'RESOLVED');
    await page.find('close-form')?.press();
    expect(post).toHaveBeenCalled();
  });
});

describe('the next station', () => {
  const late = incident({ responders: [station({ state: 'ASSIGNED', unanswered_at: 20 })] });
  it('is offered by one key, while the first stays called', async () => {
    post.mockResolvedValue(late);
    page = mount(Stations, { it: late });
    expect(page.find('offer')?.text).toMatch(/西一派出所.*未应答，仍在呼叫。按 S 再呼叫 西二派出所/);
    perform('station');
    await nextTick();
    expect(post).toHaveBeenCalledWith('/incidents/a/dispatch', { station: 'w2', reason: '西一派出所 未应答' });
    expect(page.find('responders')?.children.length).toBeGreaterThan(0);
  });
  it('says of one that cannot come that it cannot, not that it does not answer', async () => {
    post.mockResolvedValue(late);
    const participants = [{ id: 'p', role: 'STATION', station: 'w1', state: 'DECLINED', name: '西一派出所' }];
    const it = { ...late, calls: [{ id: 'c1', state: 'ACTIVE', participants, recordings: [] }] } as unknown as IncidentView;
    page = mount<{ it: IncidentView }>(Stations, { it });
    expect(page.find('offer')?.text).toBe('西一派出所 不能出警。按 S 再呼叫 西二派出所');
    expect(page.text()).not.toContain('未应答');
    perform('station');
    await nextTick();
    expect(post).toHaveBeenCalledWith('/incidents/a/dispatch', { station: 'w2', reason: '西一派出所 不能出警' });
  });
  it('is not offered while somebody may still come', () => {
    page = mount(Stations, { it: incident({ responders: [station({ state: 'ASSIGNED' })] }) });
    expect(page.find('offer')).toBeUndefined();
  });
  it('is shown with whom a call reaches, kept live, in words', async () => {
    const it = incident({ responders: [] });
    page = mount<{ it: IncidentView }>(Stations, { it: { ...it, located: { ...it.located!, certainty: 'BOTH' } } });
    await know([{ station: 'w1', online: 2, wecom: 1 }, { station: 'w2', online: 0, wecom: 1 }]);
    expect(page.text()).toMatch(/在线 2 人.*仅企业微信/);
    await know([{ station: 'w2', online: 1, wecom: 1 }]);
    expect(page.text()).toMatch(/无人在线.*在线 1 人/);
    desk.live = 'lost';
    await nextTick();
    expect(page.text()).toContain('在线情况未知');
    expect(page.text()).not.toContain('在线 1 人');
  });
});

it('what the feed brings of whom a call reaches asks the server nothing, and what it read is not newer', async () => {
  page = mount<{ it: IncidentView }>(Stations, { it: incident({ responders: [], located: { ...incident().located!, certainty: 'BOTH' } }) });
  await know([{ station: 'w1', online: 0, wecom: 0 }]);
  const get = vi.mocked(api.get);
  const asked = get.mock.calls.length;
  for (let n = 1; n <= 50; n++) reachNews.value = [{ station: 'w1', online: n, wecom: 0 }, { station: 'w2', online: 0, wecom: n }];
  await nextTick();
  expect(page.text()).toMatch(/在线 50 人.*仅企业微信/);
  expect(get.mock.calls.length).toBe(asked);
  reached.value++;
  await nextTick();
  reachNews.value = [{ station: 'w1', online: 7, wecom: 0 }];
  for (let turn = 0; turn < 5; turn++) await nextTick();
  expect(page.text()).toContain('在线 7 人');
  expect(get.mock.calls.length).toBe(asked + 1);
});

it('who looks at a case of a colleague whose call is over reads that it is over', () => {
  page = mount(Stage, { it: incident({ dispatcher: 'she', calls: [call('ENDED')] }) });
  expect(page.text()).toContain('通话已结束，案件继续');
  expect(page.text()).not.toContain('正在通话');
});

it('a station that was told of the change and has not seen it is shown so', () => {
  page = mount(Responders, { it: incident({ state: 'RAISED', responders: [station({ changed_at: Date.now() })] }) });
  expect(page.text()).toMatch(/在路上 · 情况有变，等对方确认/);
});
