/*
 * Language of the page: Chinese first, English by switch, never mixed in one line.
 *
 * Words are kept as pairs, so that neither language can lack what the other has:
 *   const t = translator({ send: ['发送', 'Send'], waited: ['已等 {n} 秒', 'Waiting {n} s'] });
 *   t('waited', { n: 12 })
 * A page draws again when onLanguage() tells it to.
 */

import { once } from './once';

export type Language = 'zh-CN' | 'en';
export type Pair = readonly [zh: string, en: string];
export type Words = Readonly<Record<string, Pair>>;
export type Values = Readonly<Record<string, string | number>>;

const KEPT = 'jingmin.language';
const state = once('language', () => ({ present: first(), listeners: [] as Array<(language: Language) => void> }));

function first(): Language {
  if (typeof location === 'undefined') return 'zh-CN';
  const asked = /[?&]lang=(zh|en)/.exec(location.search);
  if (asked) return asked[1] === 'en' ? 'en' : 'zh-CN';
  try {
    return localStorage.getItem(KEPT) === 'en' ? 'en' : 'zh-CN';
  } catch {
    return 'zh-CN';
  }
}

export function language(): Language {
  return state.present;
}

export function setLanguage(next: Language): void {
  state.present = next;
  try {
    localStorage.setItem(KEPT, next);
  } catch {
    // A private window keeps nothing; the choice holds until it is closed.
  }
  if (typeof document !== 'undefined') document.documentElement.lang = next;
  for (const fn of state.listeners.slice()) fn(next);
}

/** Calls `fn` at each change; the returned function stops that. */
export function onLanguage(fn: (language: Language) => void): () => void {
  state.listeners.push(fn);
  return () => { state.listeners.splice(state.listeners.indexOf(fn), 1); };
}

/** The half of a pair that belongs to the page's language, with `{name}` filled in. */
export function say(pair: Pair, values?: Values): string {
  const text = pair[state.present === 'en' ? 1 : 0];
  if (!values) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    values[name] === undefined ? whole : String(values[name]));
}

/** Several names in one sentence. */
export function listed(names: readonly string[]): string {
  return names.join(say(['、', ', ']));
}

/** Several whole sentences: only Latin script has a space between them. */
export function sentences(...said: readonly string[]): string {
  return said.filter(Boolean).join(say(['', ' ']));
}

export function translator<W extends Words>(words: W): (key: keyof W, values?: Values) => string {
  return (key, values) => say(words[key], values);
}
