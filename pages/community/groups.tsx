import { listed } from '../shared/i18n';
import { useState } from 'preact/hooks';
import type { CoverageList, CoverageView, GroupList, GroupView } from '../shared/notices';
import { readPages } from '../shared/paging';
import { Community } from './community';
import { CoverMap } from './covermap';
import { COVER_TONES, coverOf, MISSED, ranked } from './cover';
import type { Desk } from './desk';
import { short } from './inbox';
import { useLoad } from './load';
import { Bar, Bones, Chip, Choice, Empty, Failing, Old } from './pieces';
import { hashOf } from './route';
import { Unbound } from './unbound';
import { t } from './words';

async function allGroups(desk: Desk, query = ''): Promise<GroupView[]> {
  const { items } = await readPages<GroupView, string>(Infinity, async (after) => {
    const list = await desk.api.get<GroupList>('/groups?limit=500' + query + (after === null ? '' : '&after=' + encodeURIComponent(after)));
    return { items: list.groups, next: list.next };
  });
  return items;
}

/** Communities by what their groups need, as a list and on a map. */
export function Groups({ desk, id }: { desk: Desk; id: string }) {
  const [view, setView] = useState<'list' | 'map'>('list');
  const loaded = useLoad('groups', desk.revision.groups, async () => {
    const [list, groups, unbound] = await Promise.all([desk.api.get<CoverageList>('/groups/communities'), allGroups(desk), allGroups(desk, '&unbound=true')]);
    desk.keep(list.communities);
    return { communities: list.communities, groups: groups.filter((one) => one.state === 'ACTIVE'), unbound: unbound.filter((one) => one.state === 'ACTIVE') };
  });
  const { data } = loaded;
  const chosen = data ? data.communities.find((one) => one.id === id) : undefined;
  return (
    <div class="split">
      <section class="pane list" aria-label={t('groups')}>
        <header class="pane-head">
          <Choice label={t('g_view')} value={view} onChange={setView} options={[['list', t('g_list')], ['map', t('g_map')]]} />
          {data && data.communities.length > 0 && <Sum all={data.communities} groups={data.groups} />}
        </header>
        {view === 'map' && data ? <CoverMap desk={desk} communities={data.communities} groups={data.groups} chosen={id} />
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
      <section class="pane detail">
        {chosen && data ? <Community key={id} desk={desk} one={chosen} groups={data.groups.filter((group) => group.community === id)} again={loaded.again} />
          : id && !data ? <Bones count={3} /> : <Empty sign="groups" head={t('g_attention')} hint={data ? sumWords(data.communities, data.groups) : ''} />}
      </section>
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
