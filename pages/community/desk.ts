/* The community officer's session: who is logged in, and what the live feed says to read again. */

import { Staff } from '../parts/staff';
import type { LiveNews } from '../shared/live';
import type { CoverageList, CoverageView } from '../shared/notices';
import type { DemoPerson, MeView, StationList, StationView } from '../shared/types';
import { cardOf, hashOf, ticketOf } from './route';
import { t } from './words';

const WORKS = ['COMMUNITY_OFFICER', 'STATION_OFFICER', 'SUPERVISOR'];

export class Desk extends Staff {
  /** Counted up when something of that kind changed. */
  revision = { tips: 0, notices: 0, groups: 0 };
  stations: StationView[] | null = null;
  communities: CoverageView[] | null = null;

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
    if (message.type === 'touched') this.revision[message.what] += 1;
    else if (message.type === 'snapshot') {
      this.me = message.me;
      for (const kind of ['tips', 'notices', 'groups'] as const) this.revision[kind] += 1;
    } else return;
    this.changed();
  }

  protected entered(): void {
    void this.loadPlaces();
  }

  protected forget(): void {
    this.communities = null;
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
