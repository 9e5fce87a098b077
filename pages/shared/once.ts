/*
 * What a page knows once, of however many scripts it is made: the resident's page is two, and each has its own
 * copy of the modules that both need. Such a module keeps nothing but here, so that the other copy has it too.
 *
 *   const state = once('language', () => ({ present: 'zh-CN' }));
 */

const page = (typeof window === 'undefined' ? {} : window) as { jingmin?: Record<string, unknown> };

/** The state of this name, made by whoever asks first. */
export function once<T>(name: string, make: () => T): T {
  const kept = page.jingmin || (page.jingmin = {});
  if (!(name in kept)) kept[name] = make();
  return kept[name] as T;
}
