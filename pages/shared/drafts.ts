/*
 * What somebody is writing and has not sent, kept in this browser for each person apart, until it is sent or
 * thrown away: over a change of tab, a reload and the end of the session.
 *
 *   drafts.open(me.id);                           whose are read and written from now on
 *   drafts.put('tip/' + id, { text });            null: sent, or thrown away
 *   drafts.get<{ text: string }>('tip/' + id);    null: nothing was written
 *
 * Another person on the same machine is not shown them. What nobody wrote on for a week is gone.
 */

export type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

interface Kept { at: number; value: object }

const NAME = 'jingmin.draft.';
export const KEPT_MS = 7 * 24 * 3600 * 1000;

export class Drafts {
  /** Whose; empty: nobody's, and nothing is kept. */
  owner = '';

  private readonly shelf: Shelf | null;
  private readonly clock: () => number;
  /** As written here; the truth where the browser keeps nothing. */
  private readonly memory = new Map<string, Kept>();
  private readonly listeners: Array<() => void> = [];

  constructor(shelf: Shelf | null, clock: () => number = Date.now) {
    this.shelf = shelf;
    this.clock = clock;
  }

  open(person: string): void {
    this.owner = person;
    this.tidy();
    this.changed();
  }

  get<T extends object>(what: string, owner = this.owner): T | null {
    const kept = this.kept(nameOf(owner, what));
    return owner && kept ? (kept.value as T) : null;
  }

  /** When it was last written on, Unix ms. */
  at(what: string): number | null {
    const kept = this.owner ? this.kept(nameOf(this.owner, what)) : null;
    return kept && kept.at;
  }

  /** `owner`: whose it was when the writing began, whoever sits here now. */
  put(what: string, value: object | null, owner = this.owner): void {
    if (!owner) return;
    const name = nameOf(owner, what);
    if (value === null) {
      this.memory.delete(name);
      this.guarded((shelf) => shelf.removeItem(name));
    } else {
      const kept = { at: this.clock(), value };
      this.memory.set(name, kept);
      this.guarded((shelf) => shelf.setItem(name, JSON.stringify(kept)));
    }
    this.changed();
  }

  /** Calls `fn` at each change, another tab's too; the returned function stops that. */
  on(fn: () => void): () => void {
    this.listeners.push(fn);
    return () => { this.listeners.splice(this.listeners.indexOf(fn), 1); };
  }

  /** Another tab of this browser wrote: as the browser's event says it. */
  heard(name: string | null): void {
    if (name === null) this.memory.clear();
    else if (name.startsWith(NAME)) this.memory.delete(name);
    else return;
    this.changed();
  }

  private kept(name: string): Kept | null {
    const known = this.memory.get(name);
    if (known) return known;
    const found = read(this.guarded((shelf) => shelf.getItem(name)));
    if (!found || this.old(found)) return null;
    this.memory.set(name, found);
    return found;
  }

  private old(one: Kept): boolean {
    return this.clock() - one.at > KEPT_MS;
  }

  private tidy(): void {
    this.guarded((shelf) => {
      const names = Array.from({ length: shelf.length }, (_, i) => shelf.key(i)).filter((name) => name !== null && name.startsWith(NAME));
      for (const name of names as string[]) {
        const found = read(shelf.getItem(name));
        if (!found || this.old(found)) shelf.removeItem(name);
      }
    });
  }

  /** A private window or a full disk keeps nothing: then it lasts as long as the page. */
  private guarded<T>(work: (shelf: Shelf) => T): T | null {
    try {
      return this.shelf && work(this.shelf);
    } catch {
      return null;
    }
  }

  private changed(): void {
    for (const fn of this.listeners.slice()) fn();
  }
}

function nameOf(owner: string, what: string): string {
  return NAME + owner + '/' + what;
}

function read(text: string | null): Kept | null {
  try {
    const found = JSON.parse(text || 'null') as Kept | null;
    return found && typeof found.at === 'number' && typeof found.value === 'object' && found.value !== null ? found : null;
  } catch {
    return null;
  }
}

/** The browser's drafts; other tabs are heard. */
export function browserDrafts(): Drafts {
  const drafts = new Drafts(allowed(() => window.localStorage));
  window.addEventListener('storage', ({ key }) => drafts.heard(key));
  return drafts;
}

/** Drafts that end with the tab, for a machine at which many sit in turn. */
export function tabDrafts(): Drafts {
  return new Drafts(allowed(() => window.sessionStorage));
}

/** Even looking at it may be refused. */
function allowed(look: () => Storage): Storage | null {
  try {
    return look();
  } catch {
    return null;
  }
}

/**
 * What is left in a field after `sent` was sent from it: what was written meanwhile is not taken away, neither
 * behind it nor instead of it.
 */
export function unsent(present: string, sent: string): string {
  if (present.trim() === sent.trim()) return '';
  return present.startsWith(sent) ? present.slice(sent.length).replace(/^\s+/, '') : present;
}
