import { expect, it } from 'vitest';
import { Fault } from './fault';
import { setLanguage } from './i18n';
import { waitWords } from './waiting';

const slowed = (seconds: unknown, status = 429): Fault => new Fault({ code: 'login_slowed', status, facts: { seconds } });

it('says how long a log-in has to wait', () => {
  setLanguage('zh-CN');
  expect(waitWords(slowed(8))).toBe('请在 8 秒后再试');
  expect(waitWords(slowed(0.2))).toBe('请在 1 秒后再试');
  expect(waitWords(slowed(899))).toBe('请在 15 分钟后再试');
  setLanguage('en');
  expect(waitWords(slowed(8))).toBe('Try again in 8 s');
  expect(waitWords(slowed(899))).toBe('Try again in 15 min');
});
it('says nothing when nobody knows', () => {
  expect(waitWords(slowed(undefined))).toBe('');
  expect(waitWords(slowed(8, 401))).toBe('');
});
