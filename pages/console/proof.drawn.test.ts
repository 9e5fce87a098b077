import { afterEach, expect, it, vi } from 'vitest';

import { mount, type Mounted } from '../drawn/mount';
import { setLanguage } from '../shared/i18n';
import type { MeView } from '../shared/types';
import Proof from './Proof.vue';
import { api, desk } from './desk';
import { askForProof, proving } from './proof';

let page: Mounted<Record<string, unknown>> | undefined;
afterEach(() => {
  page?.unmount();
  page = undefined;
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const NEEDED = { code: 'proof_needed', title_zh: '请再次输入密码和动态码', title_en: 'Once more' };
const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status });
const enter = (id: string, text: string): void => {
  (page?.find(id)?.props['onUpdate:modelValue'] as (text: string) => void)(text);
};

it('asks once for all acts that wait, and they go on', async () => {
  const sent: string[] = [];
  let proved = false;
  vi.stubGlobal('fetch', (path: string) => {
    sent.push(path);
    return Promise.resolve(proved ? json({ made: true }) : json(NEEDED, 403));
  });
  const acts = [api.post('/people', { login: 'a' }), api.post('/integrators', { name: 'b' })];
  await vi.waitFor(() => { expect(proving.value).not.toBeNull(); });
  expect(sent).toHaveLength(2);
  proved = true;
  proving.value?.(true);
  expect(await Promise.all(acts)).toEqual([{ made: true }, { made: true }]);
  expect(sent).toHaveLength(4);
  expect(proving.value).toBeNull();
});

it('gives up what was not confirmed', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(json(NEEDED, 403)));
  const act = api.post('/people', {});
  await vi.waitFor(() => { expect(proving.value).not.toBeNull(); });
  proving.value?.(false);
  await expect(act).rejects.toMatchObject({ code: 'proof_needed' });
});

it.each([true, false])('asks for a code where there is a second factor (%s)', async (totp) => {
  setLanguage('zh-CN');
  desk.me = { id: 'me', role: 'ADMIN', totp } as MeView;
  let done = false;
  const answers = [json({ code: 'login_failed', title_zh: '不正确', title_en: 'wrong' }, 401), json({})];
  const bodies: unknown[] = [];
  vi.stubGlobal('fetch', (path: string, { body }: { body: string }) => {
    expect(path).toBe('/api/v1/session/proof');
    bodies.push(JSON.parse(body));
    return Promise.resolve(answers.shift());
  });
  const shown = mount<Record<string, unknown>>(Proof as never, { onDone: () => { done = true; } });
  page = shown;
  expect(shown.find('proof-code') !== undefined).toBe(totp);
  enter('proof-password', 'my password');
  if (totp) enter('proof-code', '123456');
  void shown.find('proof-form')?.press();
  await vi.waitFor(() => { expect(page?.text()).toContain('密码或动态码不正确'); });
  expect(done).toBe(false);
  void shown.find('proof-form')?.press();
  await vi.waitFor(() => { expect(done).toBe(true); });
  expect(bodies[1]).toEqual({ password: 'my password', ...(totp ? { code: '123456' } : {}) });
});

it('is one question', () => {
  const first = askForProof();
  expect(askForProof()).toBe(first);
  proving.value?.(false);
});
