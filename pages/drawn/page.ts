/*
 * For tests: a small document for components of Preact, which says what is on the screen and can be written
 * into and pressed. It has what Preact touches, and no more.
 */
import { render, type ComponentChild } from 'preact';
import { vi } from 'vitest';

const PATIENCE_MS = 30_000;
vi.setConfig({ testTimeout: 2 * PATIENCE_MS });

/** Waits until `holds` throws no more. */
export function soon(holds: () => void): Promise<void> {
  return vi.waitFor(holds, { timeout: PATIENCE_MS, interval: 5 });
}

class Leaf {
  parentNode: Box | null = null;
  constructor(readonly nodeType: number, public data = '') {}
  get nextSibling(): Leaf | null {
    const all = this.parentNode?.childNodes ?? [];
    return all[all.indexOf(this) + 1] ?? null;
  }
  remove(): void {
    this.parentNode?.removeChild(this);
  }
  get text(): string {
    return this.data;
  }
}

export class Box extends Leaf {
  readonly childNodes: Leaf[] = [];
  readonly given = new Map<string, string>();
  readonly style: Record<string, string> = {};
  readonly namespaceURI = '';
  readonly ownerDocument = paper;
  value = '';
  checked = false;
  disabled = false;
  open = false;
  files: unknown[] | null = null;
  scrollTop = 0;
  scrollHeight = 0;
  private readonly hears = new Map<string, (event: object) => unknown>();

  constructor(readonly localName: string) { super(1); }

  get firstChild(): Leaf | null { return this.childNodes[0] ?? null; }
  get text(): string { return this.childNodes.map((one) => one.text).join(''); }
  get attributes(): Array<{ name: string; value: string }> { return [...this.given].map(([name, value]) => ({ name, value })); }
  setAttribute(name: string, value: unknown): void { this.given.set(name, String(value)); }
  removeAttribute(name: string): void { this.given.delete(name); }
  addEventListener(name: string, fn: (event: object) => unknown): void { this.hears.set(name, fn); }
  removeEventListener(name: string): void { this.hears.delete(name); }
  showModal(): void { this.open = true; }
  scrollIntoView(): void { /* nothing is out of sight here */ }
  insertBefore(one: Leaf, before: Leaf | null): Leaf {
    one.parentNode?.removeChild(one);
    this.childNodes.splice(before ? this.childNodes.indexOf(before) : this.childNodes.length, 0, one);
    one.parentNode = this;
    return one;
  }
  appendChild(one: Leaf): Leaf { return this.insertBefore(one, null); }
  removeChild(one: Leaf): void {
    this.childNodes.splice(this.childNodes.indexOf(one), 1);
    one.parentNode = null;
  }
  all(): Box[] {
    return [this, ...this.childNodes.flatMap((one) => (one instanceof Box ? one.all() : []))];
  }
  /** What a browser would call; a button that is disabled is not pressed. */
  hear(name: string, more: object = {}): void {
    if (this.disabled) return;
    const fn = this.hears.get(name);
    if (!fn) throw new Error(`<${this.localName}> does not listen to ${name}`);
    fn.call(this, { type: name, currentTarget: this, target: this, preventDefault: () => undefined, ...more });
  }
}

const paper = {
  createElementNS: (_: string, name: string): Box => new Box(name),
  createTextNode: (words: string): Leaf => new Leaf(3, words),
};

export class Page {
  readonly root = new Box('body');

  constructor(what: ComponentChild) { this.draw(what); }

  draw(what: ComponentChild): void {
    render(what, this.root as unknown as Element);
  }

  leave(): void { this.draw(null); }

  /** By its `data-testid`, or another attribute. */
  find(value: string, name = 'data-testid'): Box | undefined {
    return this.root.all().find((one) => one.given.get(name) === value);
  }

  get(value: string, name = 'data-testid'): Box {
    const found = this.find(value, name);
    if (!found) throw new Error(`no ${value} in: ${this.root.text}`);
    return found;
  }

  write(testid: string, value: string): void {
    const box = this.get(testid);
    box.value = value;
    box.hear('input');
  }

  tick(testid: string, checked = true): void {
    const box = this.get(testid);
    box.checked = checked;
    box.hear('change');
  }

  press(testid: string): void { this.get(testid).hear('click'); }
}
