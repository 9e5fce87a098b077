/* Beside each file of the builds its .br and .gz, made once here so that no request waits for it. */

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const FOLDERS = ['../api/static/', '../simulator/static/'];
const COMPRESSIBLE = /\.(?:html|css|m?js|svg|json)$/;
const MADE = /\.(?:br|gz)$/;

for (const folder of FOLDERS) {
  const root = new URL(folder, import.meta.url);
  const names = readdirSync(root, { recursive: true });
  for (const name of names.filter((one) => MADE.test(one))) rmSync(new URL(name, root));
  for (const name of names.filter((one) => COMPRESSIBLE.test(one))) {
    const bytes = readFileSync(new URL(name, root));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    for (const [ending, packed] of [['.br', brotliCompressSync(bytes, { params })], ['.gz', gzipSync(bytes, { level: 9 })]]) {
      if (packed.length < bytes.length) writeFileSync(new URL(name + ending, root), packed);
    }
  }
}
