import { afterEach, beforeEach, expect, it } from 'vitest';

import { CASE } from '../drawn/incident';
import { mount, type Mounted } from '../drawn/mount';
import { setLanguage } from '../shared/i18n';
import type { IncidentView, MeView } from '../shared/types';
import CaseHead from './CaseHead.vue';
import { desk } from './desk';

const CHANNEL = { name: '市民APP', person: '王小明', telephone: '13800138000', external_id: 'A-7' };
let page: Mounted<{ it: IncidentView }>;
beforeEach(() => { desk.me = { id: 'me', role: 'DISPATCHER' } as MeView; });
afterEach(() => page.unmount());

function draw(channel: object, silent = false): void {
  page = mount(CaseHead, { it: { ...CASE, caller: { ...CASE.caller, channel }, id: 'a', number: '0110-1', state: 'RAISED', kind: 'FIRE', silent, via: 'app', missing: [], calls: [], responders: [], entries: [], priority: null, gravity: 'ORDINARY', reopened_at: null } as unknown as IncidentView });
}

it.each([['zh-CN', '由市民APP核验'], ['en', 'Verified by 市民APP']] as const)('says who verified whom, in %s', (lang, words) => {
  setLanguage(lang);
  draw(CHANNEL);
  const said = page.text();
  expect(said).toContain(words);
  expect(said).toContain('王小明');
  expect(said).toContain('A-7');
  expect(page.find('dial-caller')?.props.href).toBe('tel:13800138000');
});

it('says that nobody was verified, and offers no call to a silent one', () => {
  setLanguage('zh-CN');
  draw({ ...CHANNEL, person: '', telephone: '' });
  expect(page.text()).toContain('未核验身份');
  page.unmount();
  draw(CHANNEL, true);
  expect(page.find('dial-caller')).toBeUndefined();
});
