import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';

import { mount, type Mounted } from '../drawn/mount';
import { Fault } from '../shared/fault';
import { setLanguage } from '../shared/i18n';
import type { MeView } from '../shared/types';
import Totp from './Totp.vue';
import { api, desk } from './desk';

let page: Mounted<{ first?: boolean }>;
beforeEach(() => setLanguage('en'));
afterEach(() => {
  page.unmount();
  vi.restoreAllMocks();
});

const enter = (id: string, text: string): void => {
  (page.find(id)?.props['onUpdate:modelValue'] as (text: string) => void)(text);
};

describe('one\'s own second factor', () => {
  it.each([true, false])('asks for the password, and for a present code where there is one (%s)', async (totp) => {
    desk.me = { id: 'me', role: 'DISPATCHER', totp } as MeView;
    const post = vi.spyOn(api, 'post').mockResolvedValue({ secret: 'ABCDEFGH', uri: 'otpauth://x', picture: 'data:' });
    page = mount(Totp as never, {});
    await nextTick();
    expect(page.find('totp-old') !== undefined).toBe(totp);
    enter('totp-password', 'my password');
    if (totp) enter('totp-old', '123456');
    void page.find('totp-form')?.press();
    await vi.waitFor(() => expect(page.find('totp-secret')).toBeDefined());
    expect(post.mock.calls[0]?.[1]).toEqual({ password: 'my password', ...(totp ? { code: '123456' } : {}) });
  });

  it('says that nothing was changed when they are wrong', async () => {
    desk.me = { id: 'me', role: 'DISPATCHER', totp: true } as MeView;
    vi.spyOn(api, 'post').mockRejectedValue(new Fault({ code: 'login_failed', status: 401 }));
    page = mount(Totp as never, {});
    void page.find('totp-form')?.press();
    await vi.waitFor(() => expect(page.text()).toContain('Password or code is wrong; nothing was changed'));
  });
});
