/* What was being written to a resident, kept in this tab so that another tip can be looked at meanwhile. */

const NAME = 'jingmin.tip.';

export function read(tip: string): string {
  try {
    return sessionStorage.getItem(NAME + tip) || '';
  } catch {
    return '';
  }
}

export function write(tip: string, text: string): void {
  try {
    if (text) sessionStorage.setItem(NAME + tip, text);
    else sessionStorage.removeItem(NAME + tip);
  } catch {
    // A private window keeps nothing.
  }
}

/** At the end of a log-in nothing of it stays behind. */
export function forget(): void {
  try {
    for (const name of Object.keys(sessionStorage)) if (name.startsWith(NAME)) sessionStorage.removeItem(name);
  } catch {
    // As above.
  }
}
