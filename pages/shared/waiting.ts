/* How long a log-in has to wait, in words. */

import { Fault } from './fault';
import { say } from './i18n';

/** How long a log-in may take: at shift change everybody's password is looked at, two at a time. */
export const LOG_IN_MS = 60000;

/** 'Try again in 8 s', when the server said how long; else nothing. */
export function waitWords(fault: Fault): string {
  const seconds = Math.ceil(Number(fault.facts.seconds) || 0);
  if (fault.status !== 429 || seconds < 1) return '';
  if (seconds < 100) return say(['请在 {n} 秒后再试', 'Try again in {n} s'], { n: seconds });
  return say(['请在 {n} 分钟后再试', 'Try again in {n} min'], { n: Math.ceil(seconds / 60) });
}
