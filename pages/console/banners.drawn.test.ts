import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';

import { mount, type Mounted } from '../drawn/mount';
import { setLanguage } from '../shared/i18n';
import type { ConfigView, MeView } from '../shared/types';
import Banners from './Banners.vue';
import { desk, enter } from './desk';

class Socket {
  static last: Socket;
  readyState = 1;
  onmessage: ((event: { data: string }) => void) | null = null;
  constructor() { Socket.last = this; }
  send(): void {}
  close(): void {}
  async say(message: object): Promise<void> {
    this.onmessage!({ data: JSON.stringify(message) });
    await nextTick();
  }
}

const ME = { id: 'me', role: 'DISPATCHER', password_needed: false, code_needed: false } as MeView;
let shown: Mounted<object>;
beforeEach(() => {
  vi.stubGlobal('WebSocket', Socket);
  setLanguage('zh-CN');
  desk.config = { live_path: '/api/v1/live' } as ConfigView;
  enter(ME);
  shown = mount(Banners, {});
});
afterEach(() => {
  shown.unmount();
  vi.unstubAllGlobals();
});

it('names incidents that this version cannot read, until it can', async () => {
  const snapshot = { type: 'snapshot', reason: 'first', me: ME, incidents: [], store: 'up', journaled: 0, disk_low: false, unreadable: ['0110-1', '0110-2', '0110-3', '0110-4'], at: 1, more: false };
  await Socket.last.say(snapshot);
  await vi.waitFor(() => { expect(shown.text()).toContain('本版本无法读取'); });
  expect(shown.text()).toContain('0110-1 0110-2 0110-3 …');
  await Socket.last.say({ type: 'store', state: 'up', journaled: 0, disk_low: false, unreadable: [] });
  await vi.waitFor(() => { expect(shown.find('banner-unreadable')).toBeUndefined(); });
});

it('says that the disk is nearly full, from the first moment and until there is room', async () => {
  const snapshot = { type: 'snapshot', reason: 'first', me: ME, incidents: [], store: 'up', journaled: 0, disk_low: true, unreadable: [], at: 1, more: false };
  await Socket.last.say(snapshot);
  expect(shown.find('banner-disk')!.props.role).toBe('alert');
  expect(shown.text()).toContain('服务器磁盘快满了');
  await Socket.last.say({ type: 'store', state: 'down', journaled: 3, disk_low: false, unreadable: [] });
  await vi.waitFor(() => { expect(shown.find('banner-disk')).toBeUndefined(); });
  expect(shown.text()).toContain('3 条报警待补录');
  expect(shown.text()).toContain('不会丢失');
  await Socket.last.say({ type: 'store', state: 'down', journaled: 3, disk_low: true, unreadable: [] });
  await vi.waitFor(() => { expect(shown.text()).toContain('新报警可能存不下'); });
  expect(shown.text(), 'the two would say the opposite').not.toContain('不会丢失');
  expect(shown.text()).not.toContain('报警仍能接收');
  await Socket.last.say({ type: 'store', state: 'up', journaled: 0, disk_low: true, unreadable: [] });
  await vi.waitFor(() => { expect(shown.find('banner-disk')).toBeDefined(); });
});
