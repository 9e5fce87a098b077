import { useEffect, useRef } from 'preact/hooks';
import type { Listing } from './listing';
import { t } from './words';

/** The end of what is shown of a list: the next page comes as one scrolls there (`scrolls`), or at a press. */
export function More<T extends { id: string }, C>({ list, scrolls = true, words = t('more') }: {
  list: Listing<T, C>; scrolls?: boolean; words?: string;
}) {
  const button = useRef<HTMLButtonElement>(null);
  const count = list.items ? list.items.length : 0;
  const asks = scrolls && !list.busy && !list.fault;
  useEffect(() => {
    const { current } = button;
    if (!asks || !current || typeof IntersectionObserver === 'undefined') return undefined;
    const seen = new IntersectionObserver((found) => {
      if (found.some((one) => one.isIntersecting)) void list.more();
    }, { root: current.closest('.scroll'), rootMargin: '400px' });
    seen.observe(current);
    return () => seen.disconnect();
  }, [list, count, asks]);
  if (list.next === null) return null;
  // Not disabled while it reads: the focus would be lost.
  return (
    <button ref={button} type="button" class="button more" data-testid="more" aria-busy={list.busy} onClick={() => void list.more()}>
      {list.busy ? t('loading') : words}</button>
  );
}
