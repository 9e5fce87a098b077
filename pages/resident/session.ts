/*
 * What follows the report of this phone (report.ts) until its end: keeps the line and the position.
 * Screens draw what it holds and call its verbs.
 */

import { backoff, newKey, pause, type Api } from '../shared/api';
import { asFault, type Fault } from '../shared/fault';
import { mergeCaller } from '../shared/incidents';
import { Line } from '../shared/line';
import { Live, type LiveNews } from '../shared/live';
import { Outbox } from '../shared/outbox';
import { Reading } from '../shared/reading';
import type { FixIn } from '../shared/bodies';
import type { CallerView, EntryView, HangUp, JoinView, Receipt } from '../shared/types';
import { AppPlaces } from './embedded';
import type { Kept } from './kept';
import type { Away } from './patience';
import { Permits, type Permit } from './permits';
import type { Report } from './report';
import { Tracker } from './tracker';
import { inWechat, loadSdk, WechatPlaces, type Places } from './wechat';

export type Screen = 'start' | 'sending' | 'live' | 'over';

const TEXTS = 'jingmin.texts';
const BRING_BACK_MS = 5000;
const ASK_BEFORE_RECEIPT_MS = 2500;

export class Session {
  readonly api: Api;
  readonly line: Line;
  readonly live: Live;
  view: CallerView | null = null;
  outbox: Outbox;
  reading: Reading;
  tracker: Tracker;
  permits: Permits;

  private telling: Kept | null = null;
  private readonly report: Report;
  private readonly listeners: Array<() => void> = [];
  private readonly places: Places | null;

  constructor(report: Report) {
    this.report = report;
    this.api = report.api;
    // Inside WeChat its SDK begins to load at once.
    const browser = navigator.geolocation || null;
    const app = window.parent === window ? null : new AppPlaces(window.parent, browser);
    this.places = app || (inWechat(navigator.userAgent) ? new WechatPlaces(loadSdk(this.api), browser) : browser);
    const allow = (): void => { if (app && report.config) app.allow(report.config.embed_origins); };
    allow();
    report.on(allow);
    this.line = new Line((lost) => this.api.post<JoinView>('/my/join', { lost }), () => this.changed());
    this.live = new Live('/api/v1/live/caller', () => this.api.token, () => this.tracker.still);
    this.live.on('message', (message) => this.hear(message));
    this.live.on('state', (state) => {
      if (state === 'refused') void this.check();
      this.changed();
    });
    this.tracker = this.newTracker();
    this.permits = this.newPermits();
    this.outbox = this.newOutbox();
    this.reading = new Reading(this.api, '/my');
    report.on((news) => {
      if (news === 'raised') this.begin();
      if (news === 'received') this.received();
      this.redraw();
    });
    if (report.kept) this.resume(report.kept);
    if (report.entry || report.back) void this.bringBack();
  }

  on(fn: () => void): () => void {
    this.listeners.push(fn);
    return () => { this.listeners.splice(this.listeners.indexOf(fn), 1); };
  }

  get kept(): Kept | null {
    return this.report.kept;
  }

  /** How the sending of the report stands while there is no receipt. */
  get tried(): number {
    return this.report.tried;
  }

  get fault(): Fault | null {
    return this.report.fault;
  }

  /** A developer's test: nobody comes, and the page says so all the time. */
  get sandbox(): boolean {
    const { receipt } = this.kept || {};
    return receipt ? receipt.sandbox === true : false;
  }

  get silent(): boolean {
    return this.report.silent;
  }

  /** What keeps everybody from answering. */
  get away(): Away {
    const { receipt } = this.kept || {};
    return { ...this.report.away, store: this.report.away.store || (receipt ? receipt.journaled && !this.view : false) };
  }

  get screen(): Screen {
    if (!this.kept) return 'start';
    if (this.kept.left) return 'over';
    if (!this.kept.receipt) return 'sending';
    if (this.view && (this.view.state === 'CLOSED' || this.view.state === 'ABANDONED')) return 'over';
    return 'live';
  }

  /** The caller hangs up; an unanswered report stays in the queue for call-back. */
  hangUp(why: HangUp | null): void {
    if (this.kept && why) this.kept.why = why;
    this.leave(true);
    this.release();
    void this.tellServer();
  }

  /** The caller cannot speak: from here on the report is a silent one, and nobody hung up. */
  goSilent(): void {
    const { kept } = this;
    if (!kept) return;
    kept.silent = true;
    this.report.keep(kept);
    this.release();
    this.permits = this.newPermits();
    this.tracker = this.newTracker();
    void this.permits.run(this.wanted());
    this.changed();
    // Without a receipt the next try of the report says it.
    if (kept.receipt) void this.tellServer().then(() => { if (this.kept === kept) this.follow(); });
  }

  async leaveContact(contact: string): Promise<void> {
    this.merge(await this.api.post<CallerView>('/my/contact', { contact }, { tries: 3 }));
  }

  /** That the caller hung up, or cannot speak: again and again until the server knows, also after a reload. */
  private async tellServer(): Promise<void> {
    const { kept } = this;
    if (!kept || this.telling === kept) return;
    this.telling = kept;
    for (let tried = 1; kept === this.kept && kept.receipt; tried++) {
      const silent = kept.silent && !kept.receipt.silent;
      if (!silent && (!kept.left || kept.told)) break;
      try {
        await this.api.post('/my/hangup', { reason: silent ? 'CANNOT_SPEAK' : kept.why });
        if (silent) kept.receipt.silent = true;
        else if (kept.left) kept.told = true;
        if (kept === this.kept) this.report.keep(kept);
      } catch (error) {
        if (!asFault(error).passing) break;
        await pause(backoff(tried));
      }
    }
    this.telling = null;
  }

  /** The call is over, and the case is not. */
  get ended(): boolean {
    const { view } = this;
    return view !== null && (view.state === 'ANSWERED' || view.state === 'DISPATCHED')
      && (view.call_state === 'ENDED' || view.call_state === 'ABANDONED');
  }

  /** Rings whoever has the open case. */
  async callAgain(): Promise<void> {
    this.merge(await this.api.post<CallerView>('/my/return', { call: true }, { tries: 3 }));
  }

  /** Back again; `changed` raises a closed incident once more. */
  async comeBack(changed: boolean): Promise<void> {
    const view = await this.api.post<CallerView>('/my/return', { changed }, { tries: 3 })
      .catch((error: unknown) => {
        // Somebody has already called back: then there is nothing to return to, only to join.
        if (asFault(error).status !== 409) throw error;
        return this.api.get<CallerView>('/my/incident');
      });
    if (this.kept) {
      delete this.kept.why;
      delete this.kept.told;
    }
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
    this.report.forget();
    try {
      localStorage.removeItem(TEXTS);
    } catch {
      // Nothing was kept then.
    }
    this.view = null;
    this.tracker = this.newTracker();
    this.permits = this.newPermits();
    this.outbox = this.newOutbox();
    this.reading.stop();
    this.reading = new Reading(this.api, '/my');
    this.changed();
  }

  /**
   * Who wrote to 110 in the chat and presses its link is in that report here, too, not in a second one; so is
   * who opens a link that the desk gave him.
   */
  private async bringBack(): Promise<void> {
    const { entry, back } = this.report;
    const receipt = await (back
      ? this.api.post<Receipt>('/resume', { link: back }, { timeout: BRING_BACK_MS, tries: 3 })
      : this.api.post<Receipt>('/wechat/resume', { wechat: entry }, { timeout: BRING_BACK_MS })).catch(() => null);
    this.report.back = '';
    if (!receipt) return;
    this.report.entry = '';
    if (this.kept) {
      if (!this.kept.receipt) return;
      if (this.kept.receipt.id === receipt.id) {
        if (back && this.kept.left) await this.comeBack(false).catch(() => undefined);
        return;
      }
      // A report is not put away for a test.
      if (receipt.sandbox) return;
      // An older report of this phone: while it is open, it stays.
      const old = this.view || await this.api.get<CallerView>('/my/incident').catch(() => null);
      if (old && old.state !== 'CLOSED') return;
      this.startAnew();
    }
    const kept: Kept = { key: newKey(), silent: receipt.silent, tappedAt: receipt.raised_at, notice: '', receipt };
    this.report.keep(kept);
    if (receipt.sandbox) {
      // What is written in a test is not kept for what comes after it.
      this.outbox.stop();
      this.outbox = this.newOutbox();
    }
    this.resume(kept);
  }

  private resume(kept: Kept): void {
    if (kept.left) {
      if (kept.receipt) this.live.open();
      void this.tellServer();
      return;
    }
    this.begin();
    if (kept.receipt) this.follow();
  }

  private received(): void {
    if (this.kept && this.kept.left) {
      this.live.open();
      void this.tellServer();
      return;
    }
    if (this.kept && this.kept.receipt && this.kept.silent !== this.kept.receipt.silent) void this.tellServer();
    this.follow();
    this.askOnce();
  }

  private leave(left: boolean): void {
    if (!this.kept) return;
    this.kept.left = left;
    this.report.keep(this.kept);
    this.changed();
  }

  private begin(): void {
    if (this.kept && this.kept.receipt) void this.permits.run(this.wanted());
    else {
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

  private follow(): void {
    if (!this.kept || !this.kept.receipt) return;
    this.live.open();
    this.line.open();
    this.tracker.release();
    this.changed();
  }

  private hear(message: LiveNews): void {
    if (message.type !== 'caller') return;
    this.report.away = { store: message.store === 'down', desks: !message.desks };
    this.merge(message.incident);
  }

  private merge(fresh: CallerView): void {
    const before = this.view;
    const talked = !this.ended;
    this.view = mergeCaller(before, fresh);
    this.outbox.settle(this.view.entries);
    if (!this.view.tracking && this.tracker.state !== 'idle') this.tracker.stop();
    if (this.screen === 'over') this.release();
    else {
      if (this.ended && talked) this.switchOff();
      if (before && before.call !== this.view.call) {
        this.line.open();
        void this.permits.run(this.wanted().filter((one) => this.permits.state[one] === 'unasked'));
      }
    }
    this.changed();
  }

  /** The camera, the microphone, the position and the line are let go. */
  private release(): void {
    this.permits.end();
    this.tracker.stop();
    this.line.close();
    this.switchOff();
  }

  /** Camera and microphone are off; what was given is asked for again with the next call. */
  private switchOff(): void {
    for (const permit of ['camera', 'microphone'] as const) {
      if (this.permits.state[permit] === 'given') this.permits.state[permit] = 'unasked';
    }
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
      this.report.expired = true;
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
    return new Outbox(this.api, '/my', changed, this.sandbox ? '' : TEXTS);
  }

  private changed(): void {
    this.report.tell('changed');
  }

  private redraw(): void {
    for (const fn of this.listeners.slice()) fn();
  }
}
