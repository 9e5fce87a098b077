import { describe, expect, it } from 'vitest';
import type { CallerView } from '../shared/types';
import { awayFrom, awaySentence, LONG_MS } from './away';

const NOW = 1_700_000_000_000;
const dispatcher = { id: 'd', role: 'DISPATCHER' as const, name: '王', state: 'AWAY' as const, away_at: NOW };
const officer = { id: 's', role: 'STATION' as const, name: '石桥所', state: 'JOINED' as const, away_at: null };
const view = (more: Partial<CallerView>): CallerView => ({ state: 'ANSWERED', put_through_since: null, participants: [dispatcher], ...more }) as CallerView;
const said = (one: CallerView, at = NOW): string | null => {
  const alone = awayFrom(one);
  return alone && awaySentence(alone, at);
};

describe('while nobody at the desk talks with the caller', () => {
  it('he reads that the dispatcher is in another call, and that a promise has an end', () => {
    expect(said(view({}))).toBe('接警员正在接另一起，请稍候');
    expect(said(view({}), NOW + LONG_MS)).toContain('110');
  });
  it('or that he is being put through', () => {
    expect(said(view({ put_through_since: NOW }))).toBe('正在为您转接其他接警员，请稍候');
    expect(said(view({ put_through_since: NOW }), NOW + LONG_MS)).toContain('110');
  });
  it.each([null, NOW])('who goes on talking is named', (put_through_since) => {
    expect(said(view({ put_through_since, participants: [dispatcher, officer] }), NOW + LONG_MS)).toContain('石桥所 在与您通话');
  });
  it('a connection that is lost does not bring him back', () => {
    expect(said(view({ participants: [{ ...dispatcher, state: 'LEFT' }] }))).not.toBeNull();
  });
});

it.each<Partial<CallerView>>([
  { state: 'RAISED' }, { state: 'CLOSED' }, { state: 'ABANDONED' }, { participants: [{ ...dispatcher, state: 'JOINED', away_at: null }] },
])('says nothing otherwise: %o', (more) => { expect(said(view(more))).toBeNull(); });
