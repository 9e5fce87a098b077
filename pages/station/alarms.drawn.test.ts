import { h } from 'preact';
import { expect, it } from 'vitest';
import { Page } from '../drawn/page';
import type { Duty } from './duty';
import { Alarms } from './top';

const duty = (unreadable: string[]): Duty =>
  ({ live: { state: 'open', since: 0 }, ringer: { ready: true }, trouble: '', book: { unreadable } }) as unknown as Duty;

it('cases of this station that the server cannot read are named, and what to do', () => {
  const page = new Page(h(Alarms, { duty: duty(['0110-1', '0110-2']) }));
  expect(page.get('unreadable').text).toContain('0110-1 0110-2');
  expect(page.get('unreadable').text).toContain('110');
});

it('nothing is said without any', () => {
  const page = new Page(h(Alarms, { duty: duty([]) }));
  expect(() => page.get('unreadable')).toThrow();
});
