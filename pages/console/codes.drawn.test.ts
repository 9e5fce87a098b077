import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';

import { mount, type Mounted } from '../drawn/mount';
import { Fault } from '../shared/fault';
import { setLanguage } from '../shared/i18n';
import { proofOf } from '../shared/recovery';
import type { MeView } from '../shared/types';
import Totp from './Totp.vue';
import { api, desk } from './desk';

const CODES = ['abcd-efgh-jkmn', 'pqrs-tuvw-xyz2'];
let page: Mounted<{ first?: boolean }>;
beforeEach(() => {
  setLanguage('en');
  desk.me = { id: 'me', login: 'desk1', role: 'DISPATCHER', totp: true, recovery_left: 3 } as MeView;
  desk.phase = 'in';
  page = mount(Totp as never, {});
});
afterEach(() => {
  page.unmount();
  vi.restoreAllMocks();
});

const enter = (id: string, text: string): void => {
  (page.find(id)?.props['onUpdate:modelValue'] as (text: string) => void)(text);
};

describe('recovery codes', () => {
  it('go along with the password in place of the code', () => {
    expect(proofOf('p', '123456', false)).toEqual({ password: 'p', code: '123456' });
    expect(proofOf('p', ' abcd-efgh-jkmn ', true)).toEqual({ password: 'p', recovery: 'abcd-efgh-jkmn' });
    expect(proofOf('p', '', true)).toEqual({ password: 'p' });
  });

  it('are counted, made anew for a recovery code, and stay until they are kept', async () => {
    const post = vi.spyOn(api, 'post').mockResolvedValue({ recovery_codes: CODES });
    expect(page.text()).toContain('Recovery codes left: 3');
    enter('totp-password', 'my password');
    void page.find('use-recovery')?.press();
    await nextTick();
    expect(page.find('totp-old')).toBeUndefined();
    enter('recovery', CODES[0] as string);
    // Enter presses the first submit button of a form: that is not the one that makes the old codes void.
    expect(page.find('recovery-renew')?.props['type']).toBe('button');
    void page.find('recovery-renew')?.press({ target: { form: { reportValidity: () => true } } });
    await vi.waitFor(() => expect(page.find('recovery-codes')).toBeDefined());
    expect(post.mock.calls[0]?.slice(0, 2)).toEqual(['/session/recovery', { password: 'my password', recovery: CODES[0] }]);
    expect(CODES.every((code) => page.text().includes(code))).toBe(true);
    expect(desk.me?.recovery_left).toBe(3);
    void page.find('recovery-saved')?.press();
    expect(desk.me?.recovery_left).toBe(2);
  });

  it('are not given for a wrong code, which is said as that, and the fifth begins anew', async () => {
    vi.spyOn(api, 'post').mockResolvedValue({ secret: 'ABCDEFGH', uri: 'otpauth://x', picture: 'data:' });
    const put = vi.spyOn(api, 'put').mockRejectedValueOnce(new Fault({ code: 'login_failed', status: 401 }));
    void page.find('totp-form')?.press();
    await vi.waitFor(() => expect(page.find('totp-secret')).toBeDefined());
    void page.find('totp-confirm')?.press();
    await vi.waitFor(() => expect(page.text()).toContain('The code is wrong'));
    put.mockRejectedValueOnce(new Fault({ code: 'wrong_state', status: 409 }));
    void page.find('totp-confirm')?.press();
    await vi.waitFor(() => expect(page.text()).toContain('This set-up has ended'));
    expect(page.find('totp-secret')).toBeUndefined();
  });

  it('come with a new second factor, and nobody is in before they are kept', async () => {
    vi.spyOn(api, 'post').mockResolvedValue({ secret: 'ABCDEFGH', uri: 'otpauth://x', picture: 'data:' });
    const me = { ...desk.me, recovery_left: 10 } as MeView;
    vi.spyOn(api, 'put').mockResolvedValue({ ...me, recovery_codes: CODES });
    void page.find('totp-form')?.press();
    await vi.waitFor(() => expect(page.find('totp-secret')).toBeDefined());
    void page.find('totp-confirm')?.press();
    await vi.waitFor(() => expect(page.find('recovery-codes')).toBeDefined());
    expect(desk.me?.recovery_left).toBe(3);
    void page.find('recovery-saved')?.press();
    expect(desk.me).toEqual(me);
  });
});
