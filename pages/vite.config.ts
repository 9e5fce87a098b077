import vue from '@vitejs/plugin-vue';
import { build, type Plugin, type Rolldown } from 'vite';
import { defineConfig } from 'vitest/config';

const at = (path: string): string => new URL(path, import.meta.url).pathname;

/** For the old phones of residents. */
const OLD = { target: 'es2018', cssTarget: ['chrome70', 'safari12'] };

/*
 * The resident's page asks for its HTML alone before its button works: over 400 ms there and back each file
 * more is felt. So its style and its first script are within. Nothing can be imported from a script that has
 * no address: the second part is a build of its own, one file, made first because the HTML names it.
 */
function twoParts(): Plugin {
  let second = '';
  return {
    name: 'resident-two-parts',
    async buildStart() {
      const { code, fileName } = await secondPart();
      this.emitFile({ type: 'asset', fileName, source: code });
      second = fileName;
    },
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle }) {
        const script = /\s*<script type="module"[^>]*src="\/([^"]+)"[^>]*><\/script>/;
        const first = taken(bundle, (script.exec(html) || [])[1]);
        if (first.type !== 'chunk' || first.imports.length) throw new Error('the first part is not one script');
        // As functions: the text of a script may hold what means something to replace().
        return html
          .replace(script, '')
          .replace('</body>', () => `<script type="module">${within(first.code)}</script>\n</body>`)
          .replace('data-rest=""', () => `data-rest="/${second}"`)
          .replace(/\s*<link rel="stylesheet"[^>]*href="\/([^"]+)"[^>]*>/g, (_, name: string) => {
            const style = taken(bundle, name);
            if (style.type !== 'asset') throw new Error(`${name} is no style`);
            return `\n  <style>${String(style.source).trim()}</style>`;
          });
      },
    },
  };
}

/** `npm run dev` builds nothing: the second part is its source. */
const unbuilt: Plugin = {
  name: 'resident-unbuilt',
  apply: 'serve',
  transformIndexHtml: (html) => html.replace('data-rest=""', 'data-rest="/resident/rest.tsx"'),
};

/** A file that goes into the HTML instead. */
function taken(bundle: Rolldown.OutputBundle = {}, name = ''): Rolldown.OutputAsset | Rolldown.OutputChunk {
  const file = bundle[name];
  if (!file) throw new Error(`the resident's page has no file "${name}"`);
  delete bundle[name];
  return file;
}

async function secondPart(): Promise<Rolldown.OutputChunk> {
  const built = await build({
    configFile: false,
    root: at('./'),
    publicDir: false,
    logLevel: 'warn',
    build: {
      ...OLD,
      write: false,
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      // What it exports is for the first part.
      rolldownOptions: { input: { rest: at('./resident/rest.tsx') }, preserveEntrySignatures: 'strict' },
    },
  }) as Rolldown.RolldownOutput;
  const [chunk, ...more] = built.output;
  if (more.length || chunk.imports.length) throw new Error('the second part is not one file');
  return chunk;
}

/** A script as it may stand in HTML: nothing in it ends it, and its hash is that of the file's bytes. */
function within(code: string): string {
  if (/[\r\0]/.test(code)) throw new Error('HTML would change the first part');
  return code.trim().replace(/<\/script/gi, '<\\/script').replace(/<!--/g, '\\x3c!--');
}

/*
 * Three builds: the resident's page is made for old phones and shares no chunk with the others, so that
 * weigh.mjs can hold it to its size; the simulator's page is served by the simulator alone.
 */
export default defineConfig(({ mode }) => {
  const resident = mode === 'resident';
  const simulator = mode === 'simulator';
  const pages: Record<string, string> = resident
    ? { resident: at('./resident/index.html') }
    : simulator
      ? { simulator: at('./simulator/index.html') }
      : {
          start: at('./index.html'),
          console: at('./console/index.html'),
          station: at('./station/index.html'),
          community: at('./community/index.html'),
        };
  return {
    base: '/',
    root: at('./'),
    publicDir: false,
    plugins: resident ? [twoParts()] : simulator ? [] : [vue(), unbuilt],
    define: { __VUE_OPTIONS_API__: 'false', __VUE_PROD_DEVTOOLS__: 'false' },
    build: {
      outDir: simulator ? '../simulator/static' : '../api/static',
      emptyOutDir: !resident,
      ...(resident ? OLD : { target: 'es2022' }),
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 1200,
      rolldownOptions: { input: pages },
    },
    server: { proxy: { '/api': { target: 'http://127.0.0.1:8110', ws: true } } },
    test: {
      projects: [
        { extends: true, test: { name: 'plain', include: ['**/*.test.ts'], exclude: ['node_modules/**', '**/*.drawn.test.ts'] } },
        // Components, drawn without a browser.
        { extends: true, test: { name: 'drawn', include: ['**/*.drawn.test.ts'], exclude: ['node_modules/**'], environment: './drawn/environment.ts' } },
      ],
    },
  };
});
