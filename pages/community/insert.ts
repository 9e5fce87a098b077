import { useLayoutEffect, useRef } from 'preact/hooks';
import { inserted } from './preparedtext';

interface Insert {
  field: { current: HTMLTextAreaElement | null };
  /** To be told of whatever may move the cursor. */
  place: (event: { currentTarget: HTMLTextAreaElement }) => void;
  /** Adds to the text at the cursor; false when there is no room. */
  add: (piece: string) => boolean;
}

/** A way to add to the text of a field where the cursor was last. While `elsewhere` is true the field does not
 * get the focus. */
export function useInsert(most: number, now: () => string, set: (text: string) => void, elsewhere: boolean): Insert {
  const field = useRef<HTMLTextAreaElement>(null);
  const cursor = useRef<number | null>(null);
  // Where the cursor goes once what was added is drawn.
  const going = useRef<number | null>(null);
  useLayoutEffect(() => {
    const { current } = field;
    if (going.current === null || elsewhere || !current) return;
    current.focus();
    current.setSelectionRange(going.current, going.current);
    going.current = null;
  });
  return {
    field,
    place: (event) => { cursor.current = event.currentTarget.selectionEnd; },
    add: (piece) => {
      const after = inserted(now(), cursor.current, piece, most);
      if (!after) return false;
      set(after.text);
      cursor.current = going.current = after.cursor;
      return true;
    },
  };
}
