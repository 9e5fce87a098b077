/*
 * The report of this phone from the tap to its end: sends it, follows it, keeps the line and the
 * position. Screens draw what it holds and call its verbs.
 */

import { Api, backoff, newKey, pause } from '../shared/api';
import { asFault, type Fault } from '../shared/fault';
import { language } from '../shared/i18n';
import { mergeCaller } from '../shared/incidents';
import { Line } from '../shared/line';
import { Live, type LiveNews } from '../shared/live';
import { Outbox } from '../shared/outbox';
import type { FixIn } from '../shared/bodies';
import type { CallerView, ConfigView, EntryView, JoinView, Receipt } from '../shared/types';
import { browserShelf, KeptReport, type Kept } from './kept';
import { Permits, type Permit } from './permits';
import { Tracker } from './tracker';
import { entryOf, inWechat, loadSdk, WechatPlaces, type Places } from './wechat';

export type Screen = 'start' | 'sending' | 'live' | 'over';

const TEXTS = 'jingmin.texts';
const BRING_BACK_MS = 5000;
const ASK_BEFORE_RECEIPT_MS = 2500;

export class Session {
  readonly api = new Api({});
  readonly line: Line;
  readonly live: Live;
  config: ConfigView | null = null;
  kept: Kept | null;
  view: CallerView | null = null;
  outbox: Outbox;
  tracker: Tracker;
  permits: Permits;
  /** How the sending of the report stands while there is no receipt. */
  tried = 0;
  fault: Fault | null = null;
  /** The incident of the last visit is not ours any more. */
  expired = false;
  store = 'up';

  private readonly shelf = new KeptReport(browserShelf());
  private readonly listeners: Array<() => void> = [];
  private sending = false;
  private entry = '';
  private readonly places: Places | null;

  constructor() {
    this.places = this.arrive();
    this.line = new Line(() => this.api.post<JoinView>('/my/join'), () => this.changed());
    this.live = new Live('/api/v1/live/caller', () => this.api.token, () => this.tracker.still);
    this.live.on('message', (message) => this.hear(message));
    this.live.on('state', (state) => {
      if (state === 'refused') void this.check();
      this.changed();
    });
    this.tracker = this.newTracker();
    this.permits = this.newPermits();
    this.kept = this.shelf.load(Date.now());
    this.outbox = this.newOutbox();
    if (this.kept) this.resume(this.kept);
    if (this.entry) void this.bringBack();
    this.api.config({ tries: 5 }).then((config) => {
      this.config = config;
      this.changed();
    }, () => undefined);
  }

  on(fn: () => void): () => void {
    this.listeners.push(fn);
    return () => { this.listeners.splice(this.listeners.indexOf(fn), 1); };
  }

  get silent(): boolean {
    return this.kept !== null && this.kept.silent;
  }

  get screen(): Screen {
    if (!this.kept) return 'start';
    if (!this.kept.receipt) return 'sending';
    if (this.kept.left) return 'over';
    if (this.view && (this.view.state === 'CLOSED' || this.view.state === 'ABANDONED')) return 'over';
    return 'live';
  }

  /** The tap. The report leaves at once; everything else comes after. */
  raise(silent: boolean): void {
    if (this.kept) return;
    this.expired = false;
    this.kept = {
      key: newKey(),
      silent,
      tappedAt: Date.now(),
      notice: this.config ? this.config.notice_version : '1',
      receipt: null,
    };
    if (this.entry) this.kept.wechat = this.entry;
    this.shelf.save(this.kept);
    this.begin();
  }

  /** The caller hangs up; an unanswered report stays in the queue for call-back. */
  async hangUp(): Promise<void> {
    this.leave(true);
    this.release();
    await this.api.post('/my/hangup', {}, { tries: 5 });
  }

  /** Back again; `changed` raises a closed incident once more. */
  async comeBack(changed: boolean): Promise<void> {
    const view = await this.api.post<CallerView>('/my/return', { changed }, { tries: 3 })
      .catch((error: unknown) => {
        // Somebody has already called back: then there is nothing to return to, only to join.
        if (asFault(error).status !== 409) throw error;
        return this.api.get<CallerView>('/my/incident');
      });
    this.leave(false);
    this.merge(view);
    if (this.screen !== 'live') return;
    this.permits = this.newPermits();
    this.tracker = this.newTracker();
    this.tracker.release();
    this.follow();
    void this.permits.run(this.wanted());
  }

  /** Forgets the report on this phone; the incident itself is not touched. */
  startAnew(): void {
    this.release();
    this.live.close();
    this.outbox.stop();
    this.shelf.forget();
    try {
      localStorage.removeItem(TEXTS);
    } catch {
      // Nothing was kept then.
    }
    this.kept = this.view = null;
    this.api.token = '';
    this.tried = 0;
    this.fault = null;
    this.tracker = this.newTracker();
    this.permits = this.newPermits();
    this.outbox = this.newOutbox();
    this.changed();
  }

  /** How the person came here: the ticket leaves the address, and inside WeChat its SDK begins to load. */
  private arrive(): Places | null {
    this.entry = entryOf(location.hash);
    if (this.entry) history.replaceState(null, '', location.pathname + location.search);
    const browser = navigator.geolocation || null;
    return inWechat(navigator.userAgent) ? new WechatPlaces(loadSdk(this.api), browser) : browser;
  }

  /** Who wrote to 110 in the chat and presses its link is in that report here, too, not in a second one. */
  private async bringBack(): Promise<void> {
    const receipt = await this.api.post<Receipt>('/wechat/resume', { wechat: this.entry }, { timeout: BRING_BACK_MS })
      .catch(() => null);
    if (!receipt) return;
    this.entry = '';
    if (this.kept) {
      if (!this.kept.receipt || this.kept.receipt.id === receipt.id) return;
      // An older report of this phone: while it is open, it stays.
      const old = this.view || await this.api.get<CallerView>('/my/incident').catch(() => null);
      if (old && old.state !== 'CLOSED') return;
      this.startAnew();
    }
    this.expired = false;
    this.kept = { key: newKey(), silent: receipt.silent, tappedAt: receipt.raised_at, notice: '', receipt };
    this.shelf.save(this.kept);
    this.resume(this.kept);
  }

  private resume(kept: Kept): void {
    if (kept.receipt && kept.left) {
      this.api.token = kept.receipt.token;
      this.live.open();
      return;
    }
    this.begin();
    if (kept.receipt) this.follow();
  }

  private leave(left: boolean): void {
    if (!this.kept) return;
    this.kept.left = left;
    this.shelf.save(this.kept);
    this.changed();
  }

  private begin(): void {
    if (this.kept && this.kept.receipt) void this.permits.run(this.wanted());
    else {
      void this.send();
      // With a dead network the receipt may take long; what is asked for is then ready when it comes.
      setTimeout(() => this.askOnce(), ASK_BEFORE_RECEIPT_MS);
    }
    this.changed();
  }

  private askOnce(): void {
    if (this.kept && this.permits.state.position === 'unasked') void this.permits.run(this.wanted());
  }

  /** In silent mode a camera's light or a question on the screen can betray: only what is tapped. */
  private wanted(): readonly Permit[] {
    return this.silent ? ['position'] : ['position', 'camera', 'microphone'];
  }

  private async send(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    const { kept } = this;
    while (kept && this.kept === kept && !kept.receipt) {
      this.tried += 1;
      this.changed();
      try {
        const body = {
          key: kept.key, silent: kept.silent, lang: language(), device_at: kept.tappedAt, notice: kept.notice,
          wechat: kept.wechat,
        };
        const headers = { 'Idempotency-Key': kept.key };
        kept.receipt = await this.api.post<Receipt>('/incidents', body, { headers, timeout: 10000 });
      } catch (error) {
        this.fault = asFault(error);
        this.changed();
        await pause(Math.min(5000, backoff(this.tried)));
      }
    }
    this.sending = false;
    if (!kept || this.kept !== kept) return;
    this.fault = null;
    this.shelf.save(kept);
    this.follow();
    this.askOnce();
  }

  private follow(): void {
    if (!this.kept || !this.kept.receipt) return;
    this.api.token = this.kept.receipt.token;
    this.live.open();
    this.line.open();
    this.tracker.release();
    this.changed();
  }

  private hear(message: LiveNews): void {
    if (message.type !== 'caller') return;
    this.store = message.store;
    this.merge(message.incident);
  }

  private merge(fresh: CallerView): void {
    const before = this.view;
    this.view = mergeCaller(before, fresh);
    this.outbox.settle(this.view.entries);
    if (!this.view.tracking && this.tracker.state !== 'idle') this.tracker.stop();
    if (this.screen === 'over') this.release();
    else if (before && before.call !== this.view.call) this.line.open();
    this.changed();
  }

  /** The camera, the microphone, the position and the line are let go. */
  private release(): void {
    this.permits.end();
    this.tracker.stop();
    this.line.close();
    for (const kind of ['audio', 'video'] as const) {
      const track = this.line.track(kind);
      if (track) {
        track.onended = null;
        track.stop();
      }
      this.line.setTrack(kind, null);
    }
  }

  /** The socket was refused: is the token really no longer valid? */
  private async check(): Promise<void> {
    try {
      this.merge(await this.api.get<CallerView>('/my/incident'));
      this.live.open();
    } catch (error) {
      const { status } = asFault(error);
      if (status !== 401 && status !== 404) {
        await pause(3000);
        if (this.kept) this.live.open();
        return;
      }
      this.startAnew();
      this.expired = true;
      this.changed();
    }
  }

  private newTracker(): Tracker {
    const post = (position: FixIn): Promise<unknown> =>
      this.api.post('/my/position', position, { timeout: 8000 });
    return new Tracker(post, () => this.changed(), this.places);
  }

  private newPermits(): Permits {
    return new Permits(this.tracker, (kind, track) => this.line.setTrack(kind, track), () => this.changed());
  }

  private newOutbox(): Outbox {
    const changed = (entry: EntryView | null): void => {
      if (entry && this.view) this.merge({ ...this.view, entries: [entry] });
      else this.changed();
    };
    return new Outbox(this.api, '/my', changed, TEXTS);
  }

  private changed(): void {
    for (const fn of this.listeners.slice()) fn();
  }
}
