import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';

import { mount, type Mounted } from '../drawn/mount';
import { Fault } from '../shared/fault';
import { setLanguage } from '../shared/i18n';
import type { IntegratorView, WebhookEventView } from '../shared/integrators';
import Integrators from './Integrators.vue';
import { api } from './desk';

const ONE: IntegratorView = {
  id: 'k1', name: '锦州通', scopes: ['caller'], requests_a_second: 50, uploads_a_second: 20, made_at: 1, revoked_at: null, webhook: null, sandbox: false,
};
const HOOK = { url: 'https://app.example/hook', since: 1, failing_since: null, disabled_at: null };
const EVENT: WebhookEventView = {
  id: 'i1.3', kind: 'incident.answered', number: '0110-1', external_id: 'x', sequence: 3, at: 1, state: 'FAILED', tries: 8, due_at: 1, answer: 500, reason: '', sent_at: null,
};

let page: Mounted<object>;
let answers: Record<string, unknown>;
const get = vi.spyOn(api, 'get');
const post = vi.spyOn(api, 'post');
const put = vi.spyOn(api, 'put');
const remove = vi.spyOn(api, 'delete');

async function settled(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await nextTick();
}
async function drawn(integrators: IntegratorView[]): Promise<void> {
  answers = { '/integrators': { integrators }, '/integrators/k1/webhook/events': { events: [EVENT] } };
  page = mount(Integrators, {});
  await settled();
}
const write = (testid: string, value: string): void => (page.find(testid)?.props['onUpdate:modelValue'] as (value: string) => void)(value);

beforeEach(() => {
  setLanguage('zh-CN');
  for (const one of [get, post, put, remove]) one.mockReset();
  get.mockImplementation(async (path: string) => {
    const found = answers[path];
    if (found instanceof Fault) throw found;
    return found as never;
  });
});
afterEach(() => page.unmount());

it('makes a key, shows it once, and it stands in the list', async () => {
  await drawn([]);
  expect(page.text()).toContain('还没有密钥');
  page.find('integrator-add')!.press();
  await settled();
  expect(page.find('integrator-save')!.props.disabled).toBe(true);
  write('integrator-name', ' 锦州通 ');
  await settled();
  expect(page.find('integrator-save')!.props.disabled).toBe(false);
  post.mockResolvedValue({ integrator: ONE, key: 'jk-once.mac' } as never);
  (page.find('integrator-name')!.parent!.parent!.props.onSubmit as (event: object) => void)({ preventDefault: () => undefined });
  await settled();
  expect(post.mock.calls[0]!.slice(0, 2)).toEqual(['/integrators', { name: '锦州通', scopes: ['caller'], requests_a_second: 50, uploads_a_second: 20, sandbox: false }]);
  expect(page.find('secret')!.text).toBe('jk-once.mac');
  page.find('secret-close')!.press();
  await settled();
  expect(page.text()).not.toContain('jk-once');
  expect(page.find('integrator')).toBeDefined();
});

it('makes a key for tests, and says in the list that nobody comes', async () => {
  await drawn([ONE]);
  expect(page.find('integrator-test')).toBeUndefined();
  page.find('integrator-add')!.press();
  await settled();
  write('integrator-name', '锦州通测试');
  (page.find('integrator-sandbox')!.props['onUpdate:modelValue'] as (value: boolean) => void)(true);
  await settled();
  post.mockResolvedValue({ integrator: { ...ONE, id: 'k2', sandbox: true }, key: 'sandbox-once.mac' } as never);
  (page.find('integrator-name')!.parent!.parent!.props.onSubmit as (event: object) => void)({ preventDefault: () => undefined });
  await settled();
  expect(post.mock.calls[0]![1]).toMatchObject({ name: '锦州通测试', sandbox: true });
  page.find('secret-close')!.press();
  await settled();
  expect(page.find('integrator-test')!.text).toBe('测试');
  expect(page.text()).toContain('不会出警');
  // The next one is in earnest again, unless somebody says otherwise.
  page.find('integrator-add')!.press();
  await settled();
  expect(page.find('integrator-sandbox')!.props.modelValue ?? false).toBe(false);
});

it('asks before a key is revoked, and the key says so then', async () => {
  await drawn([ONE]);
  page.find('revoke')!.press();
  await settled();
  expect(remove).not.toHaveBeenCalled();
  expect(page.text()).toContain('立即失效');
  remove.mockResolvedValue({ ...ONE, revoked_at: 5 } as never);
  page.find('revoke-now')!.press();
  await settled();
  expect(page.text()).toContain('作废');
  expect(page.find('revoke')).toBeUndefined();
});

it('sets where it is told, tests it, and sends again what did not arrive', async () => {
  await drawn([{ ...ONE, webhook: HOOK }]);
  page.find('hook')!.press();
  await settled();
  expect(page.find('hook-event')).toBeDefined();
  expect(page.text()).toContain('没有送达');
  post.mockResolvedValueOnce({ status: 0, reason: 'timeout', said: '' } as never);
  page.find('hook-test')!.press();
  await settled();
  expect(page.text()).toContain('没有回答：10 秒内没有回答');
  post.mockResolvedValueOnce({ status: 200, reason: '', said: 'ok' } as never);
  page.find('hook-test')!.press();
  await settled();
  expect(page.text()).toContain('对方回答 200：ok');
  write('hook-url', 'http://10.0.0.1/');
  put.mockRejectedValueOnce(new Fault({ code: 'invalid' }));
  const save = (): void => (page.find('hook-save')!.parent!.parent!.props.onSubmit as (event: object) => void)({ preventDefault: () => undefined });
  save();
  await settled();
  expect(page.text()).toContain('这个地址不能通知');
  put.mockResolvedValueOnce({ integrator: { ...ONE, webhook: HOOK }, secret: 'whsec_once' } as never);
  save();
  await settled();
  expect(page.find('secret')!.text).toBe('whsec_once');
});

it('says what could not be read, and what fails or was disabled', async () => {
  await drawn([{ ...ONE, webhook: { ...HOOK, disabled_at: 9 } }, { ...ONE, id: 'k2', webhook: { ...HOOK, failing_since: 9 } }]);
  expect(page.text()).toContain('停用，重新保存地址后恢复');
  expect(page.text()).toContain('起收不到');
  page.unmount();
  answers = { '/integrators': new Fault({ code: 'store_down' }) };
  page = mount(Integrators, {});
  await settled();
  expect(page.text()).toContain('读不到密钥');
});
