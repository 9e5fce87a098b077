import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';

import { CASE } from '../drawn/incident';
import { mount, type Mounted } from '../drawn/mount';
import type { IncidentView, MeView } from '../shared/types';
import QueueCard from './QueueCard.vue';
import { setLanguage } from '../shared/i18n';
import { api, desk, put } from './desk';
import { forgetSeen, saw, unread, unreadHere, unreadIn } from './unread';

function incident(id: string, more: Partial<IncidentView> = {}): IncidentView {
  return { ...CASE,
    id, number: `0110-${id}`, version: 1, state: 'ANSWERED', dispatcher: 'me', dispatcher_name: 'Me', raised_at: 1, answered_at: 2,
    unattended_at: null, reopened_at: null, closed_at: null, kind: 'OTHER', words: '', via: 'web', urgency: 'ORDINARY',
    gravity: 'ORDINARY', priority: null, escalation: 0, returns: 0, stands_for: 0, journaled: false, silent: false, position: null,
    place: null, located: null, place_located: null, disposition: null, messages: 0, pictures: 0, voices: 0, videos: 0,
    log_length: 0, calls: [{ participants: [], recordings: [] }], responders: [], missing: [], marks: [], chat: [], entries: [],
    said: 0, unread: 0, ...more,
  } as unknown as IncidentView;
}

interface Props { it: IncidentView; chosen: boolean }
let shown: Mounted<Props> | null = null;
beforeEach(() => {
  setLanguage('zh-CN');
  desk.me = { id: 'me', role: 'DISPATCHER' } as MeView;
  forgetSeen();
});
afterEach(() => {
  shown?.unmount();
  shown = null;
  vi.restoreAllMocks();
});

describe('what arrived in a case that is not open', () => {
  it('is counted in its list and in the title, but for what others have in hand', () => {
    put(incident('held', { said: 4, unread: 2 }));
    put(incident('waiting', { said: 3, unread: 1, state: 'RAISED', dispatcher: null }));
    put(incident('over', { said: 9, unread: 1, state: 'CLOSED' }));
    put(incident('theirs', { said: 5, unread: 3, dispatcher: 'other' }));
    put(incident('quiet'));
    expect(unreadIn.value).toEqual({ waiting: 1, mine: 1, others: 1, closed: 1 });
    expect(unreadHere.value).toBe(3);
  });

  it('stands on its card and in its name, until it was on the screen', async () => {
    const post = vi.spyOn(api, 'post').mockResolvedValue({});
    const it_ = incident('held', { version: 2, said: 4, unread: 2 });
    shown = mount<Props>(QueueCard, { it: it_, chosen: false });
    await nextTick();
    expect(shown.find('unread')).toBeDefined();
    expect(shown.text()).toContain('2 条新消息');
    saw(it_);
    await nextTick();
    expect(shown?.find('unread')).toBeUndefined();
    await vi.waitFor(() => expect(post).toHaveBeenCalledWith('/incidents/held/read', { received: 4, read: 4 }));
    expect(unread({ ...it_, said: 6, unread: 1 })).toBe(1);
  });

  it('is not read for another by who only looks', async () => {
    const post = vi.spyOn(api, 'post').mockResolvedValue({});
    const theirs = incident('theirs', { version: 3, dispatcher: 'other', said: 5, unread: 1 });
    saw(theirs);
    await new Promise((done) => setTimeout(done, 500));
    expect(post).not.toHaveBeenCalled();
    expect(unread(theirs)).toBe(0);
  });
});
