import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { CASE } from '../drawn/incident';
import { mount } from '../drawn/mount';
import { Fault } from '../shared/fault';
import { setLanguage, type Language } from '../shared/i18n';
import type { IncidentView, MeView, Role } from '../shared/types';
import CaseHead from './CaseHead.vue';
import { desk } from './desk';
import { ADVICE, advice } from './tell';
import { words } from './words';


const theirs = {
  ...CASE, id: 'a', number: '0110-1', state: 'ANSWERED', dispatcher: 'other', dispatcher_name: 'Wang', raised_at: 1, answered_at: 2, unattended_at: null,
  closed_at: null, kind: 'OTHER', calls: [], responders: [], missing: [], position: null, place: null, located: null, via: 'web', words: '', gravity: 'ORDINARY', priority: null, urgency: 'ORDINARY', returns: 0, reopened_at: null,
  caller: { hung_up_at: null, hung_up: null, called_back_at: null, contact: '', telephone: null, masked: false, channel: null },
} as unknown as IncidentView;
const ASK: Record<Language, RegExp> = { 'zh-CN': /请.*值班长|联系.*值班长/, en: /ask a supervisor/i };

/** All that tells somebody to turn to the supervisor. */
function said(role: Role): string {
  desk.me = { id: 'me', role } as MeView;
  const page = mount(CaseHead, { it: theirs });
  const text = page.text();
  page.unmount();
  return `${text} ${advice(new Fault({ code: 'forbidden', status: 403 }))}`;
}

describe.each(['zh-CN', 'en'] as const)('in %s', (language) => {
  beforeEach(() => setLanguage(language));
  afterEach(() => setLanguage('zh-CN'));
  it('a dispatcher is told to ask the supervisor', () => { expect(said('DISPATCHER')).toMatch(ASK[language]); });
  it('a supervisor never is', () => { expect(said('SUPERVISOR')).not.toMatch(ASK[language]); });
  it('nor by the advice after any error', () => {
    desk.me = { id: 'me', role: 'SUPERVISOR' } as MeView;
    for (const code of [...Object.keys(ADVICE), 'taken', 'something_new']) {
      expect(advice(new Fault({ code, status: 409 }))).not.toMatch(ASK[language]);
    }
  });
  it('only where the page looks who reads it', () => {
    const asking = Object.entries(words).filter(([, [zh, en]]) => ASK['zh-CN'].test(zh) || ASK.en.test(en)).map(([key]) => key);
    expect(asking.sort()).toEqual(['case.taken.text', 'trouble.forbidden.do']);
  });
});
