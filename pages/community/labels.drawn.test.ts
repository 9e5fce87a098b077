import { h } from 'preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Page, soon } from '../drawn/page';
import { Fault } from '../shared/fault';
import { setLanguage } from '../shared/i18n';
import type { TipThread, TipView } from '../shared/tips';
import type { Desk } from './desk';
import { filterQuery, LabelFilter, Labels, NO_FILTER, type Filter } from './labels';
import { labelText } from './labelwords';

const TIP = { id: 't1', number: 'T-1', category: 'noise', tags: ['夜间'] } as unknown as TipView;
const api = { patch: vi.fn() };
const desk = { api } as unknown as Desk;
const put = vi.fn();
let page: Page;

beforeEach(() => {
  setLanguage('zh-CN');
  api.patch.mockReset().mockResolvedValue({} as TipThread);
  put.mockReset();
});
afterEach(() => page.leave());

describe('what a tip is about', () => {
  it('is said by one press, and sends only what is changed', async () => {
    page = new Page(h(Labels, { desk, tip: TIP, put }));
    expect(page.get('labels').text).toBe('噪音 #夜间');
    page.press('set-labels');
    await soon(() => expect(page.get('noise', 'data-value').given.get('aria-pressed')).toBe('true'));
    for (const [press, body] of [['fire', { category: 'fire' }], ['noise', { category: '' }]] as const) {
      page.get(press, 'data-value').hear('click');
      await soon(() => expect(api.patch).toHaveBeenLastCalledWith('/tips/t1/labels', body));
      await soon(() => expect(page.get('fire', 'data-value').disabled).toBe(false));
    }
    page.press('tag');
    await soon(() => expect(api.patch).toHaveBeenLastCalledWith('/tips/t1/labels', { remove: ['夜间'] }));
    expect(put).toHaveBeenCalledTimes(3);
  });
  it('keeps a tag that could not be added', async () => {
    page = new Page(h(Labels, { desk, tip: TIP, put }));
    page.press('set-labels');
    await soon(() => page.get('tag-text'));
    page.write('tag-text', ' 三号楼 ');
    await soon(() => expect(page.get('tag-add').disabled).toBe(false));
    const form = page.root.all().find((one) => one.localName === 'form')!;
    api.patch.mockRejectedValueOnce(new Fault({ code: 'network', title_zh: '网络不通' }, true));
    form.hear('submit');
    await soon(() => expect(page.root.text).toContain('网络不通'));
    expect(page.get('tag-text').value).toBe(' 三号楼 ');
    form.hear('submit');
    await soon(() => expect(page.get('tag-text').value).toBe(''));
    expect(api.patch.mock.calls[1]).toEqual(['/tips/t1/labels', { add: ['三号楼'] }]);
  });
});

it('asks the server for those of a category and a tag, and says what is left out', async () => {
  let filter: Filter = NO_FILTER;
  const draw = () => h(LabelFilter, { filter, known: ['夜间'], set: (next: Filter) => { filter = next; page.draw(draw()); } });
  page = new Page(draw());
  expect(filterQuery(filter)).toBe('');
  const select = page.root.all().find((one) => one.localName === 'select')!;
  select.value = 'fire';
  select.hear('change');
  page.write('filter-tag', '夜间');
  page.get('filter-tag').hear('change');
  await soon(() => expect(page.get('label-filter').text).toContain('只列出：消防隐患 #夜间'));
  expect(filterQuery(filter)).toBe('&category=fire&tag=%E5%A4%9C%E9%97%B4');
  page.press('no-filter');
  await soon(() => expect(filterQuery(filter)).toBe(''));
});

it('names nothing where nobody said anything', () => {
  page = new Page(h('i', null));
  expect(labelText('', [])).toBe('');
});
