import { afterEach, describe, expect, it } from 'vitest';
import { setLanguage, type Pair } from './i18n';
import { asAsked, callerPhrases, preparedFor } from './prepared';
import { openQuestions, questionOf } from './questions';
import type { EntryView, Kind, Via } from './types';
import { KINDS } from './words';

const kinds = Object.keys(KINDS) as Kind[];
const zh = (all: readonly Pair[]): string[] => all.map(([text]) => text);
const said = (kind: Kind, silent = false, via: Via = 'web'): string[] => zh(preparedFor({ kind, silent, via }).map((one) => one.say));
afterEach(() => setLanguage('zh-CN'));

describe.each(kinds)('of %s', (kind) => {
  const all = preparedFor({ kind, silent: false, via: 'web' });
  it('every question for yes or no brings the buttons, and nothing else does', () => {
    expect(all.length).toBeGreaterThan(2);
    for (const one of all.concat(preparedFor({ kind, silent: true, via: 'web' }))) {
      expect([one.say[0], one.asks === 'yes_no']).toEqual([one.say[0], /吗？$/.test(one.say[0])]);
      expect(one.say[0]).not.toMatch(/点“|请点/);
    }
  });
  it('a silent report is asked for nothing that makes a sound or a light', () => {
    const loud = all.filter((one) => one.loud).map((one) => one.say[0]);
    expect(said(kind, true).filter((text) => loud.includes(text) || /拍|双闪|打电话|说话/.test(text))).toEqual([]);
  });
  it('says each sentence once, to both sides', () => {
    for (const texts of [said(kind), said(kind, true), zh(callerPhrases(kind))]) expect(new Set(texts).size).toBe(texts.length);
  });
});

it('differ by kind of incident', () => {
  expect(said('FIRE').join()).toContain('电梯');
  expect(said('FRAUD').join()).toContain('转账');
  expect(zh(callerPhrases('FIRE'))).not.toEqual(zh(callerPhrases('FRAUD')));
  expect(said('UNKNOWN')).toEqual(said('OTHER'));
});

it('in a chat, where there are no buttons, the question says how to answer', () => {
  expect(asAsked('您现在安全吗？', 'chat')).toBe('您现在安全吗？（请回复“是”或“否”）');
  expect(asAsked('您现在安全吗？', 'wechat')).toBe('您现在安全吗？');
});

describe('questions', () => {
  const entry = (seq: number, data: object, role = 'DISPATCHER', what = 'message'): EntryView =>
    ({ seq, at: seq, device_at: null, who: { id: 'x', role, name: '' }, what, data, hash: '' }) as unknown as EntryView;
  const ask = (seq: number): EntryView => entry(seq, { text: `q${seq}`, ask: 'yes_no' });
  const reply = (seq: number, answers?: number): EntryView => entry(seq, { text: '是', ...(answers ? { answers } : {}) }, 'RESIDENT');
  const open = (log: EntryView[], sent: Array<number | null> = []): number[] => openQuestions(log, sent).map((one) => one.seq);

  it('wait until they are answered, or the answer is on its way', () => {
    expect(open([ask(1)])).toEqual([1]);
    expect(open([ask(1)], [null, 1])).toEqual([]);
    expect(open([ask(1), ask(2), reply(3, 1)])).toEqual([2]);
    expect(open([ask(1), entry(2, { text: 'x' })])).toEqual([1]);
  });
  it('are over when their caller wrote something else since, and never more than two', () => {
    expect(open([ask(1), reply(2)])).toEqual([]);
    expect(open([reply(1), ask(2)])).toEqual([2]);
    expect(open([ask(1), ask(2), ask(3)])).toEqual([2, 3]);
  });
  it('are quoted with their answer', () => {
    const log = [ask(1), reply(2, 1), reply(3), reply(4, 9)];
    expect(log.map((one) => questionOf(log, one))).toEqual(['', 'q1', '', '']);
  });
});
