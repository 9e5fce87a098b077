import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

const at = (path: string): string => new URL(path, import.meta.url).pathname;

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
    plugins: resident || simulator ? [] : [vue()],
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
