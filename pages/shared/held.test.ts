import { describe, expect, it } from 'vitest';
import { hold, inHand, stillHeld } from './held';
import type { IncidentView } from './types';

const incident = (more: Partial<IncidentView> = {}): IncidentView =>
  ({ id: 'a', state: 'ANSWERED', waiting_since: 1, answered_at: 2, dispatcher: 'me', version: 3, ...more }) as IncidentView;

describe('what is held', () => {
  it('is not opened without a right to it', () => {
    expect(hold('close', () => null)).toBeNull();
  });
  it('ends with the right, and with another right of the same kind', () => {
    let right: string | null = 'one';
    const held = hold('close', () => right)!;
    expect(stillHeld(held, () => right)).toBe(true);
    right = null;
    expect(stillHeld(held, () => right)).toBe(false);
    right = 'two';
    expect(stillHeld(held, () => right)).toBe(false);
  });
});

describe('an incident in somebody\'s hands', () => {
  it.each([{ version: 9, state: 'DISPATCHED' }, { version: 9, messages: 4 }] as Array<Partial<IncidentView>>)(
    'is in the same after %o', (more) => { expect(inHand(incident(more))).toBe(inHand(incident())); });
  it.each([{ id: 'b' }, { dispatcher: 'other' }, { waiting_since: 7 }, { answered_at: 8 }] as Array<Partial<IncidentView>>)(
    'is in others after %o', (more) => { expect(inHand(incident(more))).not.toBe(inHand(incident())); });
});

/* Every face's sources: a question over something is asked through this, or is named below with its reason. */
const sources = import.meta.glob<string>(['../console/*.vue', '../station/*.tsx', '../community/*.tsx'],
  { query: '?raw', import: 'default', eager: true });
const OF_NOTHING: Record<string, string> = {
  App: 'the keys',
  Integrators: 'keys of apps, which no feed changes',
  People: 'accounts, which no feed changes',
  Picture: 'a picture of a log, which never changes',
  TopBar: 'one\'s own account',
  thread: 'a picture of a log, which never changes',
};
const IN_VUE = /<\w+ v-if="([^"]+)"[^>]* @cancel=/g;
const IN_TSX = /\{(\w+)(?: === '\w+')? && (?:\(\s*)?<(?:Dialog|HandOver|To110|Withdraw|Correct)\b/g;

describe('every dialog', () => {
  const found = Object.entries(sources).flatMap(([path, text]) => {
    const name = path.replace(/.*\/(\w+)\.\w+$/, '$1');
    if (name in OF_NOTHING) return [];
    return Array.from(text.matchAll(path.endsWith('.vue') ? IN_VUE : IN_TSX), (m) => [name, m[1], text] as const);
  });
  it('is looked for', () => {
    expect(Array.from(new Set(found.map(([name]) => name))).sort()).toEqual(
      ['AnswerSecond', 'EndCall', 'Facts', 'LeaveDesk', 'Responders', 'Stations', 'Transfer', 'community', 'notice', 'reply']);
  });
  it.each(found)('of %s (%s) ends with the right to it', (_, open, text) => {
    const [name, ...what] = open.split('.');
    if (what.length) expect([what.join('.'), text]).toEqual(['what.value', expect.stringContaining(`const ${name} = held<`)]);
    else expect(text).toMatch(new RegExp(`const \\[${name}, \\w+\\] = useHeld<`));
  });
});
