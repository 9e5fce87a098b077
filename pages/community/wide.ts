import { useEffect, useState } from 'preact/hooks';

/** Whether the window is at least so wide, in pixels of CSS. */
export function useWide(pixels: number): boolean {
  const query = `(min-width: ${pixels}px)`;
  const [wide, setWide] = useState(() => typeof matchMedia === 'function' && matchMedia(query).matches);
  useEffect(() => {
    if (typeof matchMedia !== 'function') return undefined;
    const list = matchMedia(query);
    const turn = (): void => setWide(list.matches);
    turn();
    list.addEventListener('change', turn);
    return () => list.removeEventListener('change', turn);
  }, [query]);
  return wide;
}
