import { h } from 'preact';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sitting, storage } from '../drawn/officer';
import { Page, soon } from '../drawn/page';
import { setLanguage } from '../shared/i18n';
import type { TipView } from '../shared/tips';
import { AT_ONCE, Many, Pickable, useChosen } from './many';

const tip = (n: number): TipView => ({ id: 't' + n, number: 'T-' + n, state: 'ASSIGNED', next: 'answer', first: '噪音 ' + n, station: 's1', station_name: 'S1' }) as TipView;
let page: Page;
let on: ReturnType<typeof sitting>;
let again: number;

beforeEach(() => {
  setLanguage('zh-CN');
  on = sitting(storage());
  again = 0;
});
afterEach(() => page.leave());

function List({ tips, query }: { tips: TipView[]; query: string }) {
  const chosen = useChosen(query);
  return h('div', null, h('button', { 'data-testid': 'select', onClick: chosen.toggle }),
    tips.map((one) => h(Pickable, { key: one.id, tip: one, chosen })),
    h(Many, { desk: on.desk, chosen, shown: tips, again: () => { again += 1; } }));
}

const boxes = () => page.root.all().filter((one) => one.given.get('data-testid') === 'pick');
const picked = () => boxes().filter((one) => one.checked).map((one) => one.given.get('aria-label'));
const sent = () => on.api.post.mock.calls.map((call) => call[1] as { key: string; event: string; text: string; tips: string[] });

async function selecting(count: number): Promise<void> {
  const tips = Array.from({ length: count }, (_, n) => tip(n));
  page = new Page(h(List, { tips, query: 'open' }));
  expect(boxes()).toEqual([]);
  page.press('select');
  await soon(() => expect(boxes()).toHaveLength(count));
}
async function ticked(...numbers: number[]): Promise<void> {
  for (const n of numbers) {
    const box = boxes()[n]!;
    box.checked = true;
    box.hear('change');
    await soon(() => expect(page.get('many').text).toContain('已选'));
  }
}

it('answers those that are ticked, says of each what became of it, and keeps what failed selected', async () => {
  await selecting(3);
  await ticked(0, 2);
  await soon(() => expect(page.get('many').text).toContain('已选 2 条'));
  page.press('many-answer');
  await soon(() => page.get('many-text'));
  page.write('many-text', '已处理 ');
  const problem = { code: 'taken', status: 409, title: '', title_zh: '已有人在办', title_en: '', facts: { name: '李' } };
  on.api.post.mockResolvedValueOnce({ rows: [{ id: 't0', number: 'T-0', problem: null }, { id: 't2', number: 'T-2', problem }] });
  await soon(() => expect(page.get('many-now').disabled).toBe(false));
  page.press('many-now');
  await soon(() => expect(page.root.text).toContain('1 / 2 条办成'));
  expect(page.get('many-row').text).toContain('李 在处理');
  expect(picked()).toEqual(['选 T-2']);
  on.api.post.mockResolvedValueOnce({ rows: [{ id: 't2', number: 'T-2', problem: null }] });
  page.press('many-now');
  await soon(() => expect(page.root.text).toContain('2 / 2 条办成'));
  const [first, second] = sent();
  expect(first).toMatchObject({ event: 'answer', text: '已处理', tips: ['t0', 't2'] });
  expect(second).toEqual({ ...first, tips: ['t2'] });
  expect([picked(), again]).toEqual([[], 2]);
  expect(on.drafts.get('tips/many')).toBeNull();
});

it('asks before it closes them, and a changed text is asked for anew and is another message', async () => {
  await selecting(2);
  page.press('pick-all');
  await soon(() => expect(picked()).toHaveLength(2));
  page.press('many-close');
  await soon(() => page.get('many-text'));
  page.write('many-text', '办结');
  await soon(() => expect(page.get('many-now').text).toBe('结案 2 条'));
  page.press('many-now');
  await soon(() => expect(page.get('many-now').text).toBe('确定结案 2 条'));
  page.write('many-text', '已办结');
  await soon(() => expect(page.get('many-now').text).toBe('结案 2 条'));
  page.press('many-now');
  await soon(() => expect(page.get('many-now').text).toBe('确定结案 2 条'));
  expect(on.api.post).not.toHaveBeenCalled();
  page.press('many-now');
  await soon(() => expect(page.root.text).toContain('网络'));
  await soon(() => expect(page.get('many-now').text).toBe('结案 2 条'));
  // No answer came: nobody knows whether it was done. The same again is the same message.
  page.press('many-now');
  await soon(() => expect(page.get('many-now').text).toBe('确定结案 2 条'));
  page.press('many-now');
  await soon(() => expect(sent()).toHaveLength(2));
  expect(sent()[1]).toEqual(sent()[0]);
  expect(sent()[0]).toMatchObject({ event: 'close', text: '已办结', tips: ['t0', 't1'] });
});

it('leaves what is urgent out where all are selected, and it can be ticked', async () => {
  page = new Page(h(List, { tips: [tip(0), { ...tip(1), urgent: true }], query: 'open' }));
  page.press('select');
  await soon(() => expect(page.get('pick-all').text).toContain('紧急的除外'));
  page.press('pick-all');
  await soon(() => expect(picked()).toEqual(['选 T-0']));
  await ticked(1);
  await soon(() => expect(picked()).toEqual(['选 T-0', '选 T-1']));
});

it('selects so many at once and no more, and nothing that another list does not show', async () => {
  await selecting(AT_ONCE + 2);
  page.press('pick-all');
  await soon(() => expect(picked()).toHaveLength(AT_ONCE));
  expect(boxes().filter((one) => one.disabled)).toHaveLength(2);
  expect(page.get('many').text).toContain(`已选 ${AT_ONCE} 条，一次最多`);
  page.draw(h(List, { tips: [tip(1), tip(2)], query: 'mine' }));
  await soon(() => expect(picked()).toEqual([]));
  page.press('select');
  await soon(() => expect(boxes()).toEqual([]));
});
