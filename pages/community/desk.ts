/* The community officer's session: who is logged in, and what the live feed says to read again. */

import { Api } from '../shared/api';
import { asFault, faultWords } from '../shared/fault';
import { Live } from '../shared/live';
import type { ConfigView, CoverageList, CoverageView, DemoPerson, DemoView, LoginIn, MeView, StationList, StationView } from '../shared/types';
import * as kept from './kept';
import { cardOf, hashOf, ticketOf } from './route';
import { t } from './words';

const WORKS = ['COMMUNITY_OFFICER', 'STATION_OFFICER', 'SUPERVISOR'];

export class Desk {
  readonly api = new Api({ face: 'community' });
  readonly live = new Live('/api/v1/live?face=community');
  config: ConfigView | null = null;
  /** undefined: not yet known. */
  me: MeView | null | undefined;
  demo: DemoPerson[] = [];
  trouble = '';
  /** Counted up when something of that kind changed. */
  revision = { tips: 0, notices: 0, groups: 0 };
  stations: StationView[] | null = null;
  communities: CoverageView[] | null = null;

  private readonly listeners: Array<() => void> = [];

  constructor() {
    this.live.on('message', (message) => {
      if (message.type === 'touched') this.revision[message.what] += 1;
      else if (message.type === 'snapshot') {
        this.me = message.me;
        for (const kind of ['tips', 'notices', 'groups'] as const) this.revision[kind] += 1;
      } else return;
      this.changed();
    });
    this.live.on('state', () => this.changed());
    void this.begin();
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
    this.enter(await this.api.post<MeView>('/session', body));
  }

  async logInDemo(login: string): Promise<void> {
    this.enter(await this.api.post<MeView>('/session/demo', { login }));
  }

  async logOut(): Promise<void> {
    this.live.close();
    kept.forget();
    this.me = null;
    this.communities = null;
    this.changed();
    await this.api.delete('/session').catch(() => undefined);
  }

  /** Somebody has logged in; the live feed opens once nothing is missing from that. */
  enter(me: MeView): void {
    if (!WORKS.includes(me.role)) {
      this.me = null;
      this.trouble = t('login_wrong_role');
      this.changed();
      return;
    }
    this.me = me;
    this.trouble = '';
    if (!me.code_needed) {
      this.live.close();
      this.live.open();
      void this.loadPlaces();
    }
    this.changed();
  }

  /** What was set about oneself. */
  known(me: MeView): void {
    this.me = me;
    this.changed();
  }

  name(community: string): string {
    const found = this.communities && this.communities.find((one) => one.id === community);
    return found ? found.name : community;
  }

  keep(communities: CoverageView[]): void {
    this.communities = communities;
    this.changed();
  }

  private async begin(): Promise<void> {
    const { hash } = location;
    const ticket = ticketOf(hash);
    try {
      if (ticket) {
        // Good once: it must not stay in the address, where a reload would use it again.
        history.replaceState(null, '', location.pathname + location.search + hashOf('tips', cardOf(hash)));
        this.enter(await this.api.post<MeView>('/session/entry', { ticket }));
        return;
      }
      this.enter(await this.api.get<MeView>('/session'));
    } catch (error) {
      this.me = null;
      if (ticket) this.trouble = t('entry_failed');
      else if (asFault(error).status !== 401) this.trouble = faultWords(error);
      this.changed();
    }
  }

  private async loadPlaces(): Promise<void> {
    const [stations, communities] = await Promise.all([
      this.api.get<StationList>('/stations').catch(() => null),
      this.api.get<CoverageList>('/groups/communities').catch(() => null),
    ]);
    if (stations) this.stations = stations.stations;
    if (communities) this.communities = communities.communities;
    this.changed();
  }

  private async loadDemo(): Promise<void> {
    const view = await this.api.get<DemoView>('/demo').catch(() => null);
    if (view) {
      const rank = (one: DemoPerson): number => (one.face === 'community' ? 0 : 1);
      this.demo = view.people.filter((one) => one.face === 'community' || one.role === 'SUPERVISOR').sort((a, b) => rank(a) - rank(b));
    }
    this.changed();
  }

  private changed(): void {
    for (const fn of this.listeners.slice()) fn();
  }
}
