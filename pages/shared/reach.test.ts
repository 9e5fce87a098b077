import { expect, it } from 'vitest';
import { reach } from './reach';
import type { EntryView, IncidentView } from './types';

const it_ = (more: Partial<IncidentView>): IncidentView =>
  ({ via: 'web', silent: false, present: true, marks: [], chat: [], ...more }) as unknown as IncidentView;
const line = (seq: number, role = 'DISPATCHER', what = 'message'): EntryView =>
  ({ seq, what, who: { role }, data: {} }) as unknown as EntryView;
const said = (more: Partial<IncidentView>, entry = line(5)): string => (reach(it_(more), entry) || { words: '' }).words;

it('says how far a line came on the page of the caller', () => {
  const mark = (received: number, read: number) => ({ marks: [{ side: 'caller', received, read }] });
  expect(said({})).toBe('正在送达');
  expect(said({ present: false })).toBe('报警人没有打开页面，打开后送达');
  expect(said(mark(4, 4))).toBe('正在送达');
  expect(said(mark(5, 4))).toBe('已到报警人手机');
  expect(said({ ...mark(9, 7), present: false })).toBe('报警人已读');
});

it('says what became of it in the chat, and why it waits', () => {
  const chat = (state: string, reason = '') => ({ via: 'chat', present: false, chat: [{ seq: 5, state, reason }] }) as Partial<IncidentView>;
  expect(said({ via: 'chat', present: false })).toBe('正在发到微信');
  expect(said(chat('SENT'))).toBe('已发到微信');
  expect(said(chat('WAITING', 'no_credit'))).toBe('微信未送达：等报警人再发消息');
  expect(said(chat('WAITING', 'quota'))).toBe('微信限额，稍后自动再发');
  expect(said(chat('WAITING', 'timeout'))).toBe('微信未送达，稍后自动再发');
  expect(reach(it_(chat('WAITING', 'unreachable')), line(5))?.tone).toBe('bad');
  expect(said(chat('REFUSED', '45002'))).toBe('微信拒收，没有送到');
  expect(said(chat('UNKNOWN'))).toBe('不能确定微信是否送到');
  expect(said({ via: 'chat', present: false, silent: true })).toBe('静音报警，不发到微信');
});

it('says that desk and station read what the other wrote', () => {
  const marks = [{ side: 'caller', received: 5, read: 5 }, { side: 'desk', received: 8, read: 8 }, { side: 'w1', received: 6, read: 6 }];
  expect(said({ marks })).toBe('报警人已读 · 派出所已读');
  expect(said({ marks }, line(8, 'STATION_OFFICER'))).toBe('正在送达 · 指挥台已读');
  expect(said({ marks, via: 'tip' })).toBe('派出所已读');
});

it('says nothing of steps, and of what the caller said', () => {
  expect(reach(it_({}), line(5, 'RESIDENT'))).toBeNull();
  expect(reach(it_({}), line(5, 'DISPATCHER', 'incident.answered'))).toBeNull();
});
