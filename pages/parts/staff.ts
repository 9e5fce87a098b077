/*
 * Who sits at a page of police officers: the session, its live feed, and what is known before anybody
 * logs in. Station and community build on it what they show.
 */

import { Api } from '../shared/api';
import { browserDrafts } from '../shared/drafts';
import { asFault, faultWords } from '../shared/fault';
import { Live, type LiveNews } from '../shared/live';
import type { LoginIn } from '../shared/bodies';
import type { ConfigView, DemoPerson, DemoView, MeView } from '../shared/types';
import { LOG_IN_MS } from '../shared/waiting';

export abstract class Staff {
  readonly api: Api;
  readonly live: Live;
  /** What is being written here; outlives the session. */
  readonly drafts = browserDrafts();
  config: ConfigView | null = null;
  /** undefined: not yet known. */
  me: MeView | null | undefined;
  /** Whom the demo lets in with one press. */
  demo: DemoPerson[] = [];
  /** What did not go as it should, in words. */
  trouble = '';

  private readonly listeners: Array<() => void> = [];

  constructor(face: 'station' | 'community') {
    this.api = new Api({ face });
    this.live = new Live('/api/v1/live?face=' + face);
    this.live.on('message', (message) => this.hear(message));
    this.live.on('state', () => this.heard());
    this.api.config({ tries: 3 }).then((config) => {
      this.config = config;
      if (config.demo) void this.loadDemo();
      this.changed();
    }, () => undefined);
  }

  on(fn: () => void): () => void {
    this.listeners.push(fn);
    return () => { this.listeners.splice(this.listeners.indexOf(fn), 1); };
  }

  async logIn(body: LoginIn): Promise<void> {
    this.enter(await this.api.post<MeView>('/session', body, { timeout: LOG_IN_MS }));
  }

  async logInDemo(login: string): Promise<void> {
    this.enter(await this.api.post<MeView>('/session/demo', { login }));
  }

  async logOut(): Promise<void> {
    this.live.close();
    this.me = null;
    this.drafts.open('');
    this.forget();
    this.changed();
    await this.api.delete('/session').catch(() => undefined);
  }

  /** Somebody has logged in; the live feed opens once nothing is missing from that. */
  enter(me: MeView): void {
    this.trouble = this.refusal(me);
    this.me = this.trouble ? null : me;
    this.drafts.open(this.me ? this.me.id : '');
    // Nobody sits here: a session left behind would be somebody's who may not.
    if (this.trouble) void this.api.delete('/session').catch(() => undefined);
    if (this.me && !me.code_needed && !me.password_needed) {
      this.live.close();
      this.live.open();
      this.entered();
    }
    this.changed();
  }

  /** What was set about oneself. */
  known(me: MeView): void {
    this.me = me;
    this.changed();
  }

  /** `who` is being asked for; `denied` says why it failed when that is known beforehand. */
  protected begin(who: Promise<MeView>, denied = ''): void {
    who.then((me) => this.enter(me)).catch((error: unknown) => {
      this.me = null;
      if (denied) this.trouble = denied;
      else if (asFault(error).status !== 401) this.trouble = faultWords(error);
      this.changed();
    });
  }

  protected changed(): void {
    for (const fn of this.listeners.slice()) fn();
  }

  /** The live feed was lost or came back. */
  protected heard(): void {
    this.changed();
  }

  /** Why this person may not sit here; empty when they may. */
  protected abstract refusal(me: MeView): string;
  /** Whom of these the demo offers here, the usual one first. */
  protected abstract offered(people: DemoPerson[]): DemoPerson[];
  protected abstract hear(message: LiveNews): void;
  /** Somebody sits here now. */
  protected abstract entered(): void;
  /** Nobody sits here any more. */
  protected abstract forget(): void;

  private async loadDemo(): Promise<void> {
    const view = await this.api.get<DemoView>('/demo').catch(() => null);
    if (view) this.demo = this.offered(view.people);
    this.changed();
  }
}
