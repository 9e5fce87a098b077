import { useEffect, useReducer } from 'preact/hooks';

/** Draws the component again every second. */
export function useTick(): void {
  const [, tick] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const timer = setInterval(() => tick(0), 1000);
    return () => clearInterval(timer);
  }, []);
}
