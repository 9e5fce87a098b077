import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';

import { CASE } from '../drawn/incident';
import { mount, type Mounted } from '../drawn/mount';
import { setLanguage } from '../shared/i18n';
import type { IncidentView, MeView } from '../shared/types';
import CaseHead from './CaseHead.vue';
import QueueCard from './QueueCard.vue';
import { answerNext } from './acts';
import { api, desk, put } from './desk';
import { laneOf, rings } from './queue';

const over = { id: 'c1', state: 'ENDED', participants: [], recordings: [] };

function incident(more: object = {}): IncidentView {
  return { ...CASE,
    id: 'a', number: '0110-1', version: 1, state: 'ANSWERED', dispatcher: 'me', dispatcher_name: '王警官', raised_at: 1, answered_at: 2,
    unattended_at: 5, unattended_cause: 'page', closed_at: null, reopened_at: null, kind: 'DISPUTE', silent: false, journaled: false, calls: [over],
    responders: [], missing: [], via: 'web', words: '', gravity: 'ORDINARY', priority: null, urgency: 'BACK', escalation: 0, returns: 0, messages: 0,
    pictures: 0, voices: 0, videos: 0, stands_for: 0, entries: [], position: null, place: null, place_located: null, disposition: null, located: null, ...more,
  } as unknown as IncidentView;
}

interface Props { it: IncidentView; chosen: boolean }
let shown: Mounted<Props> | undefined;
beforeEach(() => {
  setLanguage('zh-CN');
  desk.me = { id: 'me', role: 'DISPATCHER' } as MeView;
  desk.opened = null;
});
afterEach(() => {
  shown?.unmount();
  shown = undefined;
  vi.restoreAllMocks();
});

describe('a case whose call is over and that nobody looks after', () => {
  it('waits and rings at every desk, and is back by itself with the page of whoever has it', () => {
    const left = incident({ dispatcher: 'she' });
    expect([laneOf(left, 'me'), rings(left, 'me')]).toEqual(['waiting', true]);
    expect([laneOf(incident(), 'me'), rings(incident(), 'me')]).toEqual(['mine', false]);
    expect(rings(incident({ unattended_cause: 'logged_out' }), 'me')).toBe(true);
    expect(rings(incident({ unattended_cause: null, calls: [{ ...over, state: 'ACTIVE' }] }), 'me')).toBe(false);
  });

  it.each([['unread', 'she', '消息未看', '王警官 未查看新消息', '接管'], ['unread', 'me', '消息未看', '王警官 未查看新消息', '查看'],
    ['page', 'she', '可接管', '已离线', '接管'], ['logged_out', 'me', '可接管', '', '接回']])('says why (%s, %s) and what to press', async (cause, dispatcher, mark, why, press) => {
    const it_ = incident({ unattended_cause: cause, dispatcher });
    const card = shown = mount<Props>(QueueCard, { it: it_, chosen: false });
    await nextTick();
    expect(laneOf(it_, 'me')).toBe('waiting');
    for (const words of [mark, why, press]) expect(card.text()).toContain(words);
  });

  it('says at its head who did not read', async () => {
    const head = shown = mount<Props>(CaseHead, { it: incident({ unattended_cause: 'unread', dispatcher: 'she' }), chosen: true });
    expect(head.text()).toContain('王警官 未查看新消息，任何席位都可以接管');
    await head.set({ it: incident({ unattended_cause: 'unread' }) });
    expect(head.text()).toContain('有新消息超过一分钟没有查看');
  });

  it('is opened by the key that answers when something is to be read, and then the key answers the next', async () => {
    const post = vi.spyOn(api, 'post').mockResolvedValue(incident());
    vi.spyOn(api, 'get').mockResolvedValue(incident());
    put(incident({ unattended_cause: 'unread', urgency: 'LIFE' }));
    put(incident({ id: 'b', state: 'RAISED', dispatcher: null, unattended_at: null, calls: [{ ...over, state: 'RINGING' }] }));
    answerNext();
    await nextTick();
    expect(desk.opened).toBe('a');
    expect(post).not.toHaveBeenCalled();
    answerNext();
    expect(post).toHaveBeenCalledWith('/incidents/b/answer', {});
  });
});
