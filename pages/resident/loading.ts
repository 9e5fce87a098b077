/* Fetches the second part of the page, again and again until it is there. */

import { backoff, pause } from '../shared/api';

export interface Loading<T> {
  done: Promise<T>;
  /** The next try is now: somebody has tapped. */
  hurry(): void;
}

/** `load` is given the number of the try, from 0. */
export function persist<T>(load: (tried: number) => Promise<T>): Loading<T> {
  let hurry = (): void => undefined;
  const run = async (): Promise<T> => {
    for (let tried = 0; ; tried++) {
      const waiting = new Promise<void>((resolve) => { hurry = resolve; });
      try {
        return await load(tried);
      } catch {
        await Promise.race([pause(Math.min(5000, backoff(tried + 1))), waiting]);
      }
    }
  };
  return { done: run(), hurry: () => hurry() };
}
