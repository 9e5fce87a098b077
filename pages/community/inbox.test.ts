import { describe, expect, it } from 'vitest';
import type { TipEntryView, TipSending, TipView } from '../shared/tips';
import { advice, fate, LONG_MS, percent, short, span, tone, undelivered } from './inbox';

const tip = (members: Partial<TipView>): TipView => ({ next: 'take', waiting_since: null, ...members }) as TipView;
const entry = { seq: 4 } as TipEntryView;
const sending = (members: Partial<TipSending>): TipSending[] => [{ seq: 4, state: 'QUEUED', reason: '', ...members } as TipSending];

describe('the tone of a tip', () => {
  it('is red only when somebody waits too long', () => {
    const at = 10 * LONG_MS;
    expect(tone(tip({ waiting_since: at - LONG_MS + 1 }), at)).toBe('need');
    expect(tone(tip({ waiting_since: at - LONG_MS - 1 }), at)).toBe('danger');
    expect(tone(tip({ next: 'over', waiting_since: 0 }), at)).toBe('over');
    expect(tone(tip({ next: '110', waiting_since: 0 }), at)).toBe('hand');
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
