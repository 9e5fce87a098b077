import { expect, it } from 'vitest';
import { shares } from './notices';

it('fills nothing of a bar as long as nothing went out', () => {
  const nothing = { sent: 0, waiting: 26, unasked: 4, refused: 0, capped: 0, cancelled: 0, reached: 0 };
  expect(shares(nothing).filter((one) => one.count > 0).map((one) => one.tone)).toEqual(['none']);
  const some = shares({ ...nothing, sent: 3, refused: 1 }).filter((one) => one.count > 0);
  expect(some).toEqual([{ tone: 'well', count: 3 }, { tone: 'danger', count: 1 }, { tone: 'none', count: 26 }]);
});
