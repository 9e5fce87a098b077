/* Prepared answers as they come into a text: only ever added to what is written. */

/** What is written for the number of a tip and its station, in either language. */
export const BLANKS = { a: '{编号}', b: '{派出所}' } as const;

/** The text for one tip: {编号} is its number, {派出所} its station; as domain/prepared_answer.py. */
export function filled(text: string, tip: { number: string; station_name: string }): string {
  const given: Record<string, string> = { [BLANKS.a]: tip.number, [BLANKS.b]: tip.station_name };
  return text.replace(/\{[^{}]*\}/g, (blank) => given[blank] ?? blank);
}

/** `piece` in `text` at the cursor, or behind it when nobody has put one; null when that were more than `most`. */
export function inserted(text: string, cursor: number | null, piece: string, most: number): { text: string; cursor: number } | null {
  if (text.length + piece.length > most) return null;
  const at = cursor === null ? text.length : Math.min(cursor, text.length);
  return { text: text.slice(0, at) + piece + text.slice(at), cursor: at + piece.length };
}
