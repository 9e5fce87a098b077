import { expect, test } from 'vitest';

import type { IncidentView, ParticipantView } from '../shared/types';
import { byUrgency, inLane, laneOf, rings, sentBefore, unseen } from './queue';

function incident(some: Partial<IncidentView>): IncidentView {
  return {
    id: '0', number: '0110-1', version: 1, kind: 'UNKNOWN', silent: false, via: 'web', state: 'RAISED',
    raised_at: 1000, waiting_since: 1000, updated_at: 1000, answered_at: null, closed_at: null, unattended_at: null, unattended_cause: null,
    escalation: 0, gravity: 'ORDINARY', priority: null, urgency: 'ORDINARY', returns: 0, reopened_at: null, handed_at: null, words: '', missing: [], position: null, located: null, place: null,
    place_located: null, dispatcher: null, dispatcher_name: '', disposition: null, calls: [],
    responders: [], caller: { hung_up_at: null, hung_up: null, called_back_at: null, contact: '', telephone: null, masked: false, channel: null }, messages: 0, pictures: 0, voices: 0, videos: 0, log_length: 1, log_head: '',
    journaled: false, present: false, confirmed_at: null, stands_for: 0, said: 0, unread: 0, marks: [], chat: [], entries: [], ...some,
  };
}

test('who is in which list', () => {
  expect(laneOf(incident({}), 'me')).toBe('waiting');
  expect(laneOf(incident({ state: 'ABANDONED' }), 'me')).toBe('waiting');
  expect(laneOf(incident({ state: 'ANSWERED', dispatcher: 'me' }), 'me')).toBe('mine');
  expect(laneOf(incident({ state: 'ANSWERED', dispatcher: 'me', unattended_at: 5 }), 'me')).toBe('mine');
  expect(laneOf(incident({ state: 'DISPATCHED', dispatcher: 'she' }), 'me')).toBe('others');
  expect(laneOf(incident({ state: 'DISPATCHED', dispatcher: 'she', unattended_at: 5 }), 'me')).toBe('waiting');
  expect(laneOf(incident({ state: 'CLOSED', dispatcher: 'me' }), 'me')).toBe('closed');
});

test('a call-back and a journaled report do not ring', () => {
  expect(rings(incident({}))).toBe(true);
  expect(rings(incident({ state: 'ABANDONED' }))).toBe(false);
  expect(rings(incident({ journaled: true }))).toBe(false);
  expect(rings(incident({ state: 'ANSWERED', unattended_at: 5, dispatcher: 'she' }), 'me')).toBe(true);
  expect(rings(incident({ state: 'ANSWERED', unattended_at: 5, dispatcher: 'me' }), 'me')).toBe(false);
});

const ids = (all: readonly IncidentView[]): string[] => all.map((it) => it.id);
const wallets = (many: number): IncidentView[] => Array.from({ length: many }, (_, n) =>
  incident({ id: `wallet${n}`, raised_at: 1000, waiting_since: 1000 + n, escalation: 2, words: '钱包丢在公交车上' }));

test('a fresh fire is first of sixteen, a fresh silent crime second, then the longest wait', () => {
  const fire = incident({ id: 'fire', kind: 'FIRE', urgency: 'LIFE', raised_at: 900_000, waiting_since: 900_000, words: '煤气爆炸 有人被压' });
  const silent = incident({ id: 'silent', kind: 'CRIME', silent: true, urgency: 'SILENT', raised_at: 800_000, waiting_since: 800_000 });
  const all = [...wallets(14).reverse(), silent, fire];
  expect(ids(inLane('waiting', all, 'me'))).toEqual(['fire', 'silent', ...ids(wallets(14))]);
});

test('who came back and a case raised again are before the eleven that are only new', () => {
  const again = incident({ id: 'again', urgency: 'BACK', raised_at: 900_000, waiting_since: 900_000, reopened_at: 900_000 });
  const back = incident({ id: 'back', urgency: 'BACK', raised_at: 800_000, waiting_since: 800_000, returns: 1 });
  const lost = incident({ id: 'lost', urgency: 'BACK', state: 'ANSWERED', dispatcher: 'she', unattended_at: 700_000 });
  expect(ids(inLane('waiting', [...wallets(9), again, back, lost], 'me')).slice(0, 4)).toEqual(['lost', 'back', 'again', 'wallet0']);
});

test('in a class what rings, then call-backs, then what waits on disk; then the longest wait', () => {
  const all = [
    incident({ id: 'journaled', journaled: true, raised_at: 1, waiting_since: 1 }),
    incident({ id: 'abandoned', state: 'ABANDONED', raised_at: 1, waiting_since: 1, escalation: 2 }),
    incident({ id: 'young', raised_at: 9000, waiting_since: 9000 }),
    incident({ id: 'old', raised_at: 5000, waiting_since: 5000 }),
    incident({ id: 'burglar', urgency: 'URGENT', raised_at: 9500, waiting_since: 9500 }),
    incident({ id: 'gone', urgency: 'LIFE', state: 'ABANDONED', raised_at: 9800, waiting_since: 9800 }),
    incident({ id: 'fire', urgency: 'LIFE', raised_at: 9900, waiting_since: 9900 }),
    incident({ id: 'late', raised_at: 2000, waiting_since: 2000, escalation: 1 }),
  ];
  expect(ids(all.sort(byUrgency))).toEqual(['fire', 'gone', 'burglar', 'late', 'old', 'young', 'abandoned', 'journaled']);
  expect(inLane('mine', all, 'me')).toEqual([]);
});

test('in its class first is who was spoken to and has nobody: the dispatcher is gone, or a colleague is to take it', () => {
  const called = { id: 'p', role: 'DISPATCHER', name: '', person: 'me', station: null, state: 'INVITED', invited_at: 9000, turned_at: null, removed: false } as unknown as ParticipantView;
  const call = { id: 'c', state: 'ACTIVE', participants: [called], recordings: [] } as unknown as IncidentView['calls'][number];
  const all = [
    incident({ id: 'fire', urgency: 'LIFE', raised_at: 1000, waiting_since: 1000 }),
    incident({ id: 'lost', urgency: 'LIFE', state: 'ANSWERED', dispatcher: 'she', unattended_at: 8000 }),
    incident({ id: 'again', urgency: 'BACK', raised_at: 1000, waiting_since: 1000 }),
    incident({ id: 'handed', urgency: 'BACK', state: 'ANSWERED', dispatcher: 'me', calls: [call] }),
  ];
  expect(ids(inLane('waiting', all, 'me'))).toEqual(['lost', 'fire', 'handed', 'again']);
});

test('what is out of sight is counted, and what is graver than all in sight is named', () => {
  const listed = inLane('waiting', [...wallets(14), incident({ id: 'fire', urgency: 'LIFE', raised_at: 900_000, waiting_since: 900_000 })], 'me');
  expect(unseen(listed, 0, 5)).toEqual({ count: 9, above: false, gravest: null });
  expect(unseen(listed, 6, 14)).toMatchObject({ count: 6, above: true, gravest: { id: 'fire' } });
  // In the other lists the newest is first, and the gravest may be anywhere.
  const mine = [...wallets(12), incident({ id: 'fire', urgency: 'LIFE' }), incident({ id: 'fire2', urgency: 'LIFE', raised_at: 5, waiting_since: 5 })];
  expect(unseen(mine, 0, 4)).toMatchObject({ count: 9, above: false, gravest: { id: 'fire2' } });
  expect(unseen(mine, 0, 13)).toEqual({ count: 0, above: false, gravest: null });
  expect(unseen([], 0, -1)).toEqual({ count: 0, above: false, gravest: null });
});

test('a case raised again names the stations that were sent', () => {
  const sent = (name: string, at: number) => ({ station: name, name, bureau: '', state: 'CLEARED' as const, assigned_at: at,
    reason: '', officer_name: '', unanswered_at: null, changed_at: null, at: {}, radio: {} });
  const responders = [sent('石油派出所', 100), sent('北街派出所', 900)];
  expect(sentBefore(incident({ responders }))).toEqual([]);
  expect(sentBefore(incident({ responders, reopened_at: 500 }))).toEqual(['石油派出所']);
});

test('of what is closed, what nobody has read comes first, however old', () => {
  const closed = [['old', 1, 1], ['new', 9, 0], ['newer', 10, 0]] as const;
  const those = closed.map(([id, closed_at, unread]) => incident({ id, state: 'CLOSED', closed_at, unread }));
  expect(inLane('closed', those, 'me').map((it) => it.id)).toEqual(['old', 'newer', 'new']);
});
