/*
 * The resident's page must stay small, as it travels: the first part (HTML with its style and script within,
 * icon), which is enough to report, and the second, which is fetched behind it.
 */

import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const root = new URL('../api/static/', import.meta.url);
const read = (file) => readFileSync(new URL(file, root), 'utf8');
const html = read('resident/index.html');
const linked = [...html.matchAll(/<link[^>]*href="\/(assets\/[^"]+)"/g)].map((m) => m[1]);
const [, script = ''] = /<script type="module">([^]*?)<\/script>/.exec(html) || [];
const [, rest = ''] = /data-rest="\/(assets\/[^"]+)"/.exec(html) || [];
const second = rest && existsSync(new URL(rest, root)) ? [rest] : [];
const IMPORTS = /(?:^|[;}\n])\s*(?:import\s*[\w{*"'`]|export\s*[{*][^;]*?\bfrom\s*["'`])/;

const problems = [
  [!script, 'the first part is not within the HTML'],
  [/<script[^>]*\ssrc=|<link[^>]*rel="(?:stylesheet|modulepreload|preload)"/.test(html), 'the HTML asks for another file first'],
  [IMPORTS.test(script), 'the first part waits for another script'],
  [!second.length, 'there is no second part'],
  // What is within the HTML has no address: whatever the second part imports it would fetch once more.
  [second.some((file) => IMPORTS.test(read(file))), 'the second part imports another script'],
].filter(([failed]) => failed).map(([, words]) => words);
for (const words of problems) console.error(`The resident's page: ${words}.`);
let failed = problems.length > 0;
const first = ['resident/index.html', ...linked];
for (const [name, files, limit] of [['first part', first, 15000], ['second part', second, 60000]]) {
  let total = 0;
  for (const file of files) {
    const bytes = gzipSync(readFileSync(new URL(file, root)), { level: 9 }).length;
    total += bytes;
    console.log(String(bytes).padStart(7), file);
  }
  console.log(String(total).padStart(7), `of ${limit} bytes allowed for the ${name} of the resident's page`);
  if (total > limit) {
    console.error(`The ${name} is too heavy.`);
    failed = true;
  }
}
if (failed) process.exit(1);
