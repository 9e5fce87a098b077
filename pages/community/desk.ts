/* The community officer's session: who is logged in, and what the live feed says to read again. */

import { Staff } from '../parts/staff';
import { Ringer } from '../parts/ringer';
import type { LiveNews } from '../shared/live';
import type { CoverageList, CoverageView } from '../shared/notices';
import type { TipCounts } from '../shared/tips';
import type { DemoPerson, MeView, StationList, StationView } from '../shared/types';
import { cardOf, hashOf, ticketOf } from './route';
import { t } from './words';

const GATHER_MS = 250;
const MUTED = 'jingmin.community.muted';
const WORKS = ['COMMUNITY_OFFICER', 'STATION_OFFICER', 'SUPERVISOR'];

export class Desk extends Staff {
  /** Counted up when something of that kind changed. */
  revision = { tips: 0, notices: 0, groups: 0 };
  stations: StationView[] | null = null;
  communities: CoverageView[] | null = null;
  /** Of my tips, those in which something was said that I have not read. */
  unread = 0;
  /** The store is away: nothing can be saved. */
  storeDown = false;
  readonly ringer = new Ringer();

  private counting = 0;
  /** Nothing was counted since somebody sat down: what is there already is no news. */
  private counted = false;

  constructor() {
    super('community');
    const { hash } = location;
    const ticket = ticketOf(hash);
    if (!ticket) {
      this.begin(this.api.get<MeView>('/session'));
      return;
    }
    const card = cardOf(hash);
    // Good once: it must not stay in the address, where a reload would use it again.
    history.replaceState(null, '', location.pathname + location.search + hashOf(card.tab, card.id));
    this.begin(this.api.post<MeView>('/session/entry', { ticket }), t('entry_failed'));
  }

  name(community: string): string {
    const found = this.communities && this.communities.find((one) => one.id === community);
    return found ? found.name : community;
  }

  keep(communities: CoverageView[]): void {
    this.communities = communities;
    this.changed();
  }

  protected refusal(me: MeView): string {
    return WORKS.includes(me.role) ? '' : t('login_wrong_role');
  }

  protected offered(people: DemoPerson[]): DemoPerson[] {
    const officers = people.filter((one) => one.face === 'community');
    return officers.concat(people.filter((one) => one.face !== 'community' && one.role === 'SUPERVISOR'));
  }

  protected hear(message: LiveNews): void {
    if (message.type === 'touched') {
      this.revision[message.what] += 1;
      if (message.what === 'tips') this.countSoon();
    } else if (message.type === 'snapshot') {
      this.me = message.me;
      this.storeDown = message.store === 'down';
      this.everythingChanged();
    } else if (message.type === 'store') {
      this.storeDown = message.state === 'down';
      // What could not be read meanwhile can be read now.
      if (!this.storeDown) this.everythingChanged();
    } else return;
    this.changed();
  }

  get muted(): boolean {
    try {
      return localStorage.getItem(MUTED) !== null;
    } catch {
      return false;
    }
  }

  set muted(muted: boolean) {
    try {
      if (muted) localStorage.setItem(MUTED, '1');
      else localStorage.removeItem(MUTED);
    } catch {
      // A private window keeps nothing.
    }
    this.changed();
  }

  protected entered(): void {
    void this.loadPlaces();
    void this.count();
  }

  protected forget(): void {
    this.communities = null;
    this.unread = 0;
    this.counted = this.storeDown = false;
  }

  private everythingChanged(): void {
    for (const kind of ['tips', 'notices', 'groups'] as const) this.revision[kind] += 1;
    this.countSoon();
  }

  /** Many changes at once are one to count. */
  private countSoon(): void {
    clearTimeout(this.counting);
    this.counting = window.setTimeout(() => void this.count(), GATHER_MS);
  }

  private async count(): Promise<void> {
    const me = this.me && this.me.id;
    const counts = await this.api.get<TipCounts>('/tips/counts?box=mine').catch(() => null);
    if (!counts || !me || !this.me || this.me.id !== me) return;
    if (this.counted && counts.unread > this.unread && !this.muted) this.ringer.chime();
    this.counted = true;
    this.unread = counts.unread;
    this.changed();
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
}
