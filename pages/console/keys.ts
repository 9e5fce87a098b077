/*
 * The keys of the desk. A component offers an act while it is on the screen; a key does it. Nothing
 * happens while somebody types, or with Ctrl, Alt or Meta.
 */
import { onBeforeUnmount, reactive, ref } from 'vue';

import type { Word } from './words';

export type Act =
  | 'answer' | 'next' | 'previous' | 'unseen' | 'priority' | 'lane1' | 'lane2' | 'lane3' | 'lane4' | 'station' | 'other'
  | 'mute' | 'return' | 'camera' | 'snapshot' | 'text' | 'note' | 'kind' | 'place' | 'fit' | 'close' | 'end' | 'recall' | 'quick'
  | 'archive' | 'desk' | 'help' | 'escape';

interface Key { keys: string[]; act: Act; say?: Word; group?: Word }

export const KEYS: readonly Key[] = [
  { keys: ['a', 'Enter'], act: 'answer', say: 'keys.answer', group: 'keys.group.queue' },
  { keys: ['j', 'ArrowDown'], act: 'next', say: 'keys.next', group: 'keys.group.queue' },
  { keys: ['k', 'ArrowUp'], act: 'previous', say: 'keys.previous', group: 'keys.group.queue' },
  { keys: ['b'], act: 'unseen', say: 'keys.unseen', group: 'keys.group.queue' },
  { keys: ['1'], act: 'lane1', say: 'keys.tabs', group: 'keys.group.queue' },
  { keys: ['2'], act: 'lane2' },
  { keys: ['3'], act: 'lane3' },
  { keys: ['4'], act: 'lane4' },
  { keys: ['r'], act: 'return', say: 'keys.return', group: 'keys.group.call' },
  { keys: ['m'], act: 'mute', say: 'keys.mute', group: 'keys.group.call' },
  { keys: ['v'], act: 'camera', say: 'keys.camera', group: 'keys.group.call' },
  { keys: ['p'], act: 'snapshot', say: 'keys.snapshot', group: 'keys.group.call' },
  { keys: ['t'], act: 'text', say: 'keys.text', group: 'keys.group.call' },
  { keys: ['e'], act: 'end', say: 'keys.end', group: 'keys.group.call' },
  { keys: ['r'], act: 'recall', say: 'keys.recall', group: 'keys.group.call' },
  { keys: ['q'], act: 'quick', say: 'keys.quick', group: 'keys.group.call' },
  { keys: ['s'], act: 'station', say: 'keys.station', group: 'keys.group.case' },
  { keys: ['o'], act: 'other', say: 'keys.other', group: 'keys.group.case' },
  { keys: ['g'], act: 'kind', say: 'keys.kind', group: 'keys.group.case' },
  { keys: ['u'], act: 'priority', say: 'keys.priority', group: 'keys.group.case' },
  { keys: ['n'], act: 'note', say: 'keys.note', group: 'keys.group.case' },
  { keys: ['l'], act: 'place', say: 'keys.place', group: 'keys.group.case' },
  { keys: ['f'], act: 'fit', say: 'keys.fit', group: 'keys.group.case' },
  { keys: ['c'], act: 'close', say: 'keys.close', group: 'keys.group.case' },
  { keys: ['h'], act: 'archive', say: 'keys.archive', group: 'keys.group.page' },
  { keys: ['d'], act: 'desk', say: 'keys.back', group: 'keys.group.page' },
  { keys: ['?', '？'], act: 'help', say: 'keys.help', group: 'keys.group.page' },
  { keys: ['Escape'], act: 'escape', say: 'keys.escape', group: 'keys.group.page' },
];

const NAMES: Record<string, string> = { ArrowDown: '↓', ArrowUp: '↑', Enter: '↵', Escape: 'Esc' };

/** The name of an act's first key as printed on a button. */
export function keyOf(act: Act): string {
  const key = KEYS.find((one) => one.act === act)?.keys[0] ?? '';
  return keyName(key);
}

export function keyName(key: string): string {
  return NAMES[key] ?? key.toUpperCase();
}

const offered = reactive(new Map<Act, Array<() => void>>());
/** Whether a dialog is open: only its own keys work then. */
export const modal = ref(0);

const REST_MS = 1000;
let restUntil = 0;

/** What was typed into a dialog that closed itself must not do something to the desk. */
export function rest(): void {
  restUntil = Date.now() + REST_MS;
}

/** While the component is mounted, the key does this; the newest offer counts. */
export function offer(acts: Partial<Record<Act, () => void>>): void {
  const mine = Object.entries(acts) as Array<[Act, () => void]>;
  for (const [act, run] of mine) offered.set(act, [...(offered.get(act) ?? []), run]);
  onBeforeUnmount(() => {
    for (const [act, run] of mine) offered.set(act, (offered.get(act) ?? []).filter((one) => one !== run));
  });
}

export function perform(act: Act): void {
  offered.get(act)?.at(-1)?.();
}

function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

function pressed(event: KeyboardEvent): void {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const { target } = event;
  if (event.key === 'Escape') {
    if (typing(target)) (target as HTMLElement).blur();
    perform('escape');
    return;
  }
  if (Date.now() < restUntil) {
    event.preventDefault();
    return;
  }
  if (typing(target) || (modal.value && event.key !== '?')) return;
  const onControl = target instanceof HTMLElement && target.closest('button, a, [role=tab], summary, video');
  // A card that is open already and rings: Enter answers it instead of opening it once more.
  const answers = target instanceof HTMLElement && target.dataset.enter === 'answer';
  if (event.key === 'Enter' && onControl && !answers) return;
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const found = KEYS.find((one) => one.keys.includes(name));
  if (!found || (event.repeat && found.act !== 'next' && found.act !== 'previous')) return;
  event.preventDefault();
  perform(found.act);
}

export function listenForKeys(): void {
  window.addEventListener('keydown', pressed);
}
