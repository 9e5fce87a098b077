import { expect, it } from 'vitest';
import type { CallerView, ResponderState } from '../shared/types';
import { progress, STEPS } from './progress';

function view(more: Partial<CallerView>): CallerView {
  return { state: 'ANSWERED', answered_at: null, stations: [], participants: [], entries: [], ...more } as CallerView;
}
const station = (state: ResponderState, name = '石桥所') => ({ name, state, at: 0 });
const done = (one: CallerView | null): string[] => STEPS.filter((step) => progress(one).done[step]);

it('begins with the receipt alone', () => {
  expect(done(null)).toEqual(['received']);
  expect(progress(null).sentence).toBe('110 已收到，正在接通');
});
it('counts a station that acts before it joined', () => {
  expect(done(view({ answered_at: 1, stations: [station('EN_ROUTE')] })))
    .toEqual(['received', 'answered', 'station', 'joined', 'depart']);
});
it('speaks of the station that is furthest, not of one stood down', () => {
  const { sentence } = progress(view({ answered_at: 1, stations: [station('STOOD_DOWN', '甲'), station('ASSIGNED', '乙')] }));
  expect(sentence).toBe('已通知 乙');
});
it('begins again when the report was raised again', () => {
  const entries = [{ what: 'incident.reopened', at: 100 }] as unknown as CallerView['entries'];
  const before = { name: '甲', state: 'CLEARED' as const, at: 50 };
  expect(done(view({ state: 'RAISED', answered_at: 1, stations: [before], entries }))).toEqual(['received']);
  expect(done(view({ answered_at: 1, stations: [before], entries }))).toEqual(['received', 'answered']);
  expect(progress(view({ answered_at: 1, stations: [before, { name: '乙', state: 'ASSIGNED', at: 120 }], entries })).sentence).toBe('已通知 乙');
});
it('says when an officer has joined', () => {
  const officer = { id: '1', role: 'STATION' as const, name: '李', state: 'JOINED' as const, away_at: null };
  expect(progress(view({ answered_at: 1, stations: [station('ACKNOWLEDGED')], participants: [officer] })).sentence)
    .toBe('石桥所 民警已加入');
});
