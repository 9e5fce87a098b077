import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';

import { CASE } from '../drawn/incident';
import { mount, type Mounted } from '../drawn/mount';
import type { DeskView } from '../shared/desks';
import { Fault } from '../shared/fault';
import { setLanguage } from '../shared/i18n';
import type { IncidentView, MeView, ParticipantView } from '../shared/types';
import CaseHead from './CaseHead.vue';
import QueueCard from './QueueCard.vue';
import TopBar from './TopBar.vue';
import { answerable } from './acts';
import { handedSince } from './away';
import { mine } from './callroom';
import { api, desk, put } from './desk';
import { losses, watchLosses } from './losses';
import { handedTo, laneOf, rings } from './queue';
import { notes } from './tell';

let version = 0;
function incident(id: string, more: Partial<IncidentView> = {}, own: Partial<ParticipantView> = {}): IncidentView {
  const person = more.dispatcher ?? 'me';
  const one = { id: `p-${id}`, role: 'DISPATCHER', name: 'Me', state: 'JOINED', person, away_at: null, turned_at: 10, invited_at: 3, ...own };
  return { ...CASE,
    id, number: `0110-${id}`, version: ++version, state: 'ANSWERED', dispatcher: 'me', dispatcher_name: 'Me', raised_at: 1, answered_at: 2,
    unattended_at: null, closed_at: null, kind: 'OTHER', silent: false, via: 'web', words: '', gravity: 'ORDINARY', priority: null,
    urgency: 'ORDINARY', returns: 0, reopened_at: null, escalation: 0, stands_for: 0, messages: 0, pictures: 0, voices: 0, videos: 0, journaled: false,
    calls: [{ id: `c-${id}`, state: 'ACTIVE', participants: [one], recordings: [] }],
    responders: [], missing: [], position: null, located: null, place: null, place_located: null, log_length: 0, entries: [], ...more,
  } as unknown as IncidentView;
}
const handed = (id: string, to: string): IncidentView =>
  incident(id, { dispatcher: to, dispatcher_name: to === 'me' ? 'Me' : 'Li' }, { state: 'INVITED', turned_at: null, invited_at: 5 });
const LI: DeskView = { id: 'li', name: 'Li', role: 'DISPATCHER', in_hand: 1, in_call: true };
const ZHAO: DeskView = { id: 'zhao', name: 'Zhao', role: 'SUPERVISOR', in_hand: 0, in_call: false };

let page: Mounted<object> | null = null;
const asked: Array<[string, unknown]> = [];
let loggedOut: () => void;
beforeEach(() => {
  setLanguage('en');
  desk.me = { id: 'me', role: 'DISPATCHER', name: 'Me' } as MeView;
  desk.phase = 'in';
  asked.length = 0;
  notes.splice(0);
  losses.splice(0);
  vi.spyOn(api, 'get').mockImplementation(async (path: string) => {
    if (path === '/desks') return { desks: [LI, ZHAO] } as never;
    throw new Error('no server here');
  });
  vi.spyOn(api, 'post').mockImplementation(async (path: string, body?: object) => {
    asked.push([path, body]);
    return handed(path.split('/')[2] ?? '', (body as { to: string }).to) as never;
  });
  loggedOut = () => undefined;
  vi.spyOn(api, 'delete').mockImplementation(async () => {
    loggedOut();
    return {} as never;
  });
});
afterEach(() => {
  page?.unmount();
  page = null;
  for (const id of ['a', 'b']) put(incident(id, { state: 'CLOSED' }));
});

describe('an incident a colleague handed to me', () => {
  it('rings for me alone, is in what waits, and joins nothing before my press', () => {
    const it = handed('a', 'me');
    expect([handedSince(it), handedTo(it, 'me'), handedTo(it, 'li')]).toEqual([5, true, false]);
    expect([rings(it, 'me'), rings(it, 'li'), rings(it)]).toEqual([true, false, false]);
    expect([laneOf(it, 'me'), laneOf(it, 'li'), answerable(it)]).toEqual(['waiting', 'others', true]);
    put(it);
    expect(mine.value).toEqual([]);
    put(incident('a'));
    expect(mine.value.map((one) => one.id)).toEqual(['a']);
  });
  it('says so on its card and in its case; others read whom it waits for', () => {
    page = mount(QueueCard, { it: handed('a', 'me'), chosen: false });
    expect(page.text()).toContain('Handed to you');
    expect(page.find('answer-0110-a')).toBeDefined();
    page.unmount();
    page = mount(CaseHead, { it: handed('a', 'me') });
    expect(page.find('answer')).toBeDefined();
    page.unmount();
    page = mount(QueueCard, { it: handed('a', 'li'), chosen: false });
    expect(page.text()).toContain('Handed to Li, not taken yet');
    expect(page.find('answer-0110-a')).toBeUndefined();
  });
});

describe('handing over', () => {
  it('is to somebody at a desk, the free first, by name; one\'s own hand-over is no loss', async () => {
    put(incident('a'));
    watchLosses();
    page = mount(CaseHead, { it: incident('a') });
    page.find('transfer')?.press();
    await vi.waitFor(() => expect(page?.find('to-li')).toBeDefined());
    expect(page.text()).toMatch(/Zhao[^]*\bLi\b/);
    page.find('to-li')?.press();
    await vi.waitFor(() => expect(notes.map((one) => one.what)).toEqual(['0110-a handed over to Li']));
    expect(asked).toEqual([['/incidents/a/transfer', { to: 'li' }]]);
    expect([page.dialog(), losses.length]).toEqual([null, 0]);
  });
});

describe('leaving the desk', () => {
  it('with incidents in hand lists them, and goes when each is a colleague\'s', async () => {
    put(incident('a'));
    page = mount(TopBar, {});
    page.find('menu')?.press();
    await nextTick();
    page.find('log-out')?.press();
    await vi.waitFor(() => expect(page?.find('to-zhao')).toBeDefined());
    expect(page.text()).toContain('0110-a');
    expect(page.find('leave-go')?.props.disabled).toBe(true);
    page.find('to-zhao')?.press();
    await vi.waitFor(() => expect(page?.find('leave-go')?.props.disabled).toBe(false));
    expect(asked).toEqual([['/incidents/a/transfer', { to: 'zhao' }]]);
    page.find('leave-go')?.press();
    await vi.waitFor(() => expect(desk.phase).toBe('login'));
  });
  it('with nothing in hand goes at once', async () => {
    page = mount(TopBar, {});
    page.find('menu')?.press();
    await nextTick();
    page.find('log-out')?.press();
    await vi.waitFor(() => expect(desk.phase).toBe('login'));
    expect(page.dialog()).toBeNull();
  });
  it('the server\'s word counts: a screen that is behind asks, too', async () => {
    loggedOut = () => { throw new Fault({ code: 'in_hand', status: 409, title_en: 'Hand over first' }); };
    page = mount(TopBar, {});
    page.find('menu')?.press();
    await nextTick();
    page.find('log-out')?.press();
    await vi.waitFor(() => expect(page?.dialog()).not.toBeNull());
    expect(desk.phase).toBe('in');
  });
});
