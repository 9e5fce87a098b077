import { afterEach, expect, it } from 'vitest';
import { setLanguage } from '../shared/i18n';
import type { CallerView, ResponderState } from '../shared/types';
import { going, progress } from './progress';

function view(more: object): CallerView {
  return { state: 'DISPATCHED', answered_at: 1, handed_at: null, call_state: 'ENDED', stations: [], participants: [], entries: [], ...more } as unknown as CallerView;
}
const station = (state: ResponderState, at = 50): object => ({ name: '石桥所', state, at });
const again = [{ what: 'incident.reopened', at: 100 }];
afterEach(() => setLanguage('zh-CN'));

it.each([['ASSIGNED', 0], ['ACKNOWLEDGED', 1], ['EN_ROUTE', 1], ['ON_SCENE', 1], ['CLEARED', 0], ['STOOD_DOWN', 0]] as const)(
  'a station that is %s: still coming or there %d', (state, many) => {
    expect(going(view({ state: 'CLOSED', stations: [station(state)] }))).toHaveLength(many);
  },
);

it('after 情况有变 the officer on the way is still on the way, answered or not', () => {
  for (const state of ['RAISED', 'DISPATCHED']) {
    const one = view({ state, answered_at: state === 'RAISED' ? null : 120, stations: [station('EN_ROUTE')], entries: again });
    expect(progress(one).sentence).toBe('石桥所 民警在路上');
  }
});

it('one that was finished before is not told again', () => {
  expect(progress(view({ stations: [station('CLEARED')], entries: again })).sentence).toBe('接警员已接听');
});
