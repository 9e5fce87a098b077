import { expect, it } from 'vitest';
import { Ladder } from './ladder';

const good = { loss: 0, rtt_ms: 40 };
const bad = { loss: 0.15, rtt_ms: 300 };
const awful = { loss: 0.4, rtt_ms: 300 };

function hear(ladder: Ladder, quality: typeof good, times: number): string[] {
  const rungs: string[] = [];
  for (let i = 0; i < times; i++) {
    const rung = ladder.hear(quality);
    if (rung) rungs.push(rung);
  }
  return rungs;
}

it('goes down after three bad reports, sooner when it is awful', () => {
  expect(hear(new Ladder(), bad, 2)).toEqual([]);
  expect(hear(new Ladder(), bad, 3)).toEqual(['small']);
  expect(hear(new Ladder(), awful, 2)).toEqual(['small']);
});
it('ends at stills and never jumps', () => {
  expect(hear(new Ladder(), awful, 20)).toEqual(['small', 'audio', 'stills']);
});
it('comes up slowly, and more slowly after it was too early', () => {
  const ladder = new Ladder();
  hear(ladder, bad, 3);
  expect(hear(ladder, good, 8)).toEqual(['video']);
  hear(ladder, bad, 3);
  expect(hear(ladder, good, 15)).toEqual([]);
  expect(hear(ladder, good, 1)).toEqual(['video']);
});
it('stays where it is when the network is middling', () => {
  expect(hear(new Ladder(), { loss: 0.06, rtt_ms: 900 }, 50)).toEqual([]);
});
