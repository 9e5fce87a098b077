import { expect, test } from 'vitest';

import { words } from './words';

const values = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

test.each(Object.entries(words))('%s is said in both languages, with the same values', (_, [zh, en]) => {
  expect(zh).not.toBe('');
  expect(en).not.toBe('');
  expect(values(en)).toEqual(values(zh));
});

test('no Chinese in the English half', () => {
  for (const [key, [, en]] of Object.entries(words)) {
    if (key !== 'app.language') expect(en).not.toMatch(/[\u4e00-\u9fff]/);
  }
});
