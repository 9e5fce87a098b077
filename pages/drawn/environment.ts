/*
 * A page without a browser, for tests of what components do: modules as for the web, and of the window as
 * much as they touch when they are loaded. They are drawn by `mount` (mount.ts), never by a real DOM.
 */
import type { Environment } from 'vitest/runtime';

export default {
  name: 'drawn',
  viteEnvironment: 'client',
  setup(global) {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
    const page = {
      window: global,
      document: { activeElement: null, documentElement: {}, createElement: () => ({}), addEventListener: () => undefined, removeEventListener: () => undefined },
      sessionStorage: storage,
      localStorage: storage,
      location: { search: '', hash: '', origin: 'http://127.0.0.1' },
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
      ResizeObserver: class { observe(): void {} disconnect(): void {} },
      HTMLElement: class {},
      Document: class {},
      ShadowRoot: class {},
      HTMLTextAreaElement: class {},
      navigator: {},
    };
    for (const [name, value] of Object.entries(page)) {
      Object.defineProperty(global, name, { value, configurable: true, writable: true });
    }
    return { teardown: () => undefined };
  },
} satisfies Environment;
