import vue from '@vitejs/plugin-vue';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const at = (path: string): string => new URL(path, import.meta.url).pathname;

/*
 * The resident's page asks for its HTML and one script before its button works: over 400 ms there and back
 * each file more is felt. So its style is within, and the address of the second part, to ask for it again; the
 * script comes last, when the connection that brought the HTML is free: another would first have to be opened.
 */
const twoParts: Plugin = {
  name: 'resident-two-parts',
  transformIndexHtml: {
    order: 'post',
    handler(html, { bundle = {} }) {
      const files = Object.values(bundle);
      const rest = files.find((one) => one.type === 'chunk' && one.isDynamicEntry);
      if (!rest) throw new Error("the resident's page has no second part");
      const [script] = /\s*<script type="module"[^>]*><\/script>/.exec(html) || [''];
      if (!script) throw new Error("the resident's page has no script");
      return html
        .replace(script, '')
        .replace('</body>', `${script.trim()}\n</body>`)
        .replace('data-rest=""', `data-rest="/${rest.fileName}"`)
        .replace(/\s*<link rel="stylesheet"[^>]*href="\/([^"]+)"[^>]*>/g, (_, name: string) => {
          const style = bundle[name];
          if (!style || style.type !== 'asset') throw new Error(`${name} is no style`);
          delete bundle[name];
          return `\n  <style>${String(style.source).trim()}</style>`;
        });
    },
  },
};

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
    plugins: resident ? [twoParts] : simulator ? [] : [vue()],
    define: { __VUE_OPTIONS_API__: 'false', __VUE_PROD_DEVTOOLS__: 'false' },
    build: {
      outDir: simulator ? '../simulator/static' : '../api/static',
      emptyOutDir: !resident,
      target: resident ? 'es2018' : 'es2022',
      cssTarget: resident ? ['chrome70', 'safari12'] : undefined,
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
