/* The resident's page must stay small: HTML, CSS and script together, as they travel. */

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const LIMIT = 40 * 1024;
const root = new URL('../api/static/', import.meta.url);
const html = readFileSync(new URL('resident/index.html', root), 'utf8');
const files = ['resident/index.html', ...[...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((m) => m[1])];
let total = 0;
for (const file of files) {
  const bytes = gzipSync(readFileSync(new URL(file, root)), { level: 9 }).length;
  total += bytes;
  console.log(String(bytes).padStart(7), file);
}
console.log(String(total).padStart(7), `of ${LIMIT} bytes allowed for the resident's page`);
if (files.length < 3 || total > LIMIT) {
  console.error("The resident's page is too heavy (or incomplete).");
  process.exit(1);
}
