import type { ComponentChildren } from 'preact';
import { Icon } from '../parts/icons';
import { LanguageButton } from '../parts/language';
import { Name } from '../parts/name';
import { elapsed } from '../shared/clock';
import type { NoticeList } from '../shared/notices';
import type { Desk } from './desk';
import { short } from './inbox';
import { Keys } from './keys';
import { useLoad } from './load';
import { hashOf, TABS, type Place } from './route';
import { Sign } from './sign';
import { t } from './words';

/** The page around every view: who I am, where I can go, and what must not be overlooked. */
export function Frame({ desk, place, children }: { desk: Desk; place: Place; children: ComponentChildren }) {
  const { me } = desk;
  const { state, since } = desk.live;
  const submitted = useLoad('submitted', desk.revision.notices, () => desk.api.get<NoticeList>('/notices?state=SUBMITTED&limit=200'));
  const asked = submitted.data ? submitted.data.notices.filter((one) => one.may.includes('approve')).length : 0;
  return (
    <div class={'frame' + (place.id ? ' deep' : '')}>
      <header class="top">
        <span class="mark"><Icon name="shield" size={22} /></span>
        <p class="top-who"><b><Name of={(me && me.station_name) || t('title')} /></b><span>{me && short(me.name, me.station_name)}</span></p>
        <Keys />
        <LanguageButton />
      </header>
      <nav class="nav" aria-label={t('nav')}>
        {TABS.map((tab) => (
          <a key={tab} href={hashOf(tab)} aria-current={tab === place.tab ? 'page' : undefined} data-testid={'nav-' + tab}
            aria-label={tab === 'tips' && desk.unread > 0 ? t('nav_unread', { tab: t(tab), n: desk.unread }) : undefined}>
            <Sign name={tab} /><span>{t(tab)}</span>
            {tab === 'notices' && asked > 0 && <b class="nav-count" aria-label={t('to_approve', { n: asked })} data-testid="to-approve">{asked}</b>}
            {tab === 'tips' && desk.unread > 0 && <b class="nav-count" data-testid="nav-unread">{desk.unread}</b>}
          </a>
        ))}
      </nav>
      <main class="room">
        <h1 class="spoken">{t(place.tab)}</h1>
        <div class="alarms" role="alert">
          {state === 'lost' && <p class="alarm danger" data-testid="lost">{t('lost', { t: elapsed(since, Date.now()) })}</p>}
          {desk.storeDown && <p class="alarm danger" data-testid="store-down">{t('store_down')}</p>}
          {state === 'refused' && <button type="button" class="alarm danger" onClick={() => void desk.logOut()}>{t('refused')}</button>}
        </div>
        {children}
      </main>
    </div>
  );
}
