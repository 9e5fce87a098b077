/* Two people changed the same notice: what each of them changed, and what comes of choosing. */

import type { NoticeView } from '../shared/notices';
import { draftOf, type Draft } from './draft';

export const FIELDS = ['title', 'text', 'link', 'picture', 'communities', 'urgent', 'sendAt', 'expiresAt'] as const;
export type Field = (typeof FIELDS)[number];
/** `both`: one text after the other, or the communities of both. */
export type Choice = 'mine' | 'theirs' | 'both';
export type Choices = Partial<Record<Field, Choice>>;

/** Where two differ, and who moved away from what both began with. */
export interface Difference { field: Field; changed: Choice }

export function same(a: Draft, b: Draft, field: Field): boolean {
  return said(a, field) === said(b, field);
}

export function alike(a: Draft, b: Draft): boolean {
  return FIELDS.every((field) => same(a, b, field));
}

export function differences(was: Draft, mine: Draft, theirs: Draft): Difference[] {
  return FIELDS.filter((field) => !same(mine, theirs, field)).map((field) => ({
    field, changed: same(mine, was, field) ? 'theirs' : same(theirs, was, field) ? 'mine' : 'both',
  }));
}

/** What only one of them changed is taken as changed; what both did is for a person to choose. */
export function proposed(found: readonly Difference[]): Choices {
  const choices: Choices = {};
  for (const { field, changed } of found) if (changed !== 'both') choices[field] = changed;
  return choices;
}

export function mayJoin(field: Field): boolean {
  return field === 'text' || field === 'communities';
}

/** `mine` with what was chosen; where nothing was, it stays as it is. */
export function merged(mine: Draft, theirs: Draft, choices: Choices): Draft {
  const next = { ...mine, communities: [...mine.communities] };
  for (const field of FIELDS) {
    if (choices[field] === 'theirs') Object.assign(next, { [field]: theirs[field] });
    if (choices[field] !== 'both') continue;
    if (field === 'text') next.text = `${mine.text.trim()}\n\n${theirs.text.trim()}`;
    if (field === 'communities') next.communities = Array.from(new Set([...mine.communities, ...theirs.communities]));
  }
  return next;
}

/** Who changed it last, of those who are not `me`; empty when its log does not say. */
export function changedBy(notice: NoticeView, me: string): string {
  const last = notice.entries.filter((one) => one.what === 'notice.edited' && one.who.id !== me).pop();
  return last ? last.who.name : '';
}

/** The words of a notice, to compare with what is being written on it. */
export function wordsOf(notice: NoticeView): Draft {
  return draftOf(notice, '');
}

function said(one: Draft, field: Field): string {
  const value = one[field];
  return Array.isArray(value) ? value.slice().sort().join('\n') : typeof value === 'string' ? value.trim() : String(value);
}
