import { useState } from 'preact/hooks';
import { Icon } from '../parts/icons';
import { ago, exact, now } from '../shared/clock';
import type { NoticeList, NoticeState, NoticeView, TotalsView } from '../shared/notices';
import { Calendar } from './monthview';
import type { Desk } from './desk';
import { d } from './draftwords';
import type { Tone } from './inbox';
import { useListing } from './listing';
import { monthsBefore } from './months';
import { More } from './more';
import { Notice } from './notice';
import { Bar, Bones, Chip, Empty, Failing, Old } from './pieces';
import { Recurring } from './recurring';
import { r } from './recurwords';
import { hashOf } from './route';
import { Pick, Search } from './search';
import { p } from './presetwords';
import { Templates } from './templates';
import { t } from './words';
import { unsaved, Writing } from './writing';

export const STATE_TONES: Record<NoticeState, Tone> = {
  DRAFT: 'need', SUBMITTED: 'hand', APPROVED: 'hand', PUBLISHED: 'well', WITHDRAWN: 'over', EXPIRED: 'over',
};
const STATES = Object.keys(STATE_TONES) as NoticeState[];
const PLACES = ['new', 'templates', 'recurring', 'calendar'];
const PAGE = 50;
const MONTHS = 24;

export function Notices({ desk, id }: { desk: Desk; id: string }) {
  const [q, setQ] = useState('');
  const [state, setState] = useState<NoticeState | ''>('');
  const [month, setMonth] = useState('');
  const [community, setCommunity] = useState('');
  const asked = { q, state, month, community };
  const query = Object.entries(asked).map(([name, value]) => (value ? `&${name}=${encodeURIComponent(value)}` : '')).join('');
  const list = useListing<NoticeView, number>('notices' + query, desk.revision.notices, async (before) => {
    const page = await desk.api.get<NoticeList>(`/notices?limit=${PAGE}${query}` + (before === null ? '' : `&before=${before}`));
    return { items: page.notices, next: page.next };
  });
  const notices = list.items;
  const again = (): void => void list.again();
  return (
    <div class="split">
      <section class="pane list" aria-label={t('notices')}>
        <header class="pane-head">
          <a class="button main" href={hashOf('notices', 'new')} data-testid="notice-new" data-key="n"><Icon name="plus" size={20} />{t('n_new')}{unsaved(desk) && <Chip tone="need">{d('unfinished')}</Chip>}</a>
          <nav class="notice-places" aria-label={t('notices')}><a href={hashOf('notices', 'templates')} aria-current={id === 'templates' ? 'page' : undefined} data-testid="to-templates">{p('templates')}</a>
            <a href={hashOf('notices', 'recurring')} aria-current={id === 'recurring' ? 'page' : undefined} data-testid="to-recurring">{r('head')}</a>
            <a href={hashOf('notices', 'calendar')} aria-current={id === 'calendar' ? 'page' : undefined} data-testid="to-calendar">{r('calendar')}</a></nav>
          <Search q={q} label={t('n_search')} onSearch={setQ} />
          <div class="picks">
            <Pick label={t('state')} value={state} onChange={setState} options={[['', t('n_any_state')], ...STATES.map((one) => [one, t(`s_${one}`)] as const)]} />
            <Pick label={t('n_month')} value={month} onChange={setMonth} options={[['', t('n_any_month')], ...monthsBefore(now(), MONTHS).map((one) => [one, one] as const)]} />
            <Pick label={t('f_communities')} value={community} onChange={setCommunity}
              options={[['', t('n_any_community')], ...(desk.communities || []).map((one) => [one.id, one.name] as const)]} />
          </div>
        </header>
        <div class="scroll">
          {notices && <Old fault={list.fault} again={again} />}
          {!notices && list.fault && <Failing fault={list.fault} again={again} />}
          {!notices && !list.fault && <Bones />}
          {notices && !notices.length && list.next === null && (query
            ? <Empty sign="search" head={t('n_none')} hint={t('n_none_hint')} />
            : <Empty sign="notices" head={t('n_empty')} hint={t('n_empty_hint')} />)}
          <ul>{notices && notices.map((one) => <li key={one.id}><Row one={one} chosen={one.id === id} kept={unsaved(desk, one)} /></li>)}</ul>
          {query && list.next !== null && <p class="dim looked">{t('looked', { t: exact(list.next) })}</p>}
          {notices && <More list={list} scrolls={!query} words={t(query ? 'further' : 'more')} />}
        </div>
      </section>
      <section class="pane detail">
        {id === 'new' && <Writing desk={desk} done={(one) => { again(); location.hash = hashOf('notices', one.id); }} back={() => { location.hash = hashOf('notices'); }} />}
        {id === 'templates' && <Templates desk={desk} />}
        {id === 'recurring' && <Recurring desk={desk} />}
        {id === 'calendar' && <Calendar desk={desk} />}
        {id && !PLACES.includes(id) && <Notice key={id} desk={desk} id={id} changed={again} />}
        {!id && <Empty sign="notices" head={t('n_choose')} />}
      </section>
    </div>
  );
}

export function StateChips({ one }: { one: NoticeView }) {
  return (
    <span class="chips">
      <Chip tone={STATE_TONES[one.state]}>{t(`s_${one.state}`)}</Chip>
      {one.urgent && <Chip tone="danger">{t('urgent')}</Chip>}
      {one.corrected && <Chip tone="need">{t('corrected')}</Chip>}
    </span>
  );
}

/** How far it got, in words and as a bar. */
export function Reach({ totals }: { totals: TotalsView }) {
  const all = totals.sent + totals.waiting + totals.refused + totals.capped + totals.cancelled;
  if (!all) return null;
  const words = t('n_sent', { a: totals.sent, b: all });
  return <span class="reach"><Bar parts={shares(totals)} label={words} /><span>{words}</span></span>;
}

/** What waits for its owner fills nothing: as long as nothing went out the bar is empty. */
export function shares(totals: TotalsView): Array<{ tone: string; count: number }> {
  return [
    { tone: 'well', count: totals.sent }, { tone: 'danger', count: totals.refused }, { tone: 'need', count: totals.capped },
    { tone: 'over', count: totals.cancelled }, { tone: 'none', count: totals.waiting },
  ];
}

function Row({ one, chosen, kept }: { one: NoticeView; chosen: boolean; kept: boolean }) {
  return (
    <a class={'row tone-' + STATE_TONES[one.state]} href={hashOf('notices', one.id)} aria-current={chosen ? 'true' : undefined} data-testid="notice">
      <span class="row-head"><span class="chips"><StateChips one={one} />{kept && <Chip tone="need">{d('unsaved')}</Chip>}</span><time title={exact(one.updated_at)}>{ago(one.updated_at)}</time></span>
      <b class="row-first">{one.title}</b>
      <Reach totals={one.totals} />
      <span class="row-facts"><span>{one.number}</span>{one.published_at
        ? <><span>{t('group_count', { n: one.groups })}</span><span>{t('people', { n: one.people })}</span></>
        : <span>{t('community_count', { n: one.communities.length })}</span>}</span>
    </a>
  );
}
