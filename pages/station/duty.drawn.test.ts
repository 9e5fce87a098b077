import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { LiveNews } from '../shared/live';
import { Line } from '../shared/line';
import type { IncidentView, MeView, ResponderView } from '../shared/types';
import { Api } from '../shared/api';
import { Duty } from './duty';
import { placeWords } from './place';

const responder = (more: Partial<ResponderView> = {}): ResponderView =>
  ({ station: 'w1', state: 'ACKNOWLEDGED', assigned_at: 5, at: {}, unanswered_at: null, changed_at: null, radio: {}, ...more }) as ResponderView;

function incident(version: number, more: Partial<IncidentView> = {}, part: Partial<ResponderView> = {}): IncidentView {
  return {
    id: 'a', version, state: 'DISPATCHED', raised_at: 1, reopened_at: null, log_length: 0, entries: [], journaled: false,
    calls: [{ participants: [] }], responders: [responder(part)], ...more,
  } as unknown as IncidentView;
}

/** The duty page as it is once somebody has logged in, without a network. */
class Page extends Duty {
  news(message: object): void {
    this.hear(message as LiveNews);
  }
}

let page: Page;
beforeEach(() => {
  vi.spyOn(Api.prototype, 'get').mockReturnValue(new Promise(() => undefined));
  vi.spyOn(Api.prototype, 'post').mockReturnValue(new Promise(() => undefined));
  vi.spyOn(Api.prototype, 'config').mockReturnValue(new Promise(() => undefined));
  vi.spyOn(Line.prototype, 'prepare').mockResolvedValue(undefined);
  page = new Page();
  page.me = { id: 'me', station: 'w1' } as MeView;
  page.news({ type: 'snapshot', me: page.me, incidents: [incident(1)], store: 'up', journaled: 0 });
  void page.show('a');
});

describe('an incident that is open at the station', () => {
  it('stays open while it goes on', () => {
    page.news({ type: 'incident', incident: incident(2, { messages: 1 }, { state: 'ON_SCENE' }) });
    page.news({ type: 'incident', incident: incident(3, { state: 'CLOSED' }) });
    expect(page.open).toBe('a');
  });
  it('is shut when it is raised again, and rings when the station is called', () => {
    page.news({ type: 'incident', incident: incident(2, { state: 'CLOSED' }) });
    page.news({ type: 'incident', incident: incident(3, { state: 'RAISED', reopened_at: 8 }) });
    expect(page.open).toBeNull();
  });
  it('is shut when the station is called anew, so that it rings', () => {
    page.news({ type: 'incident', incident: incident(2, {}, { state: 'STOOD_DOWN' }) });
    expect(page.atWork(page.book.get('a')!)).toBe(false);
    const participants = [{ id: 'p', station: 'w1', state: 'INVITED' }];
    page.news({ type: 'incident', incident: incident(3, { calls: [{ participants }] as never }, { state: 'ASSIGNED', assigned_at: 9 }) });
    expect(page.open).toBeNull();
    expect(page.ringing().map((one) => one.id)).toEqual(['a']);
  });
  it('is shut when the station may see it no more', () => {
    page.news({ type: 'gone', id: 'a' });
    expect(page.open).toBeNull();
  });
  it('stays open while its caller calls again', () => {
    page.news({ type: 'incident', incident: incident(2, { waiting_since: 9 } as Partial<IncidentView>) });
    expect(page.open).toBe('a');
  });
  it('is left to whoever is in the call', () => {
    page.line!.state = 'connected';
    page.news({ type: 'incident', incident: incident(2, {}, { assigned_at: 9 }) });
    expect(page.open).toBe('a');
  });
  it('takes the step under way with it', () => {
    void page.step('depart');
    expect(page.stepping).toBe('depart');
    page.shut();
    expect(page.stepping).toBeNull();
  });
});

describe('the situation changed while the station is at work', () => {
  const changed = (more: Partial<IncidentView> = {}): IncidentView => incident(3, { state: 'RAISED', reopened_at: 8, ...more }, { state: 'EN_ROUTE', changed_at: 8 });
  it('rings, also when it is open, until somebody has read it', () => {
    page.news({ type: 'incident', incident: changed() });
    expect(page.ringing().map((one) => one.id)).toEqual(['a']);
    const post = vi.mocked(Api.prototype.post);
    post.mockClear();
    void page.read('a');
    expect(post.mock.calls[0]!.slice(0, 2)).toEqual(['/incidents/a/respond', expect.objectContaining({ event: 'seen' })]);
    page.news({ type: 'incident', incident: incident(4, { state: 'RAISED', reopened_at: 8 }, { state: 'EN_ROUTE' }) });
    expect(page.ringing()).toEqual([]);
  });
  it('cannot be joined before the desk has answered', () => {
    const calls = [{ id: 'c', state: 'RINGING', participants: [] }] as never;
    expect(page.canJoin(changed({ calls }))).toBe(false);
    expect(page.canJoin(changed({ calls, state: 'DISPATCHED' }))).toBe(true);
    expect(page.canJoin(changed({ calls: [{ id: 'c', state: 'ENDED', participants: [] }] as never, state: 'DISPATCHED' }))).toBe(false);
  });
});

describe('a closed case', () => {
  it.each([['EN_ROUTE', true], ['ON_SCENE', true], ['CLEARED', false], ['STOOD_DOWN', false]] as const)(
    'goes on for a station that is %s: %s', (state, on) => {
      expect(page.goesOn(incident(2, { state: 'CLOSED' }, { state }))).toBe(on);
    },
  );
});

describe('the place on the ring, in the list and above an incident', () => {
  const me = { station: 'w1', station_name: '西一派出所' } as MeView;
  const at = (place: string, more: object = {}): IncidentView => ({ ...incident(1), place: null, position: { lat: 41.1, lon: 121.13 }, located: {
    place, candidates: [{ station: 'w1', name: '西一派出所', bureau: '西区分局', share: 1, distance: 0 }], areas: [] }, ...more }) as unknown as IncidentView;
  it.each([['西一派出所 南街社区', '南街社区'], ['西区分局西一派出所 南街社区', '南街社区'], ['西区分局西一派出所', '41.10000, 121.13000'], ['', '41.10000, 121.13000']])(
    '%s is said as %s', (place, said) => { expect(placeWords(at(place), me)).toBe(said); },
  );
  it('says that there is none', () => {
    expect(placeWords(at('', { position: null, located: null }), me)).toBe('位置未知');
  });
});

describe('what arrived in a case that is not open', () => {
  const other = (version: number, said: number, unread: number, part: Partial<ResponderView> = {}): IncidentView =>
    ({ ...incident(version, { said, unread }, part), id: 'b' });
  it('is counted and heard, until somebody of the station has read it', () => {
    const chime = vi.spyOn(page.ringer, 'chime');
    page.news({ type: 'snapshot', me: page.me, incidents: [incident(1), other(1, 0, 0)], store: 'up', journaled: 0 });
    void page.show('a');
    page.news({ type: 'incident', incident: other(2, 4, 1) });
    expect(page.unread(page.book.get('b')!)).toBe(1);
    expect(page.unreadElsewhere().map((one) => one.id)).toEqual(['b']);
    page.news({ type: 'incident', incident: other(3, 6, 2) });
    expect(chime).toHaveBeenCalledTimes(2);
    page.news({ type: 'incident', incident: other(4, 6, 0) });
    expect(page.unreadElsewhere()).toEqual([]);
    expect(chime).toHaveBeenCalledTimes(2);
  });
  it('says nothing of the one that is open, nor of one that is done', () => {
    const chime = vi.spyOn(page.ringer, 'chime');
    page.news({ type: 'incident', incident: incident(2, { said: 3, unread: 1 }) });
    page.news({ type: 'incident', incident: other(1, 0, 0, { state: 'CLEARED' }) });
    page.news({ type: 'incident', incident: other(2, 5, 1, { state: 'CLEARED' }) });
    expect(page.unreadElsewhere()).toEqual([]);
    expect(page.unread(page.book.get('b')!)).toBe(1);
    expect(chime).not.toHaveBeenCalled();
  });
});
