/*
 * The first part of the page: small, whole and enough to report, within the HTML. The second (rest.tsx: call,
 * thread, camera, position) is fetched behind it, and at the latest when somebody taps.
 */

import { language, onLanguage } from '../shared/i18n';
import { fitRoom } from '../shared/viewport';
import { FirstScreens } from './first';
import { persist, type Loading } from './loading';
import { Report } from './report';
import type { Rest } from './rest';

const page = document.getElementById('page') as HTMLElement;
const report = new Report();
const first = new FirstScreens(page, report);
let rest: Rest | null = null;
let loading: Loading<void> | null = null;

function draw(): void {
  if (rest && report.kept) {
    first.leave();
    rest.show();
    return;
  }
  if (rest) rest.hide();
  first.draw();
}

/** After an upgrade the second part has another name, and this page asks for one that is gone. */
async function outdated(): Promise<boolean> {
  const html = await (await fetch(location.pathname, { cache: 'no-store' })).text();
  const [, present] = /data-rest="([^"]+)"/.exec(html) || [];
  return present !== undefined && present !== page.dataset.rest;
}

async function load(tried: number): Promise<void> {
  if (tried % 3 === 2 && report.reloadable && (await outdated())) location.reload();
  // Browsers remember that a module failed, by its address.
  const address = page.dataset.rest + (tried ? '?again=' + tried : '');
  const { takeOver } = (await import(/* @vite-ignore */ address)) as typeof import('./rest');
  rest = takeOver(page, report);
  draw();
}

function fetchRest(): void {
  if (loading) loading.hurry();
  else loading = persist(load);
}

document.documentElement.lang = language();
fitRoom();
report.on(draw);
report.on((news) => { if (news === 'raised') fetchRest(); });
onLanguage(draw);
window.addEventListener('online', draw);
window.addEventListener('offline', draw);
draw();
// Before there is a report nothing else says that nobody could answer it.
setInterval(() => { if (!report.kept && document.visibilityState !== 'hidden') report.look(); }, 30000);
// A promise has an end: what is said while somebody waits changes with time.
setInterval(() => { if (report.kept) draw(); }, 1000);
if (report.kept || report.entry || report.back) fetchRest();
else requestAnimationFrame(() => setTimeout(fetchRest, 0));
// A page in the background is not painted.
setTimeout(() => { if (!loading) fetchRest(); }, 1000);
