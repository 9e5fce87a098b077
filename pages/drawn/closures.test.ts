import { describe, expect, it } from 'vitest';
import { stale } from './closures';

const files = import.meta.glob<string>(['../**/*.tsx', '../**/*.ts', '../**/*.vue', '!../**/*.test.ts', '!../node_modules/**'], { query: '?raw', import: 'default', eager: true });

it('nothing on any page is set from what was drawn before', () => {
  expect(Object.keys(files).length).toBeGreaterThan(150);
  expect(Object.entries(files).flatMap(([file, text]) => stale(file, text))).toEqual([]);
}, 60_000);

describe('what takes away what was written meanwhile', () => {
  const form = (body: string): string => `function F() { const [draft, setDraft] = useState(''); ${body} return <input value={draft} />; }`;
  it.each([
    ['a state made of the state that was drawn', 'const set = (more) => setDraft({ ...draft, ...more });'],
    ['a count of what was drawn', 'const more = () => setDraft(draft + 1);'],
    ['a field emptied after an await', 'const send = async () => { await post(draft); setDraft(\'\'); };'],
    ['a field emptied when a promise is settled', 'const send = () => { post(draft).then(() => { setDraft(null); }); };'],
    ['a draft thrown away after an await', 'const send = async () => { await post(draft); form.drop(); };'],
    ['a draft made of the one that was drawn', 'const add = () => form.set({ all: [...form.value.all, 1] });'],
  ])('%s', (_, body) => {
    expect(stale('a.tsx', form(body))).toHaveLength(1);
  });
  it.each([
    'const set = (more) => setDraft((now) => ({ ...now, ...more }));',
    'const send = async () => { await post(draft); setDraft((now) => unsent(now, draft)); };',
    'const send = async () => { setDraft(\'\'); await post(draft); };',
    'const again = async () => { setDraft(await read()); };',
  ])('is not: %s', (body) => {
    expect(stale('a.tsx', form(body))).toEqual([]);
  });
  const vue = (body: string): string => `<script setup lang="ts">\nasync function send() { if (!(await post())) return; ${body} }\n</script><template><input v-model="text"><i v-model.trim="form.name" /></template>`;
  it('in Vue', () => {
    expect(stale('A.vue', vue('text.value = \'\';'))).toEqual(['A.vue:2 text.value = \'\'']);
    expect(stale('A.vue', vue('Object.assign(form, { name: \'\' });'))).toHaveLength(1);
    expect(stale('A.vue', vue('if (text.value === line) text.value = \'\';'))).toEqual([]);
  });
});
