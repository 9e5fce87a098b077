import { h } from 'preact';
import { expect, it, vi } from 'vitest';
import { storage } from '../drawn/officer';
import { Page, soon } from '../drawn/page';
import { Drafts } from '../shared/drafts';
import type { Outbox } from '../shared/outbox';
import { Composer } from './composer';

it('a line to the caller that was not sent is there again, of this incident and this officer', async () => {
  const shelf = storage();
  const outbox = { text: vi.fn() };
  const show = (person: string, id: string): Page => {
    const drafts = new Drafts(shelf);
    drafts.open(person);
    return new Page(h(Composer, { outbox: outbox as unknown as Outbox, silent: false, drafts, id }));
  };
  const first = show('duty', 'a');
  first.write('text-input', '马上到');
  first.leave();
  expect(show('duty', 'b').get('text-input').value).toBe('');
  expect(show('other', 'a').get('text-input').value).toBe('');
  const again = show('duty', 'a');
  expect(again.get('text-input').value).toBe('马上到');
  again.get('composer', 'class').hear('submit');
  expect(outbox.text).toHaveBeenCalledWith('马上到');
  await soon(() => expect(again.get('text-input').value).toBe(''));
});
