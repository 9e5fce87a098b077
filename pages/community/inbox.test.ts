import { describe, expect, it } from 'vitest';
import type { TipEntryView, TipSending, TipView } from '../shared/tips';
import { advice, due, fate, percent, short, span, tone, undelivered } from './inbox';

const tip = (members: Partial<TipView>): TipView => ({ next: 'take', waiting_since: null, due_at: null, ...members }) as TipView;
const entry = { seq: 4 } as TipEntryView;
const sending = (members: Partial<TipSending>): TipSending[] => [{ seq: 4, state: 'QUEUED', reason: '', ...members } as TipSending];

describe('the tone of a tip', () => {
  const HOUR = 3_600_000;
  it('is red only when somebody waits too long, as the server says', () => {
    const at = 100 * HOUR;
    expect(tone(tip({ waiting_since: 0, due_at: at }), at)).toBe('need');
    expect(tone(tip({ waiting_since: 0, due_at: at - 1 }), at)).toBe('danger');
    expect(tone(tip({ next: 'over' }), at)).toBe('over');
    expect(tone(tip({ next: '110' }), at)).toBe('hand');
  });
  it('is with how long there is to answer, and how long that is over', () => {
    const at = 100 * HOUR;
    expect(due(tip({ due_at: at + 2 * HOUR + 1 }), at)).toBe('还剩 2 小时');
    expect(due(tip({ due_at: at - 3 * HOUR }), at)).toBe('已超 3 小时');
    expect(due(tip({ due_at: at + 59_000 }), at)).toBe('还剩 0 分钟');
    expect(due(tip({}), at)).toBe('');
  });
  it('tells what is to be done from what is waited for', () => {
    expect(tone(tip({ next: 'wait' }))).toBe('hand');
    expect(tone(tip({ next: 'close', told: 'SENT' }))).toBe('well');
  });
  it('is not green for an answer that did not arrive', () => {
    for (const told of ['WAITING', 'FAILED', 'UNKNOWN', 'NOBODY'] as const) {
      const one = tip({ next: 'close', told });
      expect(tone(one)).toBe('need');
      expect(undelivered(one)).not.toBe('');
      expect(advice(one)).toContain(undelivered(one));
    }
    expect(undelivered(tip({ next: 'close', told: 'SENT' }))).toBe('');
    // Whoever wrote again waits for another answer: what became of the last one is no matter now.
    expect(undelivered(tip({ next: 'answer', told: 'FAILED' }))).toBe('');
  });
});

describe('a name', () => {
  it('leaves out of a name the station it begins with', () => {
    expect([short('西一所 王', '西一所'), short('西一所王', '西一所'), short('王', null)]).toEqual(['王', '西一所王', '王']);
  });
});

describe('how a message gets on', () => {
  it('says that nobody has begun to send what was written', () => {
    expect(fate(entry, [], true)?.words).toBe('还没有开始发送');
    expect(fate(entry, [])).toBeNull();
  });
  it('says that WeChat gives no credit, and what ends the wait', () => {
    const found = fate(entry, sending({ reason: 'no_credit' }));
    expect(found && found.tone).toBe('need');
    expect(found && found.words).toContain('一来信就送到');
  });
  it('does not call unknown delivered or lost', () => {
    const found = fate(entry, sending({ state: 'FAILED', reason: 'unknown' }));
    expect(found && found.tone).toBe('need');
    expect(fate(entry, sending({ state: 'FAILED', reason: '45047' }))).toMatchObject({ tone: 'danger' });
    expect(fate(entry, sending({ state: 'SENT' }))).toMatchObject({ tone: 'well' });
  });
  it('says nothing of a line that tells nobody', () => {
    expect(fate(entry, sending({ seq: 5 }))).toBeNull();
    expect(fate(entry, sending({ seq: null }))).toBeNull();
  });
});

describe('numbers in words', () => {
  it('rounds spans down', () => {
    expect(span(59_999)).toBe('0 分钟');
    expect(span(47 * 3_600_000)).toBe('47 小时');
    expect(span(49 * 3_600_000)).toBe('2 天');
  });
  it('calls only all of it all', () => {
    expect([percent(0, 5), percent(1, 1000), percent(999, 1000), percent(5, 5), percent(1, 0)]).toEqual([0, 1, 99, 100, 0]);
  });
});
