/*
 * The report from the tap to its receipt. Belongs to the first part of the page: nothing here may need
 * the second one (rest.tsx), which follows the incident when it has come.
 */

import { Api, backoff, newKey, pause } from '../shared/api';
import { asFault, type Fault } from '../shared/fault';
import { language } from '../shared/i18n';
import type { ConfigView, Receipt } from '../shared/types';
import { browserShelf, KeptReport, type Kept } from './kept';
import type { Away } from './patience';

export type ReportNews = 'raised' | 'received' | 'changed';

/** The entry ticket in the address, when somebody has just come through the account's door in WeChat. */
export function entryOf(hash: string): string {
  const found = /^#wx=([\w.-]+)/.exec(hash);
  return found ? found[1] : '';
}

/** What a link of the desk carries that leads back into a report. */
export function backOf(hash: string): string {
  const found = /^#back=([\w.-]+)/.exec(hash);
  return found ? found[1] : '';
}

export class Report {
  readonly api = new Api({});
  config: ConfigView | null = null;
  kept: Kept | null;
  /** How the sending stands while there is no receipt. */
  tried = 0;
  fault: Fault | null = null;
  /** The incident of the last visit is not ours any more. */
  expired = false;
  entry: string;
  back: string;
  /** What keeps everybody from answering, as the server said last. */
  away: Away = { store: false, desks: false };

  private readonly shelf = new KeptReport(browserShelf());
  private readonly listeners: Array<(news: ReportNews) => void> = [];
  private sending: Kept | null = null;

  constructor() {
    this.entry = entryOf(location.hash);
    this.back = backOf(location.hash);
    // The ticket leaves the address: it is this person's.
    if (this.entry || this.back) history.replaceState(null, '', location.pathname + location.search);
    this.kept = this.shelf.load(Date.now());
    if (this.kept && this.kept.receipt) this.api.token = this.kept.receipt.token;
    else void this.send();
    this.look(5);
  }

  /** Asks what the service is, and whether anybody can answer. */
  look(tries = 1): void {
    this.api.config({ tries }).then((config) => {
      this.config = config;
      this.away = { store: config.store === 'down', desks: !config.desks };
      this.tell('changed');
    }, () => undefined);
  }

  on(fn: (news: ReportNews) => void): void {
    this.listeners.push(fn);
  }

  get silent(): boolean {
    return this.kept !== null && this.kept.silent;
  }

  /** Nothing would be lost by loading the page anew. */
  get reloadable(): boolean {
    return !this.kept || this.shelf.lasts;
  }

  /** The tap. The report leaves at once; everything else comes after. */
  raise(silent: boolean): void {
    if (this.kept) return;
    const kept: Kept = {
      key: newKey(),
      silent,
      tappedAt: Date.now(),
      notice: this.config ? this.config.notice_version : '1',
      receipt: null,
    };
    if (this.entry) kept.wechat = this.entry;
    this.keep(kept);
    void this.send();
    this.tell('raised');
  }

  keep(kept: Kept): void {
    this.expired = false;
    this.kept = kept;
    // Whoever opens the page again may be in danger: a test must not be there then.
    if (!kept.receipt || !kept.receipt.sandbox) this.shelf.save(kept);
    if (kept.receipt) this.api.token = kept.receipt.token;
  }

  /** Forgets the report on this phone; the incident itself is not touched. */
  forget(): void {
    this.shelf.forget();
    this.kept = null;
    this.api.token = '';
    this.tried = 0;
    this.fault = null;
  }

  tell(news: ReportNews): void {
    for (const fn of this.listeners.slice()) fn(news);
  }

  private async send(): Promise<void> {
    const { kept } = this;
    if (this.sending === kept) return;
    this.sending = kept;
    while (kept && this.kept === kept && !kept.receipt) {
      this.tried += 1;
      if (this.tried > 1) this.tell('changed');
      try {
        const body = {
          key: kept.key, silent: kept.silent, lang: language(), device_at: kept.tappedAt, notice: kept.notice,
          wechat: kept.wechat, hung_up: kept.left,
        };
        const headers = { 'Idempotency-Key': kept.key };
        kept.receipt = await this.api.post<Receipt>('/incidents', body, { headers, timeout: 10000 });
      } catch (error) {
        this.fault = asFault(error);
        this.tell('changed');
        await pause(Math.min(5000, backoff(this.tried)));
      }
    }
    if (this.sending === kept) this.sending = null;
    if (!kept || this.kept !== kept) return;
    this.fault = null;
    this.keep(kept);
    this.tell('received');
  }
}
