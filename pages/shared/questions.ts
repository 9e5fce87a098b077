/* Questions of the thread that are answered with yes or no, and which answer belongs to which. */

import type { EntryView } from './types';

const SHOWN = 2;

/** What an answer answers, in the words of the question; '' for every other entry. */
export function questionOf(entries: readonly EntryView[], entry: EntryView): string {
  const { answers } = entry.data;
  if (typeof answers !== 'number') return '';
  const asked = entries.find((one) => one.seq === answers);
  return asked && asked.data.ask ? String(asked.data.text) : '';
}

/**
 * The questions that wait for yes or no, the oldest first and no more than two: not answered, not on the way
 * (`sent`), and nothing else was written since by the person who is asked.
 */
export function openQuestions(entries: readonly EntryView[], sent: readonly (number | null)[] = []): EntryView[] {
  const said = entries.filter(({ what, who }) => what === 'message' && who.role === 'RESIDENT');
  return entries.filter((one) => one.what === 'message' && one.data.ask === 'yes_no' && one.who.role !== 'RESIDENT'
    && sent.indexOf(one.seq) < 0
    && !said.some(({ seq, data }) => data.answers === one.seq || (seq > one.seq && data.answers === undefined))).slice(-SHOWN);
}
