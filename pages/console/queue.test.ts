import { expect, test } from 'vitest';

import type { IncidentView } from '../shared/types';
import { byUrgency, inLane, laneOf, rings } from './queue';

function incident(some: Partial<IncidentView>): IncidentView {
  return {
    id: '0', number: '0110-1', version: 1, kind: 'UNKNOWN', silent: false, via: 'web', state: 'RAISED',
    raised_at: 1000, updated_at: 1000, answered_at: null, closed_at: null, unattended_at: null,
    escalation: 0, words: '', missing: [], position: null, located: null, place: null,
    place_located: null, dispatcher: null, dispatcher_name: '', disposition: null, calls: [],
    responders: [], messages: 0, pictures: 0, voices: 0, videos: 0, log_length: 1, log_head: '',
    journaled: false, present: false, confirmed_at: null, stands_for: 0, entries: [], ...some,
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

test('escalated first, then silent, then the longest wait; call-backs and journaled last', () => {
  const all = [
    incident({ id: 'journaled', journaled: true, raised_at: 1 }),
    incident({ id: 'abandoned', state: 'ABANDONED', raised_at: 1, escalation: 2 }),
    incident({ id: 'young', raised_at: 9000 }),
    incident({ id: 'old', raised_at: 5000 }),
    incident({ id: 'silent', raised_at: 9500, silent: true }),
    incident({ id: 'late', raised_at: 2000, escalation: 1 }),
  ];
  expect(all.sort(byUrgency).map((it) => it.id)).toEqual(['late', 'silent', 'old', 'young', 'abandoned', 'journaled']);
  expect(inLane('mine', all, 'me')).toEqual([]);
});
