import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';

import type { IncidentView, MeView, ResponderView } from '../shared/types';
import Facts from './Facts.vue';
import MapPane from './MapPane.vue';
import Stations from './Stations.vue';
import { api, desk } from './desk';
import { keepDraftsOf } from './drafts';
import { perform } from './keys';
import { CASE } from '../drawn/incident';
import { mount, type Mounted } from '../drawn/mount';
import { notes } from './tell';
import { setLanguage } from '../shared/i18n';

const ME = { id: 'me', role: 'DISPATCHER' } as MeView;
const responder = (more: Partial<ResponderView> = {}): ResponderView =>
  ({ station: 'w1', name: 'W1', state: 'ACKNOWLEDGED', assigned_at: 5, at: {}, radio: {}, ...more }) as ResponderView;

function incident(more: Partial<IncidentView> = {}): IncidentView {
  return { ...CASE,
    id: 'a', number: '0110-1', state: 'DISPATCHED', dispatcher: 'me', dispatcher_name: 'Me', raised_at: 1, waiting_since: 1, answered_at: 2,
    kind: 'OTHER', calls: [{ participants: [], recordings: [] }], responders: [responder()], missing: [], position: null,
    place: null, located: null, place_located: null, entries: [],
    caller: { hung_up_at: null, hung_up: null, called_back_at: null, contact: '', telephone: null, masked: false, channel: null }, ...more,
  } as unknown as IncidentView;
}

/** What ends the right to a dialog over the incident. */
const ENDS: Record<string, Partial<IncidentView>> = {
  'closed by somebody else': { state: 'CLOSED', dispatcher: 'me' },
  'taken over': { dispatcher: 'chief', dispatcher_name: 'Chief' },
  'closed and raised again in between': { waiting_since: 9, answered_at: 10 },
  'waiting again': { state: 'RAISED', dispatcher: null, answered_at: null },
};

interface Case { component: typeof Facts; open: (page: Mounted<{ it: IncidentView }>) => void }
const DIALOGS: Record<string, Case> = {
  'closing the incident': { component: Facts, open: () => perform('close') },
  'choosing a station': { component: Stations as never, open: () => perform('other') },
  'standing a station down': { component: Stations as never, open: (page) => void page.find('stand-down')?.press() },
};

let page: Mounted<{ it: IncidentView }>;
beforeEach(() => {
  keepDraftsOf(crypto.randomUUID());
  setLanguage('en');
  desk.me = ME;
  notes.splice(0);
  vi.spyOn(api, 'get').mockRejectedValue(new Error('no server here'));
});
afterEach(() => page.unmount());

describe.each(Object.entries(DIALOGS))('%s', (_, { component, open }) => {
  it.each(Object.entries(ENDS))('is over when the incident is %s, and stays so', async (__, end) => {
    page = mount(component, { it: incident() });
    open(page);
    await nextTick();
    expect(page.dialog()).not.toBeNull();
    await page.set({ it: incident(end) });
    expect(page.dialog()).toBeNull();
    expect(notes.map((one) => one.what)).toEqual(['The dialog was closed: the incident has changed']);
    await page.set({ it: incident() });
    expect(page.dialog()).toBeNull();
  });
  it('stays while others add to the incident', async () => {
    page = mount(component, { it: incident() });
    open(page);
    await page.set({ it: incident({ messages: 3, responders: [responder(), responder({ station: 'e1', name: 'E1' })] }) });
    expect(page.dialog()).not.toBeNull();
    expect(notes).toEqual([]);
  });
});

describe('standing a station down', () => {
  it.each([{ state: 'ON_SCENE' }, { state: 'STOOD_DOWN' }, { assigned_at: 7 }] as Array<Partial<ResponderView>>)(
    'is over when the station is %o', async (after) => {
      page = mount(Stations, { it: incident() });
      page.find('stand-down')?.press();
      await page.set({ it: incident({ responders: [responder(after)] }) });
      expect(page.dialog()).toBeNull();
    },
  );
});

describe('one\'s own close', () => {
  it('ends the dialog without a word, and it does not come back', async () => {
    page = mount(Facts, { it: incident() });
    perform('close');
    await nextTick();
    const after = incident({ state: 'CLOSED', disposition: 'RESOLVED' });
    vi.spyOn(api, 'post').mockImplementation(async () => {
      await page.set({ it: after });
      return after;
    });
    page.find('disposition-RESOLVED')?.props['onUpdate:modelValue'];
    const choose = page.find('disposition-RESOLVED')?.props['onUpdate:modelValue'] as (value: string) => void;
    choose('RESOLVED');
    (page.find('going-on')?.props['onUpdate:modelValue'] as (value: string) => void)('on');
    await page.find('close-form')?.press();
    await page.set({ it: incident({ waiting_since: 20, answered_at: 21 }) });
    expect(page.dialog()).toBeNull();
    expect(notes.filter((one) => one.tone === 'need')).toEqual([]);
  });
});

describe('marking the scene', () => {
  const pressed = (): unknown => page.find('pick-place')?.props['aria-pressed'];
  it.each(Object.entries(ENDS))('is over when the incident is %s, and stays so', async (_, end) => {
    page = mount(MapPane, { it: incident() }) as never;
    perform('place');
    await nextTick();
    expect(pressed()).toBe(true);
    await page.set({ it: incident(end) });
    expect(pressed()).not.toBe(true);
    await page.set({ it: incident() });
    expect(pressed()).toBe(false);
    expect(notes).toEqual([]);
  });
});
