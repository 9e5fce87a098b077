/* What went wrong with a request, in the page's language. Codes are those of domain/errors.py. */

import { language, say } from './i18n';
import type { Problem } from './types';

/** Here and not in words.ts: the first part of the resident's page needs these and no other. */
export const NETWORK = {
  network: ['网络不通', 'No network'],
  network_hint: ['内容没有丢失，网络恢复后可重试', 'Nothing is lost; try again when the network is back'],
  slow: ['服务器没有及时回应', 'The server did not answer in time'],
} as const;

/** The server's refusal, or (`network`) no answer at all: then nobody knows whether it was done. */
export class Fault extends Error {
  readonly code: string;
  readonly status: number;
  readonly network: boolean;
  readonly detail: string;
  readonly facts: Readonly<Record<string, unknown>>;
  private readonly zh: string;
  private readonly en: string;

  constructor(problem: Partial<Problem> & { code: string }, network = false) {
    super(problem.code);
    this.name = 'Fault';
    this.code = problem.code;
    this.status = problem.status || 0;
    this.network = network;
    this.detail = problem.detail || '';
    this.facts = problem.facts || {};
    this.zh = problem.title_zh || problem.title || problem.code;
    this.en = problem.title_en || problem.title || problem.code;
  }

  /** For people, in the page's language. */
  get words(): string {
    return language() === 'en' ? this.en : this.zh;
  }

  /** A later try of the same request may succeed. */
  get passing(): boolean {
    return this.network || this.status >= 500 || this.status === 429 || this.status === 408;
  }
}

export function networkFault(slow: boolean): Fault {
  const [zh, en] = slow ? NETWORK.slow : NETWORK.network;
  return new Fault({ code: slow ? 'slow' : 'network', title_zh: zh, title_en: en }, true);
}

/** By its name, not its class: the resident's page is two scripts, each with its own copy of the class. */
export function isFault(error: unknown): error is Fault {
  return error instanceof Error && error.name === 'Fault';
}

/** Anything thrown, as something that can be shown. */
export function asFault(error: unknown): Fault {
  if (isFault(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Fault({ code: 'page', title_zh: '页面出错', title_en: 'The page failed', detail: message });
}

/** Words for anything thrown. */
export function faultWords(error: unknown): string {
  return asFault(error).words;
}

/** A fault with what to try, in one line. */
export function faultWithHint(error: unknown): string {
  const fault = asFault(error);
  return fault.network ? say(['{a}。{b}', '{a}. {b}'], { a: fault.words, b: say(NETWORK.network_hint) })
    : fault.words;
}
