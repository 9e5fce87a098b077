/* For tests: a community officer at the page, whose server is what the test says. */
import { vi } from 'vitest';
import type { Desk } from '../community/desk';
import { Drafts } from '../shared/drafts';
import { Fault } from '../shared/fault';
import type { NoticeView } from '../shared/notices';

/** A browser's storage; every page that is given it is the same browser's. */
export function storage(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
    key: (n: number) => [...kept.keys()][n] ?? null,
    get length() { return kept.size; },
  } as Storage;
}

export const COMMUNITIES = ['c1', 'c2'].map((id) => ({ id, name: id, station_name: '', groups: 1, residents: 10, officers: [] }));

/** The page as it is after a reload: nothing is left but what the browser keeps. */
export function sitting(shelf: Storage, person = 'zhou') {
  const api = {
    get: vi.fn(async (path: string): Promise<unknown> => (path === '/groups/communities' ? { communities: COMMUNITIES } : null)),
    post: vi.fn(async (_path: string, _body?: object): Promise<unknown> => { throw new Fault({ code: 'network' }, true); }),
    patch: vi.fn(async (_path: string, _body?: object): Promise<unknown> => { throw new Fault({ code: 'network' }, true); }),
    put: vi.fn(async (_path: string, _body?: object): Promise<unknown> => { throw new Fault({ code: 'network' }, true); }),
    delete: vi.fn(async (_path: string): Promise<unknown> => { throw new Fault({ code: 'network' }, true); }),
    upload: vi.fn(async (): Promise<unknown> => ({ file: 'notice-1.jpg', width: 1, height: 1 })),
  };
  const drafts = new Drafts(shelf);
  drafts.open(person);
  const desk = {
    api, drafts, me: { id: person, role: 'COMMUNITY_OFFICER', station_name: '' }, revision: { tips: 0, notices: 0, groups: 0 },
    stations: [{ id: 's2', name: 's2', bureau: '' }], communities: null, name: (one: string) => one, keep: () => undefined,
  } as unknown as Desk;
  return { desk, api, drafts };
}

export function notice(more: Partial<NoticeView> = {}): NoticeView {
  return {
    id: 'n1', number: 'N-1', version: 1, state: 'DRAFT', title: 'Water', text: 'None tonight', link: '', picture: '', urgent: false, station: 's1',
    station_name: '', author: 'zhou', author_name: 'Zhou', approver: null, approver_name: '', communities: ['c1'], created_at: 1, updated_at: 1,
    send_at: null, expires_at: null, published_at: null, ended_at: null, corrects: null, corrected_by: null, corrected: false, needs_second: false,
    groups: 0, people: 0, followers: 0, totals: { unasked: 0, waiting: 0, sent: 0, refused: 0, capped: 0, cancelled: 0, reached: 0 }, page: '', approvers: [], released: false,
    may: ['edit', 'approve', 'withdraw'], entries: [], ...more,
  };
}

/** As the server refuses a save over another version. */
export function overtaken(present: object, name = 'notice'): Fault {
  return new Fault({ code: 'conflict', status: 409, facts: { [name]: present } });
}
