import { useState } from 'preact/hooks';
import { exact, now } from '../shared/clock';
import { say } from '../shared/i18n';
import type { TipCounts, TipList, TipView } from '../shared/tips';
import type { Desk } from './desk';
import { v } from './eventwords';
import { Handed } from './handed';
import { due, NEXT, overdue, short, span, tone, undelivered } from './inbox';
import { filterQuery, LabelFilter, NO_FILTER } from './labels';
import { labelText } from './labelwords';
import { useListing } from './listing';
import { useLoad } from './load';
import { Many, Pickable, useChosen } from './many';
import { m } from './manywords';
import { More } from './more';
import { Bones, Choice, Chip, Empty, Failing, Old } from './pieces';
import { Pick, Search } from './search';
import { hashOf } from './route';
import { Thread } from './thread';
import { t } from './words';

const PAGE = 50;

/** The inbox: tips as conversations, what has to be done and since when somebody waits. */
export function Tips({ desk, id }: { desk: Desk; id: string }) {
  const supervisor = desk.me ? desk.me.role === 'SUPERVISOR' : false;
  const [box, setBox] = useState<'mine' | 'station'>(supervisor ? 'station' : 'mine');
  const [state, setState] = useState<'open' | 'closed'>('open');
  const [q, setQ] = useState('');
  const [station, setStation] = useState('');
  const [filter, setFilter] = useState(NO_FILTER);
  const filtered = filterQuery(filter);
  // Looking for something looks everywhere; the server orders, for it knows those that are on no page yet.
  const waiting = state === 'open' && !q;
  const where = station ? '&station=' + encodeURIComponent(station) : '';
  const query = (q ? `state=all&q=${encodeURIComponent(q)}` : `box=${box}&state=${state}${waiting ? '&order=waiting' : ''}`) + where + filtered;
  const list = useListing<TipView, number>(query, desk.revision.tips, async (after) => {
    const from = after === null ? '' : `&${waiting ? 'after' : 'before'}=${after}`;
    const page = await desk.api.get<TipList>(`/tips?${query}&limit=${PAGE}${from}`);
    return { items: page.tips, next: page.next };
  });
  const counts = useLoad(box + where, desk.revision.tips, () => desk.api.get<TipCounts>(`/tips/counts?box=${box}${where}`));
  const tips = list.items;
  const chosen = useChosen(query);
  return (
    <div class="split">
      <section class="pane list" aria-label={t('tips')}>
        <header class="pane-head">
          <div class="filters">
            <Choice label={t('box')} value={box} onChange={setBox}
              options={supervisor ? [['station', t('all_stations')], ['mine', t('mine')]] : [['mine', t('mine')], ['station', t('station')]]} />
            <Choice label={t('state')} value={state} onChange={setState} options={[['open', t('open')], ['closed', t('closed')]]} />
          </div>
          <Search q={q} label={t('search')} onSearch={setQ} />
          {supervisor && desk.stations && <Pick label={t('which')} value={station} onChange={setStation}
            options={[['', t('every_station')], ...desk.stations.map((one) => [one.id, one.name] as const)]} />}
          <LabelFilter filter={filter} set={setFilter} known={Array.from(new Set((tips || []).flatMap((one) => one.tags))).sort()} />
          <div class="sum-row">
            <p class="dim sum" data-testid="tips-sum" title={waiting && counts.data && counts.data.longest !== null ? exact(counts.data.longest) : undefined}>
              {q ? t('tips_everywhere') : !filtered && waiting && counts.data ? sumOf(counts.data) : '\u00a0'}</p>
            {(q || state === 'open') && <button type="button" class="link" aria-pressed={chosen.tips !== null} data-testid="select" data-key="x" onClick={chosen.toggle}>{m(chosen.tips ? 'off' : 'on')}</button>}
            <a class="link sheet" href={`/api/v1/tips/sheet?${query}&face=community`} download data-testid="tips-sheet">{t('tips_sheet')}</a>
          </div>
        </header>
        <div class="scroll">
          {state === 'open' && !q && <Handed desk={desk} />}
          {tips && <Old fault={list.fault} again={() => void list.again()} />}
          {!tips && list.fault && <Failing fault={list.fault} again={() => void list.again()} />}
          {!tips && !list.fault && <Bones />}
          {tips && !tips.length && list.next === null && (q || filtered
            ? <Empty sign="search" head={t('tips_none')} hint={q ? t('tips_none_hint') : ''} />
            : <Empty sign="tips" head={state === 'open' ? t('tips_empty') : t('tips_none')} hint={state === 'open' ? t('tips_empty_hint') : ''} />)}
          <ul>{tips && tips.map((one) => <li key={one.id} class={chosen.tips ? 'pickable' : undefined}><Pickable tip={one} chosen={chosen} /><Row one={one} chosen={one.id === id} me={desk.me ? desk.me.id : ''} /></li>)}</ul>
          {q && list.next !== null && <p class="dim looked">{t('looked', { t: exact(list.next) })}</p>}
          {tips && <More list={list} scrolls={!q} words={t(q ? 'further' : 'more')} />}
        </div>
        <Many desk={desk} chosen={chosen} shown={tips || []} again={() => void list.again()} />
      </section>
      <section class="pane detail">
        {id ? <Thread key={id} desk={desk} id={id} /> : <Empty sign="tips" head={t('tip_choose')} />}
      </section>
    </div>
  );
}

/** How many there are and who waits longest: of all, not of those shown. */
export function sumOf({ open, waiting, longest, overdue: late }: TipCounts, at = now()): string {
  if (!waiting || longest === null) return t('tips_sum_none', { n: open });
  return t('tips_sum', { n: open, w: waiting, t: span(at - longest) }) + (late ? t('tips_sum_late', { n: late }) : '');
}

function Row({ one, chosen, me }: { one: TipView; chosen: boolean; me: string }) {
  const where = one.community_name || one.place || one.station_name;
  return (
    <a class={'row tone-' + tone(one)} href={hashOf('tips', one.id)} aria-current={chosen ? 'true' : undefined}
      data-testid="tip" data-number={one.number}>
      <span class="row-head">
        <span class="chips">{one.urgent && <Chip tone="danger">{t('urgent_tip')}</Chip>}<Chip tone={tone(one)}>{say(NEXT[one.next])}</Chip>{undelivered(one) && <Chip tone="need">{undelivered(one)}</Chip>}{one.event !== null && <Chip tone="hand">{v('same')}</Chip>}
          {one.unread > 0 && <span class="unread" data-testid="unread">{t('unread', { n: one.unread })}</span>}</span>
        {one.waiting_since !== null
          ? <time title={exact(one.waiting_since)}>{t('waits', { t: span(now() - one.waiting_since) })}</time>
          : <time title={exact(one.updated_at)}>{span(now() - one.updated_at)}</time>}
      </span>
      <b class="row-first">{one.first || t('pictures', { n: one.pictures })}</b>
      <span class="row-facts">
        {one.due_at !== null && <span class={overdue(one) ? 'due late' : 'due'} title={t('due_by', { t: exact(one.due_at) })} data-testid="due">{due(one)}</span>}
        <span>{where}</span>
        {labelText(one.category, one.tags) && <span class="labels">{labelText(one.category, one.tags)}</span>}
        {one.pictures > 0 && <span>{t('pictures', { n: one.pictures })}</span>}
        {one.officer && <span>{one.officer === me ? t('you_have_it') : t('has_it', { n: short(one.officer_name, one.station_name) })}</span>}
      </span>
    </a>
  );
}
