import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';

import { CASE } from '../drawn/incident';
import { mount, type Drawn, type Mounted } from '../drawn/mount';
import { setLanguage } from '../shared/i18n';
import type { EntryView, IncidentView, MeView } from '../shared/types';
import Entry from './Entry.vue';
import Thread from './Thread.vue';
import { api, desk } from './desk';
import { keepDraftsOf } from './drafts';

function incident(more: object = {}): IncidentView {
  return { ...CASE, id: 'a', number: '0110-1', state: 'ANSWERED', dispatcher: 'me', kind: 'FIRE', silent: false, via: 'web', calls: [], responders: [], entries: [], log_length: 0, ...more } as unknown as IncidentView;
}
let page: Mounted<{ it: IncidentView }>;
const post = vi.spyOn(api, 'post');
beforeEach(() => {
  keepDraftsOf(crypto.randomUUID());
  setLanguage('zh-CN');
  desk.me = { id: 'me', role: 'DISPATCHER' } as MeView;
  post.mockReset().mockResolvedValue({ seq: 1, what: 'message', data: {}, who: {} });
  vi.spyOn(api, 'get').mockRejectedValue(new Error('no server here'));
});
afterEach(() => page.unmount());

function sentences(): Drawn[] {
  return (page.find('quick')?.children ?? []).filter((one) => one.props['data-testid'] === 'prepared');
}
async function send(): Promise<object> {
  await nextTick();
  const form = page.find('text-send')!.parent!;
  form.press();
  await nextTick();
  return post.mock.calls[0]?.[1] as object;
}

it('are those of the kind, and a question goes out with its buttons', async () => {
  page = mount(Thread, { it: incident() });
  expect(sentences().map((one) => String(one.props.title))).toContain('还有人在里面吗？');
  sentences().find((one) => one.props.title === '还有人在里面吗？')!.press();
  await nextTick();
  expect(page.find('ask-yesno')?.props['aria-pressed']).toBe(true);
  expect(await send()).toMatchObject({ text: '还有人在里面吗？', ask: 'yes_no' });
});

it('what asks nothing brings no buttons, unless the desk says so', async () => {
  page = mount(Thread, { it: incident() });
  sentences().find((one) => one.props.title === '请弯腰离开，不要乘电梯')!.press();
  await nextTick();
  expect(page.find('ask-yesno')?.props['aria-pressed']).toBe(false);
  page.find('ask-yesno')!.press();
  expect(await send()).toMatchObject({ ask: 'yes_no' });
});

it('in a chat the question says how to answer', async () => {
  page = mount(Thread, { it: incident({ via: 'chat' }) });
  sentences()[0]!.press();
  expect(await send()).toMatchObject({ text: expect.stringMatching(/吗？（请回复“是”或“否”）$/) });
});

it('are reached by the keyboard: one of the row takes the focus, the others follow by arrows', () => {
  page = mount(Thread, { it: incident() });
  expect(page.find('quick')?.props.role).toBe('toolbar');
  expect(sentences().map((one) => one.props.tabindex)).toEqual([0, ...sentences().slice(1).map(() => -1)]);
});

it('the answer shows which question it answers', () => {
  const entries = [{ seq: 1, at: 1, what: 'message', who: { role: 'DISPATCHER', name: '王' }, data: { text: '还有人在里面吗？', ask: 'yes_no' } },
    { seq: 2, at: 2, what: 'message', who: { role: 'RESIDENT', name: '' }, data: { text: '是', answers: 1 } }] as unknown as EntryView[];
  const it = incident({ entries });
  page = mount<{ it: IncidentView; entry: EntryView; times: number }>(Entry, { it, entry: entries[1]!, times: 1 }) as never;
  expect(page.text()).toMatch(/还有人在里面吗？ *是/);
});
