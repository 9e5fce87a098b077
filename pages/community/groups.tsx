import { listed } from '../shared/i18n';
import { useState } from 'preact/hooks';
import type { CoverageList, CoverageView, GroupList, GroupShown, GroupView } from '../shared/notices';
import { readPages } from '../shared/paging';
import { Community } from './community';
import { CoverMap } from './covermap';
import { COVER_TONES, coverOf, MISSED, ranked } from './cover';
import type { Desk } from './desk';
import { Found, SHOWN } from './found';
import { short } from './inbox';
import { useLoad } from './load';
import { Bar, Bones, Chip, Choice, Empty, Failing, Old } from './pieces';
import { hashOf } from './route';
import { Pick, Search } from './search';
import { Unbound } from './unbound';
import { useWide } from './wide';
import { t } from './words';

async function allGroups(desk: Desk, query = ''): Promise<GroupView[]> {
  const { items } = await readPages<GroupView, string>(Infinity, async (after) => {
    const list = await desk.api.get<GroupList>('/groups?limit=500' + query + (after === null ? '' : '&after=' + encodeURIComponent(after)));
    return { items: list.groups, next: list.next };
  });
  return items;
}

/** What is looked for: of the station's communities, and of the groups that belong to none. */
async function lookFor(desk: Desk, query: string): Promise<GroupView[]> {
  const parts = await Promise.all([allGroups(desk, query), query.includes('state=IGNORED') ? [] : allGroups(desk, query + '&unbound=true')]);
  return Array.from(new Map(parts.flat().map((one) => [one.id, one])).values());
}

const TWO = 960;
const THREE = 1400;

/** Communities by what their groups need, as a list and on a map. */
export function Groups({ desk, id }: { desk: Desk; id: string }) {
  const [view, setView] = useState<'list' | 'map'>('list');
  const loaded = useLoad('groups', desk.revision.groups, async () => {
    const [list, groups, unbound] = await Promise.all([desk.api.get<CoverageList>('/groups/communities'), allGroups(desk), allGroups(desk, '&unbound=true')]);
    desk.keep(list.communities);
    return { communities: list.communities, groups: groups.filter((one) => one.state === 'ACTIVE'), unbound: unbound.filter((one) => one.state === 'ACTIVE') };
  });
  const [q, setQ] = useState('');
  const [shown, setShown] = useState<GroupShown | ''>('');
  const query = (q ? '&q=' + encodeURIComponent(q) : '') + (shown ? '&state=' + shown : '');
  const found = useLoad(query, desk.revision.groups, () => (query ? lookFor(desk, query) : Promise.resolve<GroupView[]>([])));
  const { data } = loaded;
  const chosen = data ? data.communities.find((one) => one.id === id) : undefined;
  // Where there is room the map stands beside the list, and beside what is chosen, too.
  const beside = useWide(TWO);
  const between = useWide(THREE);
  const map = data && data.communities.length > 0 && <CoverMap desk={desk} communities={data.communities} groups={data.groups} chosen={id} />;
  const mapped = Boolean(map) && (between || (beside && !id));
  return (
    <div class="split">
      <section class="pane list" aria-label={t('groups')}>
        <header class="pane-head">
          {!mapped && <Choice label={t('g_view')} value={view} onChange={setView} options={[['list', t('g_list')], ['map', t('g_map')]]} />}
          <Search q={q} label={t('g_search')} onSearch={setQ} />
          <Pick label={t('g_shown')} value={shown} onChange={setShown} options={[['', t('g_any')], ...SHOWN.map((one) => [one, t(`gs_${one}`)] as const)]} />
          {!query && data && data.communities.length > 0 && <Sum all={data.communities} groups={data.groups} />}
        </header>
        {query ? <div class="scroll"><Found desk={desk} found={found} /></div> : view === 'map' && !mapped && map ? map
          : (
            <div class="scroll">
              {data && <Old fault={loaded.fault} again={loaded.again} />}
              {!data && loaded.fault && <Failing fault={loaded.fault} again={loaded.again} />}
              {!data && !loaded.fault && <Bones />}
              {data && !data.communities.length && <Empty sign="groups" head={t('g_empty')} hint={t('g_empty_hint')} />}
              {data && <Unbound desk={desk} groups={data.unbound} communities={data.communities} done={loaded.again} />}
              {data && <ul>{ranked(data.communities, data.groups).map((one) => <li key={one.id}><Row one={one} groups={data.groups} chosen={one.id === id} /></li>)}</ul>}
            </div>
          )}
      </section>
      {mapped && <section class="pane beside" aria-label={t('g_map')} data-testid="map-beside">{map}</section>}
      {(id || !mapped) && <section class={'pane detail' + (mapped ? ' narrow' : '')}>
        {chosen && data ? <Community key={id} desk={desk} one={chosen} groups={data.groups.filter((group) => group.community === id)} again={loaded.again} />
          : id && !data ? <Bones count={3} /> : <Empty sign="groups" head={t('g_attention')} hint={data ? sumWords(data.communities, data.groups) : ''} />}
      </section>}
    </div>
  );
}

function sumWords(all: readonly CoverageView[], groups: readonly GroupView[]): string {
  const left = groups.filter((one) => one.orphaned).length;
  const missed = groups.filter((one) => !one.orphaned && one.missed_sends >= MISSED).length;
  const sum = t('g_sum', {
    a: all.length,
    b: all.filter((one) => one.hint === 'no_group').length,
    c: all.filter((one) => one.hint === 'full' || one.hint === 'filling').length,
  });
  return sum + (left ? ' · ' + t('g_sum_left', { n: left }) : '') + (missed ? ' · ' + t('g_sum_missed', { n: missed }) : '');
}

function Sum({ all, groups }: { all: readonly CoverageView[]; groups: readonly GroupView[] }) {
  return <p class="dim">{sumWords(all, groups)}</p>;
}

function Row({ one, groups, chosen }: { one: CoverageView; groups: readonly GroupView[]; chosen: boolean }) {
  const cover = coverOf(one, groups);
  const members = t('g_members', { a: one.members, b: one.capacity });
  return (
    <a class={'row tone-' + COVER_TONES[cover]} href={hashOf('groups', one.id)} aria-current={chosen ? 'true' : undefined} data-testid="community">
      <span class="row-head"><b class="row-name">{one.name}</b><Chip tone={COVER_TONES[cover]}>{t(`h_${cover}`)}</Chip></span>
      {one.groups > 0 && (
        <span class="reach"><Bar label={members} parts={[{ tone: COVER_TONES[cover], count: one.members }, { tone: 'none', count: Math.max(0, one.capacity - one.members) }]} /><span>{members}</span></span>
      )}
      <span class="row-facts"><span>{t('group_count', { n: one.groups })}</span>
        <span>{one.officers.length ? t('g_officers', { names: listed(one.officers.map((name) => short(name, one.station_name))) }) : t('g_no_officer')}</span></span>
    </a>
  );
}
