/*
 * The second part of the page: everything that follows a report. It is a build of its own and imports nothing of
 * the first, which has no address: what both know they hold by shared/once, the report is handed over.
 */

import { render } from 'preact';
import thread from '../parts/thread.css?inline';
import { App } from './app';
import call from './call.css?inline';
import composer from './composer.css?inline';
import over from './over.css?inline';
import type { Report } from './report';
import { Session } from './session';
import silent from './silent.css?inline';

export interface Rest {
  show(): void;
  hide(): void;
}

/** Follows `report` from now on; the page itself is given when there is something to show. */
export function takeOver(page: HTMLElement, report: Report): Rest {
  // Within the script, so that there is one file to fetch and to fail.
  const style = document.createElement('style');
  style.textContent = [call, composer, over, silent, thread].join('\n');
  document.head.appendChild(style);
  const session = new Session(report);
  let shown = false;
  return {
    show: () => {
      if (shown) return;
      shown = true;
      page.textContent = '';
      render(<App session={session} />, page);
    },
    hide: () => {
      if (shown) render(null, page);
      shown = false;
    },
  };
}
