import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { LiveNews } from '../shared/live';
import { Line } from '../shared/line';
import type { IncidentView, MeView, ResponderView } from '../shared/types';
import { Api } from '../shared/api';
import { Duty } from './duty';

const responder = (more: Partial<ResponderView> = {}): ResponderView =>
  ({ station: 'w1', state: 'ACKNOWLEDGED', assigned_at: 5, at: {}, unanswered_at: null, ...more }) as ResponderView;

function incident(version: number, more: Partial<IncidentView> = {}, part: Partial<ResponderView> = {}): IncidentView {
  return {
    id: 'a', version, state: 'DISPATCHED', raised_at: 1, log_length: 0, entries: [], journaled: false,
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
    page.news({ type: 'incident', incident: incident(3, { state: 'RAISED', raised_at: 8 }) });
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
