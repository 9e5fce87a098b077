/*
 * The resident's page must stay small, as it travels: the first part (HTML with its style, script, icon),
 * which is enough to report, and the second, which is fetched behind it.
 */

import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const root = new URL('../api/static/', import.meta.url);
const read = (file) => readFileSync(new URL(file, root), 'utf8');
const html = read('resident/index.html');
const script = [...html.matchAll(/<script[^>]*src="\/(assets\/[^"]+)"/g)].map((m) => m[1]);
const linked = [...html.matchAll(/<link[^>]*href="\/(assets\/[^"]+)"/g)].map((m) => m[1]);
const [, rest] = /data-rest="\/(assets\/[^"]+)"/.exec(html) || [];

/** A script and every script that it cannot run without. */
function withImports(file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, name] of read(file).matchAll(/(?:from|import)\s*["'`]\.\/([\w.-]+\.js)["'`]/g)) {
    withImports('assets/' + name, found);
  }
  return found;
}

const first = new Set(['resident/index.html', ...linked, ...script.flatMap((file) => [...withImports(file)])]);
const second = rest && existsSync(new URL(rest, root)) ? [...withImports(rest)].filter((file) => !first.has(file)) : [];
let failed = script.length !== 1 || !second.length;
if (failed) console.error("The resident's page is incomplete.");
for (const [name, files, limit] of [['first part', [...first], 15000], ['second part', second, 60000]]) {
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
