import { useEffect, useState } from 'preact/hooks';
import { k } from './keywords';
import { Dialog } from './pieces';
import { hashOf, TABS } from './route';

/*
 * The keys of this page. What a key does is written on the element it means: `data-key="r"` is pressed or
 * written into by R. Nothing happens while somebody types, with Ctrl, Alt or Meta, or over an open dialog.
 */
const SHOWN: ReadonlyArray<readonly [string, Parameters<typeof k>[0]]> = [
  ['J ↓', 'next'], ['K ↑', 'previous'], ['Esc', 'back'], ['R', 'write'], ['C', 'prepared'], ['B', 'note'], ['U', 'urgent'], ['T', 'take'], ['E', 'end'], ['P', 'pass_on'], ['H', 'hand_over'],
  ['M', 'same'], ['X', 'select'], ['L', 'labels'], ['N', 'new'], ['/', 'search'], [TABS.map((_, n) => n + 1).join(' '), 'tabs'], ['?', 'keys'],
];

/** Listens as long as it is on the page; `?` shows the list. */
export function Keys() {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (press(event, () => setOpen(true))) event.preventDefault();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, []);
  const list = open && (
    <Dialog head={k('head')} close={() => setOpen(false)}>
      <dl class="keys" data-testid="keys">
        {SHOWN.map(([keys, words]) => (
          <div key={words}><dt>{keys.split(' ').map((key) => <kbd key={key}>{key}</kbd>)}</dt><dd>{k(words)}</dd></div>
        ))}
      </dl>
    </Dialog>
  );
  return (
    <>
      <button type="button" class="icon-button keys-button" aria-label={k('head')} title={k('head')} data-testid="keys-button" onClick={() => setOpen(true)}><kbd>?</kbd></button>
      {list}
    </>
  );
}

/** Does what the key says; whether it said something. */
export function press(event: KeyboardEvent, help: () => void): boolean {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return false;
  if (document.querySelector('dialog[open]')) return false;
  const { key } = event;
  const typing = types(event.target);
  if (key === 'Escape') return typing ? leave(event.target as HTMLElement) : act('Escape');
  if (typing) return false;
  if (key === '?' || key === '？') {
    help();
    return true;
  }
  if (key === 'j' || key === 'ArrowDown') return step(1);
  if (key === 'k' || key === 'ArrowUp') return step(-1);
  const tab = TABS[Number(key) - 1];
  if (tab) {
    location.hash = hashOf(tab);
    return true;
  }
  return key.length === 1 && act(key.toLowerCase());
}

function types(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function leave(field: HTMLElement): boolean {
  field.blur();
  return true;
}

function act(key: string): boolean {
  const one = Array.from(document.querySelectorAll<HTMLElement>('[data-key]')).find((found) => found.dataset.key === key && !found.hidden);
  if (!one || (one as HTMLButtonElement).disabled) return false;
  if (types(one)) one.focus();
  else one.click();
  return true;
}

/** To the row behind or before the one that is shown, and the focus with it. */
function step(by: 1 | -1): boolean {
  const rows = Array.from(document.querySelectorAll<HTMLAnchorElement>('.list a.row'));
  if (!rows.length) return false;
  const at = rows.findIndex((row) => row.getAttribute('aria-current') === 'true');
  const row = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
  if (!row) return false;
  row.focus();
  row.scrollIntoView({ block: 'nearest' });
  row.click();
  return true;
}
