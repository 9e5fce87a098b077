import { h } from 'preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sitting, storage } from '../drawn/officer';
import { Page, soon } from '../drawn/page';
import { Fault } from '../shared/fault';
import type { PreparedAnswerList, TipView } from '../shared/tips';
import { filled, inserted } from './preparedtext';
import { Acts } from './reply';

const TIP = { id: 't1', number: 'T-1', state: 'ASSIGNED', next: 'answer', officer: 'zhou', officer_name: 'Zhou', station: 's1', station_name: '西一所' } as TipView;
let page: Page;
let kept: PreparedAnswerList;
let on: ReturnType<typeof sitting>;

beforeEach(() => {
  kept = { answers: [{ id: 'a1', text: '您好，{编号} {派出所}已收到。', version: 0 }], most: 30 };
  on = sitting(storage());
  on.api.get.mockImplementation(async (path: string) => (path === '/prepared-answers?station=s1' ? kept : null));
});
afterEach(() => page.leave());

async function opened(): Promise<void> {
  page = new Page(h(Acts, { desk: on.desk, tip: TIP, put: () => undefined, again: () => undefined }));
  const field = page.get('reply-text') as unknown as Record<string, unknown>;
  field.focus = field.setSelectionRange = () => undefined;
  await open();
}
async function open(): Promise<void> {
  page.press('prepared');
  await soon(() => expect(page.find('prepared-one') ?? page.get('prepared-text')).toBeDefined());
}

describe('a prepared answer', () => {
  it('is added at the cursor, filled in, and replaces nothing', async () => {
    await opened();
    page.write('reply-text', '前后');
    const field = page.get('reply-text') as unknown as { selectionEnd: number; hear: (name: string) => void };
    field.selectionEnd = 1;
    field.hear('select');
    page.press('prepared-one');
    await soon(() => expect(page.get('reply-text').value).toBe('前您好，T-1 西一所已收到。后'));
    expect(page.find('prepared-one')).toBeUndefined();
    await open();
    page.press('prepared-one');
    await soon(() => expect(page.get('reply-text').value).toBe('前您好，T-1 西一所已收到。您好，T-1 西一所已收到。后'));
  });
  it('is not added where the text would be cut, and what is written stays', async () => {
    await opened();
    const long = '字'.repeat(995);
    page.write('reply-text', long);
    page.press('prepared-one');
    await soon(() => expect(page.root.text).toContain('没有加'));
    expect(page.get('reply-text').value).toBe(long);
  });
  it('is changed for the station, and a conflict shows what somebody else wrote', async () => {
    await opened();
    page.press('prepared-edit');
    await soon(() => page.get('prepared-change'));
    page.press('prepared-change');
    await soon(() => expect(page.get('prepared-text').value).toBe('您好，{编号} {派出所}已收到。'));
    page.write('prepared-text', '收到了');
    on.api.put.mockRejectedValueOnce(new Fault({ code: 'conflict', status: 409, facts: { text: '别人写的', version: 3 } }));
    await soon(() => expect(page.get('prepared-save').disabled).toBe(false));
    save();
    await soon(() => expect(page.get('prepared-conflict').text).toContain('别人写的'));
    expect(page.get('prepared-text').value).toBe('收到了');
    const saved = { answers: [{ id: 'a1', text: '收到了', version: 4 }], most: 30 };
    on.api.put.mockResolvedValueOnce(saved);
    page.press('prepared-mine');
    await soon(() => expect(page.get('prepared-one').text).toBe('收到了'));
    expect(on.api.put.mock.calls.map((call) => (call as unknown[])[1])).toEqual([{ version: 0, text: '收到了' }, { version: 3, text: '收到了' }]);
    expect(page.get('prepared-text').value).toBe('');
  });
  it('is removed only at a second press, as it was read', async () => {
    await opened();
    page.press('prepared-edit');
    await soon(() => page.get('prepared-remove'));
    const remove = vi.fn(async () => ({ answers: [], most: 30 }));
    (on.api as unknown as { delete: typeof remove }).delete = remove;
    page.press('prepared-remove');
    await soon(() => expect(page.get('prepared-remove').text).toBe('确定删除'));
    expect(remove).not.toHaveBeenCalled();
    page.press('prepared-remove');
    await soon(() => expect(page.find('prepared-one')).toBeUndefined());
    expect(remove).toHaveBeenCalledWith('/prepared-answers/a1?station=s1&version=0');
  });
  it('is written for the station where it has none, and sends no reply', async () => {
    kept = { answers: [], most: 30 };
    await opened();
    page.write('prepared-text', '已转物业');
    on.api.post.mockResolvedValueOnce({ answers: [{ id: 'k', text: '已转物业', version: 0 }], most: 30 });
    await soon(() => expect(page.get('prepared-save').disabled).toBe(false));
    save();
    await soon(() => expect(page.get('prepared-one').text).toBe('已转物业'));
    expect(on.api.post.mock.calls.map(([path]) => path)).toEqual(['/prepared-answers?station=s1']);
  });
});

function save(): void {
  const forms = page.root.all().filter((one) => one.localName === 'form');
  // Not one in the other: what is sent in one would be heard in the other, and answer the resident.
  for (const form of forms) expect(form.all().filter((one) => one.localName === 'form')).toEqual([form]);
  const form = forms.find((one) => one.all().some((inner) => inner.given.get('data-testid') === 'prepared-save'));
  form!.hear('submit');
}

describe('a text', () => {
  it('is only ever added to', () => {
    expect(inserted('ab', 1, '-', 9)).toEqual({ text: 'a-b', cursor: 2 });
    expect(inserted('ab', null, '-', 9)).toEqual({ text: 'ab-', cursor: 3 });
    expect(inserted('ab', 7, '-', 9)).toEqual({ text: 'ab-', cursor: 3 });
    expect(inserted('ab', 1, '-', 2)).toBeNull();
  });
  it('has its two blanks filled in, and no other', () => {
    expect(filled('{编号} {x} {派出所}', { number: 'T-1', station_name: '{编号}所' })).toBe('T-1 {x} {编号}所');
  });
});
