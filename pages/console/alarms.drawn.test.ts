import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';

import { mount, type Mounted } from '../drawn/mount';
import { Fault } from '../shared/fault';
import { setLanguage } from '../shared/i18n';
import type { PlatformAlarmView, WebhookAlarmView } from '../shared/types';
import PlatformAlarms from './PlatformAlarms.vue';
import { api } from './desk';
import { words } from './words';

const CODES = ['wechat_quota', 'wechat_token', 'wechat_allow_list', 'wechat_template', 'wechat_menu', 'wechat_permission'];
/* Of the corp there is neither template nor menu. */
const SAID = CODES.flatMap((code) => ['official', 'work'].map((platform) => [code, platform] as const))
  .filter(([code, platform]) => platform === 'official' || !['wechat_template', 'wechat_menu'].includes(code));

const quota: PlatformAlarmView = {
  code: 'wechat_quota', platform: 'official', account: '', call: '/cgi-bin/message/custom/send', errcode: 45009,
  since: Date.UTC(2026, 4, 3, 2, 4, 5), met_at: 1, machine: '', address: '',
};
const listed: PlatformAlarmView = { ...quota, code: 'wechat_allow_list', call: '', errcode: 40164, machine: 'bot1', address: '203.0.113.7' };

let page: Mounted<object> | null = null;
async function drawn(answer: PlatformAlarmView[] | Fault, webhooks: WebhookAlarmView[] = []): Promise<Mounted<object>> {
  vi.spyOn(api, 'get').mockImplementation(() => (answer instanceof Fault ? Promise.reject(answer) : Promise.resolve({ alarms: answer, webhooks } as never)));
  page = mount(PlatformAlarms, {});
  for (let turn = 0; turn < 4; turn++) await nextTick();
  return page;
}

beforeEach(() => {
  vi.useFakeTimers();
  setLanguage('zh-CN');
});
afterEach(() => {
  page?.unmount();
  page = null;
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it('shows nothing when nothing is refused', async () => {
  expect((await drawn([])).find('platform-alarms')).toBeUndefined();
});

it('says what is refused since when, what it means to residents and what to do', async () => {
  const text = (await drawn([listed, quota])).text();
  expect(text).toContain('公众号 IP 白名单里没有本机：203.0.113.7');
  expect(text).toMatch(/自 2026\D0?5\D0?3/);
  expect(text).toMatch(/IP白名单 里加上 203\.0\.113\.7（机器 bot1）/);
  expect(text).toContain('公众号今天的接口次数已用完');
  expect(text).toContain('居民在公众号里收不到警情进展、线索答复和民警写的话');
  expect(text).toContain('45009 · /cgi-bin/message/custom/send');
});

it('says of which app nothing is told any more, and is over with it', async () => {
  const silent: WebhookAlarmView = { integrator: 'k1', name: '锦州通', url: 'https://app.example/hook', failing_since: quota.since, disabled_at: 2 };
  const text = (await drawn([], [silent])).text();
  expect(text).toContain('“锦州通”三天收不到进展通知');
  expect(text).toContain('重新保存地址');
  expect(text).not.toContain('微信');
  vi.restoreAllMocks();
  page?.unmount();
  expect((await drawn([])).find('platform-alarms')).toBeUndefined();
});

it('says which of the city\'s accounts it is', async () => {
  expect((await drawn([{ ...quota, account: 'guta' }])).text()).toContain('公众号今天的接口次数已用完（guta）');
});

it('in English as well', async () => {
  setLanguage('en');
  const text = (await drawn([listed, quota])).text();
  expect(text).toContain('The account\'s IP allow-list lacks this machine: 203.0.113.7');
  expect(text).not.toMatch(/[\u4e00-\u9fff]/);
});

it('names the machine when the platform did not say the address', async () => {
  expect((await drawn([{ ...listed, address: '' }])).text()).toContain('没有本机：bot1');
});

it('goes when it is over', async () => {
  const it = await drawn([quota]);
  expect(it.find('platform-alarms')).toBeDefined();
  vi.spyOn(api, 'get').mockResolvedValue({ alarms: [], webhooks: [] } as never);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(it.find('platform-alarms')).toBeUndefined();
});

it('says so when it cannot read them, and keeps what it knew', async () => {
  const it = await drawn([quota]);
  vi.spyOn(api, 'get').mockRejectedValue(new Fault({ code: 'store_down', status: 503 }));
  await vi.advanceTimersByTimeAsync(30_000);
  expect(it.text()).toContain('暂时读不到微信平台的告警');
  expect(it.text()).toContain('公众号今天的接口次数已用完');
});

it('shows one that it does not know', async () => {
  const text = (await drawn([{ ...quota, code: 'wechat_new', call: '/cgi-bin/new' }])).text();
  expect(text).toContain(words['alarms.other'][0]);
  expect(text).toContain(words['alarms.area.other'][0]);
});

describe.each(SAID)('%s of %s', (code, platform) => {
  it('has words of its own', () => {
    expect(words).toHaveProperty([`alarms.${code}.${platform}`]);
    expect(words).toHaveProperty([`alarms.${code}.${platform}.do`]);
  });
});
