import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';

import { CASE } from '../drawn/incident';
import { mount, type Mounted } from '../drawn/mount';
import { Fault } from '../shared/fault';
import { setLanguage } from '../shared/i18n';
import type { IncidentView, MeView, ParticipantView } from '../shared/types';
import AnswerSecond from './AnswerSecond.vue';
import CallBar from './CallBar.vue';
import CaseHead from './CaseHead.vue';
import QueueCard from './QueueCard.vue';
import { another, answer, answerable } from './acts';
import { awaySince, leftAlone, talksIn } from './away';
import { keepRooms, liveId, rooms, type CallRoom } from './callroom';
import { api, desk, get, put } from './desk';
import { perform } from './keys';
import { dismissLoss, losses, watchLosses } from './losses';
import { notes } from './tell';

const ME = { id: 'me', role: 'DISPATCHER' } as MeView;
let version = 0;

function incident(id: string, more: Partial<IncidentView> = {}, own: Partial<ParticipantView> = {}): IncidentView {
  const dispatcher = 'dispatcher' in more ? more.dispatcher : 'me';
  const mine = { id: `p-${id}`, role: 'DISPATCHER', name: 'Me', state: 'JOINED', person: dispatcher, away_at: null, turned_at: 10, ...own };
  return { ...CASE,
    id, number: `0110-${id}`, version: ++version, state: 'ANSWERED', dispatcher: 'me', dispatcher_name: 'Me', raised_at: 1, answered_at: 2,
    unattended_at: null, closed_at: null, kind: 'OTHER', silent: false, via: 'web', words: '', gravity: 'ORDINARY', priority: null,
    urgency: 'ORDINARY', returns: 0, reopened_at: null, escalation: 0, stands_for: 0, messages: 0, pictures: 0, voices: 0, videos: 0, journaled: false,
    calls: [{ id: `c-${id}`, state: 'ACTIVE', participants: dispatcher ? [mine] : [], recordings: [] }],
    responders: [], missing: [], position: null, located: null, place: null, place_located: null, log_length: 0, entries: [], ...more,
  } as unknown as IncidentView;
}
const waiting = (id: string): IncidentView => incident(id, { state: 'RAISED', dispatcher: null, dispatcher_name: '', answered_at: null });

/** A room as if somebody else were in it; nothing is connected here. */
function roomOf(id: string, others = 1): { held: boolean | null } {
  const seen = { held: null as boolean | null };
  rooms.set(id, {
    id, view: { state: 'connected', tries: 0, been: true, others: Array(others).fill({ participant: 'x', stream: null }), quality: null, audio: true, video: true, trouble: '' },
    hold: (held: boolean) => { seen.held = held; }, leave: () => undefined, toggle: () => undefined, resume: async () => undefined, connection: null,
  } as unknown as CallRoom);
  return seen;
}

let page: Mounted<object> | null = null;
const asked: string[] = [];
let replies: (path: string) => IncidentView | Error;
beforeEach(() => {
  setLanguage('en');
  desk.me = ME;
  desk.opened = null;
  desk.screen = 'desk';
  asked.length = 0;
  notes.splice(0);
  replies = () => new Error('no server here');
  vi.spyOn(api, 'get').mockRejectedValue(new Error('no server here'));
  vi.spyOn(api, 'post').mockImplementation(async (path: string) => {
    asked.push(path);
    const reply = replies(path);
    if (reply instanceof Error) throw reply;
    return reply as never;
  });
});
afterEach(() => {
  page?.unmount();
  page = null;
  rooms.clear();
  for (const id of ['a', 'b', 'c']) put(incident(id, { state: 'CLOSED', dispatcher: 'me' }));
});
const taken = new Fault({ code: 'taken', status: 409, facts: { name: 'Li' } });

describe('which call is talked in', () => {
  it('is the one turned to last that one is not away from', () => {
    expect(talksIn([incident('a', {}, { turned_at: 5 }), incident('b', {}, { turned_at: 9 })])).toBe('b');
    expect(talksIn([incident('a', {}, { turned_at: 5 }), incident('b', {}, { turned_at: 9, away_at: 11 })])).toBe('a');
    expect(talksIn([incident('a', {}, { away_at: 5 })])).toBeNull();
    expect(talksIn([])).toBeNull();
  });
  it('and the others wait, the longest first', () => {
    const those = [incident('a', {}, { away_at: 9 }), incident('b'), incident('c', {}, { away_at: 4 })];
    expect(leftAlone(those).map((one) => one.id)).toEqual(['c', 'a']);
  });
  it('of a closed case nobody is away', () => {
    expect(awaySince(incident('a', { state: 'CLOSED' }, { away_at: 5 }))).toBeNull();
  });
});

describe('answering', () => {
  it('opens nothing before the server has said so, and nothing when somebody else was first', async () => {
    put(incident('a'));
    put(waiting('b'));
    desk.opened = 'a';
    replies = () => {
      expect(desk.opened).toBe('a');
      return taken;
    };
    await answer('b');
    expect(asked).toEqual(['/incidents/b/answer']);
    expect(desk.opened).toBe('a');
    expect(notes.map((one) => one.what)).toEqual(['Answered by Li']);
    replies = () => incident('b', {}, { turned_at: 20 });
    await answer('b');
    expect([desk.opened, desk.lane, liveId.value]).toEqual(['b', 'mine', 'b']);
  });

  it('asks first while somebody is being talked to, and staying changes nothing', async () => {
    put(incident('a'));
    put(waiting('b'));
    roomOf('a');
    page = mount(AnswerSecond, {});
    await answer('b');
    await nextTick();
    expect(asked).toEqual([]);
    expect(another.value).toBeNull();
    expect(page.dialog()).toBe('You are in a call');
    page.find('second-stay')?.press();
    await nextTick();
    expect([page.dialog(), asked.length, liveId.value]).toEqual([null, 0, 'a']);
    await answer('b');
    await nextTick();
    replies = () => incident('b', {}, { turned_at: 20 });
    await page.find('second-hold')?.press();
    await nextTick();
    expect([page.dialog(), asked[0], desk.opened]).toEqual([null, '/incidents/b/answer', 'b']);
  });

  it('asks, too, while the call is being joined again after a loss', async () => {
    put(incident('a'));
    put(waiting('b'));
    roomOf('a', 0);
    (rooms.get('a') as CallRoom).view.state = 'lost';
    page = mount(AnswerSecond, {});
    await answer('b');
    await nextTick();
    expect([page.dialog(), asked.length]).toEqual(['You are in a call', 0]);
  });

  it('does not ask when nobody else is in the call', async () => {
    put(incident('a'));
    put(waiting('b'));
    roomOf('a', 0);
    replies = () => incident('b', {}, { turned_at: 20 });
    await answer('b');
    expect(desk.opened).toBe('b');
  });

  it.each<[string, () => void]>([
    ['somebody else has answered', () => put(incident('b', { dispatcher: 'li', dispatcher_name: 'Li' }))],
    ['the first call is over', () => put(incident('a', { state: 'CLOSED' }))],
  ])('is not asked any more when %s', async (_, happens) => {
    put(incident('a'));
    put(waiting('b'));
    roomOf('a');
    page = mount(AnswerSecond, {});
    await answer('b');
    await nextTick();
    expect(page.dialog()).not.toBeNull();
    happens();
    await nextTick();
    expect(page.dialog()).toBeNull();
    expect(asked).toEqual([]);
  });

  it('is offered for what a colleague left alone, and not for what he talks in', () => {
    const his = { dispatcher: 'li', dispatcher_name: 'Li' };
    expect(answerable(incident('c', his))).toBe(false);
    expect(answerable(incident('c', his, { away_at: 5 }))).toBe(true);
  });
});

describe('looking at another case', () => {
  it('shows which call goes on, and the way back to it', async () => {
    put(incident('a'));
    put(waiting('b'));
    roomOf('a');
    desk.opened = 'a';
    page = mount(CallBar, {});
    expect(page.find('call-bar')).toBeUndefined();
    desk.opened = 'b';
    await nextTick();
    expect(page.find('call-bar-live')).toBeDefined();
    expect(page.text()).toContain('0110-a');
    expect([asked.length, liveId.value]).toEqual([0, 'a']);
    perform('return');
    await nextTick();
    expect(desk.opened).toBe('a');
    desk.screen = 'archive';
    await nextTick();
    expect(page.find('call-bar-live')).toBeDefined();
    page.find('show-call')?.press();
    expect(desk.screen).toBe('desk');
  });

  it('a case one is away from is offered, with one key when there is no other call', async () => {
    put(incident('a', {}, { away_at: 5, state: 'AWAY' }));
    page = mount(CallBar, {});
    expect(page.find('back-0110-a')).toBeDefined();
    replies = () => incident('a', {}, { turned_at: 30 });
    perform('return');
    await vi.waitFor(() => expect([liveId.value, desk.opened]).toEqual(['a', 'a']));
    expect(asked).toEqual(['/incidents/a/back']);
  });

  it('the card and the case say since when, for its dispatcher and for others', () => {
    const own = incident('a', {}, { away_at: 1 });
    page = mount(QueueCard, { it: own, chosen: false });
    expect(page.text()).toMatch(/Away too long: [\d:]+/);
    page.unmount();
    page = mount(QueueCard, { it: incident('a', {}, { away_at: Date.now() }), chosen: false });
    expect(page.text()).toMatch(/Away [\d:]+/);
    page.unmount();
    page = mount(CaseHead, { it: own });
    expect(page.find('back-to-call')).toBeDefined();
    page.unmount();
    page = mount(CaseHead, { it: incident('c', { dispatcher: 'li', dispatcher_name: 'Li' }, { away_at: 1 }) });
    expect(page.text()).toMatch(/Li has been away for [\d:]+/);
    expect(page.find('answer')).toBeDefined();
    expect(page.find('back-to-call')).toBeUndefined();
  });
});

describe('the rooms', () => {
  it('only the call that is talked in is heard, and the others are said to be away', async () => {
    const first = roomOf('a');
    const second = roomOf('b');
    put(incident('a', {}, { turned_at: 5 }));
    put(incident('b', {}, { turned_at: 9 }));
    keepRooms();
    await nextTick();
    expect([first.held, second.held]).toEqual([true, false]);
    expect(asked).toEqual(['/incidents/a/away']);
    desk.opened = 'a';
    await nextTick();
    expect([first.held, second.held]).toEqual([true, false]);
    put(incident('b', {}, { away_at: 20 }));
    put(incident('a', {}, { turned_at: 21 }));
    await nextTick();
    expect([first.held, second.held]).toEqual([false, true]);
  });
});

describe('a take-over', () => {
  it('is said until it was read, with who has it', async () => {
    put(incident('a'));
    put(incident('b'));
    watchLosses();
    await nextTick();
    put(incident('a', { dispatcher: 'chief', dispatcher_name: 'Chief' }));
    put(incident('b', { state: 'CLOSED' }));
    await nextTick();
    expect(losses.map((one) => [one.number, one.name])).toEqual([['0110-a', 'Chief']]);
    expect(get('a')?.dispatcher).toBe('chief');
    dismissLoss('a');
    expect(losses).toEqual([]);
  });
});
