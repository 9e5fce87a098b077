import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';

import { mount, type Mounted } from '../drawn/mount';
import type { ChargeView } from '../shared/charge';
import { Fault } from '../shared/fault';
import { setLanguage } from '../shared/i18n';
import type { PersonView } from '../shared/types';
import Successor from './Successor.vue';
import { api } from './desk';

const who = { id: 'zhou', name: '周民警', role: 'COMMUNITY_OFFICER', station: 'w1' } as PersonView;
const charge: ChargeView = {
  person: 'zhou', name: '周民警', communities: ['c1'], deputy: 'li',
  tips: [{ id: 'a', number: 'T-260504-AAAAAA', state: 'ASSIGNED', community_name: '南街社区', opened_at: 1, taken: true }],
  groups: [{ id: 'g1', name: '南街一群', community: 'c1', handing: '' }],
  heirs: [{ id: 'li', name: '李民警', role: 'COMMUNITY_OFFICER', wecom: true }, { id: 's', name: '所里', role: 'STATION_OFFICER', wecom: true }],
};
const nothing: ChargeView = { ...charge, tips: [], groups: [], communities: [] };

let page: Mounted<object>;
let saved: unknown[];
async function drawn(answer: ChargeView | Fault, disable: boolean): Promise<void> {
  vi.spyOn(api, 'get').mockImplementation(() => (answer instanceof Fault ? Promise.reject(answer) : Promise.resolve(answer as never)));
  saved = [];
  page = mount(Successor, { who, disable, busy: false, onSave: (patch: unknown) => saved.push(patch) });
  await drawnAgain();
}
async function drawnAgain(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await nextTick();
}

beforeEach(() => setLanguage('zh-CN'));
afterEach(() => {
  page.unmount();
  vi.restoreAllMocks();
});

describe('before an account is disabled', () => {
  it('shows everything that is open, and one press hands it to the deputy', async () => {
    await drawn(charge, true);
    const text = page.text();
    for (const said of ['1 条未结线索、1 个社区、1 个群', 'T-260504-AAAAAA', '南街一群', '李民警']) expect(text).toContain(said);
    expect(text).not.toContain('所里'); // communities go to community officers alone
    expect(page.find('people-confirm')!.text).toBe('移交并停用');
    page.find('disable')!.press();
    expect(saved).toEqual([{ disabled: true, successor: 'li' }]);
  });
  it('asks no more than today when there is nothing', async () => {
    await drawn(nothing, true);
    expect(page.find('successor')).toBeUndefined();
    page.find('disable')!.press();
    expect(saved).toEqual([{ disabled: true }]);
  });
  it('can be done although the list cannot be read', async () => {
    await drawn(new Fault({ code: 'network' }, true), true);
    expect(page.find('people-confirm')!.props.disabled).toBe(false);
    page.find('disable')!.press();
    expect(saved).toEqual([{ disabled: true }]);
  });
});

it('hands over by itself, everything in one act', async () => {
  await drawn(charge, false);
  const post = vi.spyOn(api, 'post').mockResolvedValue({ tips: 1, communities: 1, groups: 1, left: nothing } as never);
  page.find('disable')!.press();
  await drawnAgain();
  expect(post.mock.calls[0]).toEqual(['/people/zhou/charge/transfer', { to: 'li', tips: true, communities: true, groups: true }]);
  expect(saved).toEqual([]);
});
