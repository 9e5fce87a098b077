import { h } from 'preact';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Page } from '../drawn/page';
import { setLanguage } from '../shared/i18n';
import { Tested } from './app';
import { Report } from './report';

const RECEIPT = { id: 'i1', number: 'TEST-1', token: 'secret', silent: false, raised_at: 1, journaled: false, missing: [], external_id: '', sandbox: true };

beforeEach(() => {
  setLanguage('zh-CN');
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')));
});
afterEach(() => vi.unstubAllGlobals());

it('a test says all the time that nobody comes, and where to call in earnest', () => {
  const page = new Page(h(Tested, { children: h('main', {}, 'whatever is shown') }));
  expect(page.get('sandbox').text).toContain('测试 · 不会出警');
  expect(page.get('tel:110', 'href').text).toContain('110');
  expect(page.root.text).toContain('whatever is shown');
  page.leave();
});

it('a test is not there any more when the page is opened again', () => {
  const kept = { key: 'a-long-key', silent: false, tappedAt: Date.now(), notice: '', receipt: RECEIPT };
  new Report().keep(kept);
  expect(new Report().kept).toBeNull();
  new Report().keep({ ...kept, receipt: { ...RECEIPT, sandbox: false } });
  expect(new Report().kept?.receipt?.id).toBe('i1');
});
