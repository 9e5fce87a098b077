import { useState } from 'preact/hooks';
import { exact, now } from '../shared/clock';
import { say } from '../shared/i18n';
import { readPages } from '../shared/paging';
import type { TipList, TipView } from '../shared/tips';
import type { Desk } from './desk';
import { Handed } from './handed';
import { byNeed, NEXT, short, span, tone } from './inbox';
import { useLoad } from './load';
import { Bones, Choice, Chip, Empty, Failing, Old } from './pieces';
import { hashOf } from './route';
import { Sign } from './sign';
import { Thread } from './thread';
import { t } from './words';

const PAGE = 50;

/** The inbox: tips as conversations, what has to be done and since when somebody waits. */
export function Tips({ desk, id }: { desk: Desk; id: string }) {
  const supervisor = desk.me ? desk.me.role === 'SUPERVISOR' : false;
  const [box, setBox] = useState<'mine' | 'station'>(supervisor ? 'station' : 'mine');
  const [state, setState] = useState<'open' | 'closed'>('open');
  const [q, setQ] = useState('');
  const [pages, setPages] = useState(1);
  const query = q ? `state=all&q=${encodeURIComponent(q)}` : `box=${box}&state=${state}`;
  const list = useLoad(query + pages, desk.revision.tips, () => readPages<TipView, number>(pages, async (before) => {
    const page = await desk.api.get<TipList>(`/tips?${query}&limit=${PAGE}` + (before === null ? '' : `&before=${before}`));
    return { items: page.tips, next: page.next };
  }));
  const tips = list.data ? list.data.items : null;
  const next = list.data ? list.data.next : null;
  return (
    <div class="split">
      <section class="pane list" aria-label={t('tips')}>
        <header class="pane-head">
          <div class="filters">
            <Choice label={t('box')} value={box} onChange={(one) => { setPages(1); setBox(one); }}
              options={supervisor ? [['station', t('all_stations')], ['mine', t('mine')]] : [['mine', t('mine')], ['station', t('station')]]} />
            <Choice label={t('state')} value={state} onChange={(one) => { setPages(1); setState(one); }} options={[['open', t('open')], ['closed', t('closed')]]} />
          </div>
          <Search q={q} onSearch={(one) => { setPages(1); setQ(one); }} />
        </header>
        <div class="scroll">
          {state === 'open' && !q && <Handed desk={desk} />}
          {tips && <Old fault={list.fault} again={list.again} />}
          {!tips && list.fault && <Failing fault={list.fault} again={list.again} />}
          {!tips && !list.fault && <Bones />}
          {tips && !tips.length && next === null && (q
            ? <Empty sign="search" head={t('tips_none')} hint={t('tips_none_hint')} />
            : <Empty sign="tips" head={state === 'open' ? t('tips_empty') : t('tips_none')} hint={state === 'open' ? t('tips_empty_hint') : ''} />)}
          <ul>{tips && (state === 'open' && !q ? byNeed(tips) : tips).map((one) => <li key={one.id}><Row one={one} chosen={one.id === id} me={desk.me ? desk.me.id : ''} /></li>)}</ul>
          {next !== null && tips && tips.length < pages * PAGE && <p class="dim looked">{t('looked', { t: exact(next) })}</p>}
          {next !== null && (
            <button type="button" class="button more" data-testid="more" onClick={() => setPages((n) => n + 1)}>{t(q ? 'further' : 'more')}</button>
          )}
        </div>
      </section>
      <section class="pane detail">
        {id ? <Thread key={id} desk={desk} id={id} /> : <Empty sign="tips" head={t('tip_choose')} />}
      </section>
    </div>
  );
}

function Search({ q, onSearch }: { q: string; onSearch: (q: string) => void }) {
  const [text, setText] = useState(q);
  return (
    <form class="search" role="search" onSubmit={(event) => { event.preventDefault(); onSearch(text.trim()); }}>
      <Sign name="search" size={20} />
      <input type="search" aria-label={t('search')} placeholder={t('search')} value={text} maxLength={32} autocapitalize="characters"
        onInput={(event) => {
          setText(event.currentTarget.value);
          if (!event.currentTarget.value) onSearch('');
        }} data-testid="search" />
    </form>
  );
}

function Row({ one, chosen, me }: { one: TipView; chosen: boolean; me: string }) {
  const where = one.community_name || one.place || one.station_name;
  return (
    <a class={'row tone-' + tone(one)} href={hashOf('tips', one.id)} aria-current={chosen ? 'true' : undefined}
      data-testid="tip" data-number={one.number}>
      <span class="row-head">
        <Chip tone={tone(one)}>{say(NEXT[one.next])}</Chip>
        {one.waiting_since !== null
          ? <time title={exact(one.waiting_since)}>{t('waits', { t: span(now() - one.waiting_since) })}</time>
          : <time title={exact(one.updated_at)}>{span(now() - one.updated_at)}</time>}
      </span>
      <b class="row-first">{one.first || t('pictures', { n: one.pictures })}</b>
      <span class="row-facts">
        <span>{where}</span>
        {one.pictures > 0 && <span>{t('pictures', { n: one.pictures })}</span>}
        {one.officer && <span>{one.officer === me ? t('you_have_it') : t('has_it', { n: short(one.officer_name, one.station_name) })}</span>}
      </span>
    </a>
  );
}
