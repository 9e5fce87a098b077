/*
 * Time as the server sees it, and times in words. A phone's clock may be wrong by minutes; the
 * difference is learnt from `server_at` of /config and of each pong.
 */

import { language, say } from './i18n';
import { once } from './once';

const state = once('clock', () => ({ offset: 0, best: Infinity, formats: {} as Record<string, Intl.DateTimeFormat> }));

/** Learns from an answer to something sent at `sentAt` (device clock); the quickest answer counts. */
export function learn(serverAt: number, sentAt: number, heardAt = Date.now()): void {
  const trip = Math.max(0, heardAt - sentAt);
  if (trip > state.best * 1.5 + 20) return;
  state.best = Math.min(state.best, trip);
  state.offset = serverAt - (sentAt + trip / 2);
}

/** Now by the server's clock, Unix ms. */
export function now(): number {
  return Date.now() + state.offset;
}

const two = (n: number): string => (n < 10 ? '0' : '') + n;

/** A running clock since `since`: 00:42, 12:05, 1:02:03. */
export function elapsed(since: number, until = now()): string {
  const all = Math.max(0, Math.floor((until - since) / 1000));
  const hours = Math.floor(all / 3600);
  const minutes = Math.floor(all / 60) % 60;
  const tail = two(minutes) + ':' + two(all % 60);
  return hours ? hours + ':' + tail : tail;
}

/** How long ago, in words. */
export function ago(at: number, until = now()): string {
  const seconds = Math.max(0, Math.round((until - at) / 1000));
  if (seconds < 5) return say(['刚刚', 'just now']);
  if (seconds < 60) return say(['{n} 秒前', '{n} s ago'], { n: seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return say(['{n} 分钟前', '{n} min ago'], { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return say(['{n} 小时前', '{n} h ago'], { n: hours });
  return say(['{n} 天前', '{n} d ago'], { n: Math.floor(hours / 24) });
}

/** Clock time of the day in the viewer's zone: 14:03:27. */
export function timeOfDay(at: number): string {
  const d = new Date(at);
  return two(d.getHours()) + ':' + two(d.getMinutes()) + ':' + two(d.getSeconds());
}

/** The exact time, for a title or a report. A formatter costs as much as a thousand uses of it: one is kept. */
export function exact(at: number): string {
  const wanted = language();
  const { formats } = state;
  const format = formats[wanted] || (formats[wanted] = new Intl.DateTimeFormat(wanted, {
    year: 'numeric', month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false,
  }));
  return format.format(at);
}
