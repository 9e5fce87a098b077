import { h } from 'preact';
import { expect, it } from 'vitest';
import { Page } from '../drawn/page';
import { Dialog } from './pieces';

it('is open as soon as it is drawn: the next key is not for the page behind it', () => {
  const page = new Page(h(Dialog, { head: '快捷键', close: () => undefined, children: null }));
  expect(page.get('快捷键', 'aria-label').open).toBe(true);
  page.leave();
});
