import { expect, it } from 'vitest';
import { KeptReport, type Kept, type Shelf } from './kept';

const NOW = 1_700_000_000_000;
const report: Kept = { key: '0123456789abcdef', silent: true, tappedAt: NOW, notice: '1', receipt: null };

function shelf(): Shelf & { kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => { kept.set(name, value); },
    removeItem: (name) => { kept.delete(name); },
  };
}
const broken: Shelf = {
  getItem: () => { throw new Error('denied'); },
  setItem: () => { throw new Error('full'); },
  removeItem: () => { throw new Error('denied'); },
};

it('gives the same report back after a reload', () => {
  const same = shelf();
  new KeptReport(same).save(report);
  expect(new KeptReport(same).load(NOW + 1000)).toEqual(report);
  expect(new KeptReport(same).lasts).toBe(true);
});
it('lives as long as the page where nothing can be kept', () => {
  for (const refusing of [broken, null]) {
    const kept = new KeptReport(refusing);
    kept.save(report);
    expect(kept.load(NOW)).toEqual(report);
    expect(kept.lasts).toBe(false);
    kept.forget();
    expect(kept.load(NOW)).toBeNull();
  }
});
it('does not resume what is three days old, or not a report', () => {
  const same = shelf();
  new KeptReport(same).save(report);
  expect(new KeptReport(same).load(NOW + 4 * 86_400_000)).toBeNull();
  for (const wrong of ['{', '{}', 'null', '{"key":"x"}']) {
    same.kept.set('jingmin.report', wrong);
    expect(new KeptReport(same).load(NOW)).toBeNull();
  }
});
