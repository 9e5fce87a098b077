import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';

import { CASE } from '../drawn/incident';
import { mount, type Mounted } from '../drawn/mount';
import { setLanguage } from '../shared/i18n';
import type { EntryView, IncidentView, MeView } from '../shared/types';
import CloseForm from './CloseForm.vue';
import Facts from './Facts.vue';
import Thread from './Thread.vue';
import { api, desk } from './desk';
import { keepDraftsOf } from './drafts';

function incident(id: string, more: Partial<IncidentView> = {}): IncidentView {
  return { ...CASE,
    id, number: `0110-${id}`, state: 'ANSWERED', dispatcher: 'me', dispatcher_name: 'Me', raised_at: 1, answered_at: 2, kind: 'OTHER', via: 'web', silent: false,
    calls: [{ participants: [], recordings: [] }], responders: [], missing: [], position: null, place: null, located: null, place_located: null, entries: [], ...more,
  } as unknown as IncidentView;
}

let sitting = 0; // each test begins with nothing written
let page: Mounted<{ it: IncidentView }> | null = null;
const write = (testid: string, value: string): void => (page?.find(testid)?.props['onUpdate:modelValue'] as (value: string) => void)(value);
const shows = (component: object, it: IncidentView): void => {
  page?.unmount();
  page = mount(component as typeof Thread, { it });
};
const sendable = (testid: string): boolean => page?.find(testid)?.props.disabled === false;

beforeEach(() => {
  setLanguage('en');
  desk.me = { id: 'me', role: 'DISPATCHER' } as MeView;
  keepDraftsOf(`me ${++sitting}`);
  vi.spyOn(api, 'get').mockRejectedValue(new Error('no server here'));
});
afterEach(() => {
  page?.unmount();
  page = null;
  keepDraftsOf('');
});

describe.each([['the line to the caller', Thread, 'text-input', 'text-send'], ['the note', Facts, 'note', 'note-save']] as const)('%s', (_, component, box, send) => {
  it('is there again after another case was looked at, and whatever others did meanwhile', async () => {
    shows(component, incident('a'));
    write(box, 'stay where you are');
    await nextTick();
    expect(sendable(send)).toBe(true);
    shows(component, incident('b'));
    expect(sendable(send)).toBe(false);
    shows(component, incident('a', { state: 'DISPATCHED', kind: 'FIRE', messages: 4 }));
    expect(sendable(send)).toBe(true);
    await page?.set({ it: incident('a', { dispatcher: 'chief', dispatcher_name: 'Chief' }) });
    await page?.set({ it: incident('a') });
    expect(sendable(send)).toBe(true);
  });
  it('is gone for whoever logs in next', async () => {
    shows(component, incident('a'));
    write(box, 'stay where you are');
    keepDraftsOf('somebody else');
    await nextTick();
    expect(sendable(send)).toBe(false);
  });
  it('is there again for whoever wrote it, after the end of the session and another log-in', async () => {
    shows(component, incident('a'));
    write(box, 'stay where you are');
    await nextTick();
    keepDraftsOf('');
    await nextTick();
    expect(sendable(send)).toBe(false);
    keepDraftsOf(`me ${sitting}`);
    await nextTick();
    expect(sendable(send)).toBe(true);
  });
});

describe('a line that was not sent', () => {
  it('goes again under the same key, another line under another', async () => {
    const keys: string[] = [];
    vi.spyOn(api, 'post').mockImplementation(async (_: string, body?: object) => {
      keys.push((body as { key: string }).key);
      if (keys.length < 3) throw new Error('no network');
      return { seq: 1 } as EntryView as never;
    });
    shows(Thread, incident('a'));
    write('text-input', 'one');
    await nextTick();
    const form = (): unknown => (page?.find('text-form')?.props.onSubmit as (event: object) => unknown)({ preventDefault: () => undefined });
    await form();
    shows(Thread, incident('b'));
    shows(Thread, incident('a'));
    await form();
    write('text-input', 'two');
    await nextTick();
    await form();
    expect(keys[0]).toBe(keys[1]);
    expect(keys[2]).not.toBe(keys[1]);
    await nextTick();
    expect(sendable('text-send')).toBe(false);
  });
});

describe('a category that could not be saved', () => {
  it('stays chosen and is offered again', async () => {
    vi.spyOn(api, 'patch').mockRejectedValue(new Error('no network'));
    shows(Facts, incident('a'));
    await (page?.find('category')?.props.onChange as (event: object) => unknown)({ target: { value: 'FIRE' } });
    await nextTick();
    expect(page?.find('category')?.props.value).toBe('FIRE');
    expect(page?.find('category-again')).toBeDefined();
    await page?.set({ it: incident('a', { kind: 'FIRE' }) });
    await nextTick();
    expect(page?.find('category-again')).toBeUndefined();
  });
});

describe('a disposition that was chosen', () => {
  const checked = (): boolean => page?.find('disposition-FALSE_ALARM')?.parent?.props.class === 'on';
  it('is there again in the same hands, and not over a case that was raised again', async () => {
    shows(CloseForm, incident('a'));
    write('disposition-FALSE_ALARM', 'FALSE_ALARM');
    await nextTick();
    expect(checked()).toBe(true);
    shows(CloseForm, incident('a', { messages: 3 }));
    expect(checked()).toBe(true);
    shows(CloseForm, incident('a', { raised_at: 9, answered_at: 10 }));
    expect(checked()).toBe(false);
  });
});
