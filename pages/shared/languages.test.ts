import { describe, expect, it } from 'vitest';

/* Every page's sources: whatever is Chinese stands beside its English, in one pair. */
const sources = import.meta.glob<string>(
  ['../*/*.ts', '../*/*.tsx', '../*/*.vue', '!../*/*.test.ts', '!../node_modules/**'], { query: '?raw', import: 'default', eager: true });
const CHINESE = /[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]/;
const TEXT = /'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`|"((?:[^"\\\n]|\\.)*)"/.source;
const PAIR = new RegExp(`\\[\\s*(?:${TEXT}),\\s*(?:${TEXT}),?\\s*\\]`, 'g');
const COMMENT = /\/\*[\s\S]*?\*\/|<!--[\s\S]*?-->|(?:^|\s)\/\/.*$/gm;
const blanks = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();
/** The switch names each language in itself; a key is what is printed on it; a blank is what officers write. */
const ITSELF = /'English', '中文'|'中文' : 'English'|'？'|'\{编号\}', b: '\{派出所\}'/;

const pairs: Array<[path: string, zh: string, en: string]> = [];
const alone: string[] = [];
for (const [path, source] of Object.entries(sources)) {
  // The name of an error in both languages is two members, not a pair.
  const text = source.replace(COMMENT, '').replace(/title_zh: ('[^']*'[^,]*),\s*title_en: ('[^']*')/g, '');
  const rest = text.replace(PAIR, (whole, a, b, c, d, e, f) => {
    const zh = String(a ?? b ?? c);
    if (!CHINESE.test(zh)) return whole;
    pairs.push([path, zh, String(d ?? e ?? f)]);
    return '';
  });
  for (const line of rest.split('\n')) if (CHINESE.test(line) && !ITSELF.test(line)) alone.push(`${path}: ${line.trim()}`);
}

describe('what the pages say', () => {
  it('is found', () => { expect(pairs.length).toBeGreaterThan(1000); });
  it('is said in both languages, with the same blanks', () => {
    const bad = pairs.filter(([, zh, en]) => !en || CHINESE.test(en) || String(blanks(zh)) !== String(blanks(en)));
    expect(bad).toEqual([]);
  });
  it('is never Chinese alone', () => { expect(alone).toEqual([]); });
});
