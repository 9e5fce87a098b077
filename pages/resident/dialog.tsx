import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** A sheet over the page: the focus goes into it, stays in it, and back to where it was. Escape closes it. */
export function Sheet({ label, close, children }: { label: string; close: () => void; children: ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null);
  const stops = (): HTMLElement[] => Array.from((box.current as HTMLElement)
    .querySelectorAll<HTMLElement>('button:not([disabled]), a[href], input:not([disabled])'));
  // Before anything else happens: a key pressed in between would go to the page behind.
  useLayoutEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const first = stops()[0];
    if (first) first.focus();
    return () => { if (before && before.isConnected) before.focus(); };
  }, []);
  return (
    <div class="leaving" role="dialog" aria-modal="true" aria-label={label} ref={box}
      onKeyDown={(event) => {
        if (event.key === 'Escape') close();
        if (event.key !== 'Tab') return;
        const all = stops();
        const at = all.indexOf(document.activeElement as HTMLElement);
        const next = at + (event.shiftKey ? -1 : 1);
        event.preventDefault();
        all[(next + all.length) % all.length].focus();
      }}>
      <div class="leaving-card">{children}</div>
    </div>
  );
}
