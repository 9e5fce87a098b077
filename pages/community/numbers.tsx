import { useState } from 'preact/hooks';
import { exact, now } from '../shared/clock';
import type { NumbersRow, NumbersView } from '../shared/numbers';
import type { Desk } from './desk';
import { span } from './inbox';
import { useLoad } from './load';
import { monthsBefore } from './months';
import { answeredOf, COLUMNS, shareOf, sorted, timeOf, trend, turned, type Column, type Order } from './numbertable';
import { n } from './numberwords';
import { Bones, Choice, Empty, Failing, Old } from './pieces';
import { Plot } from './plot';
import { hashOf } from './route';

const PERIODS = ['7', '30', '90'] as const;
const MONTHS = 13;

/** Percentiles instead of averages; what is too small to be told apart from a person is hidden. */
export function Numbers({ desk }: { desk: Desk }) {
  const [days, setDays] = useState<(typeof PERIODS)[number] | ''>('30');
  const [month, setMonth] = useState('');
  const query = month ? `month=${month}` : `days=${days || '30'}`;
  const loaded = useLoad(query, 0, () => desk.api.get<NumbersView>('/numbers?' + query));
  const { data } = loaded;
  return (
    <div class="pane whole scroll numbers" data-testid="numbers">
      <div class="numbers-head">
        <Choice label={n('period')} value={month ? '' : days} options={PERIODS.map((one) => [one, n('days', { n: one })] as const)}
          onChange={(one) => { setDays(one); setMonth(''); }} />
        <select class="pick" aria-label={n('month')} value={month} data-testid="num-month" onChange={(event) => setMonth(event.currentTarget.value)}>
          <option value="">{n('month_none')}</option>
          {monthsBefore(now(), MONTHS).map((one) => <option key={one} value={one}>{one}</option>)}
        </select>
        <a class="button small" href={`/api/v1/numbers/sheet?${query}&face=community`} download data-testid="sheet">{n('sheet')}</a>
      </div>
      <Old fault={data ? loaded.fault : null} again={loaded.again} />
      {!data && (loaded.fault ? <Failing fault={loaded.fault} again={loaded.again} /> : <Bones count={4} />)}
      {data && <Shown data={data} desk={desk} />}
    </div>
  );
}

function Shown({ data, desk }: { data: NumbersView; desk: Desk }) {
  const { total, stations, communities, until } = data;
  const { now: tips, before } = total;
  return (
    <>
      <p class="dim">{n('span', { a: minute(data.since), b: minute(until) })}</p>
      <div class="tiles">
        <Tile id="answered" label={n('answered')} value={answeredOf(tips)} note={[shareOf(tips.answered, tips.tips), n('before', { n: answeredOf(before) })]} />
        <Tile id="oldest" label={n('oldest')} value={total.oldest === null ? n('nobody_waits') : span(Math.max(0, now() - total.oldest))} />
        <Tile label={n('p50')} value={timeOf(tips, 50)} note={[n('before', { n: timeOf(before, 50) })]} />
        <Tile label={n('p90')} value={timeOf(tips, 90)} note={[n('before', { n: timeOf(before, 90) })]} />
        <Tile label={n('reopened')} value={shareOf(tips.reopened, tips.tips)} note={tips.reopened === null ? [] : [n('reopened_of', { n: tips.reopened })]} />
        <Tile label={n('notices')} value={String(total.notices)} note={[trend(total.notices, total.notices_before)]} />
        <Tile label={n('silent')} value={n('of', { a: total.silent, b: total.groups })} />
        <Tile label={n('members')} value={String(total.members)} />
      </div>
      {!communities.length && !stations.length && <Empty sign="numbers" head={n('none')} />}
      <Plot rows={stations.length > 1 ? stations : communities} />
      {stations.length > 1 && <Table head={n('station')} rows={stations} until={until} />}
      {communities.length > 0 && <Table head={n('community')} rows={communities} until={until} />}
      <section class="numbers-list"><h2>{n('owners_head')}</h2>
        {!data.owners.length && <p class="dim">{n('owners_none')}</p>}
        <ul data-testid="slow-owners">{data.owners.map((one) => <li key={one.owner}><b>{one.name}</b> <span>{n('owner_line', { m: one.missed, g: one.groups })}</span></li>)}</ul></section>
      {data.silent.length > 0 && (
        <section class="numbers-list"><h2>{n('silent_head')}</h2>
          {total.silent > data.silent.length && <p class="dim">{n('silent_more', { n: data.silent.length, a: total.silent })}</p>}
          <ul data-testid="silent-groups">{data.silent.map((one) => <li key={one.id}><a href={hashOf('groups', one.id)}>{one.name || one.id}</a> <span>{desk.name(one.community)}</span></li>)}</ul></section>
      )}
      <p class="dim small-print">{n('why')}</p>
    </>
  );
}

/** Seconds say nothing of a month. */
function minute(at: number): string {
  return exact(at).replace(/:\d\d$/, '');
}

function Tile({ id, label, value, note = [] }: { id?: string; label: string; value: string; note?: string[] }) {
  const lines = note.filter(Boolean);
  return <div class="tile" data-testid={id && 'tile-' + id}><span>{label}</span><b>{value}</b>{lines.length > 0 && <small>{lines.join(' · ')}</small>}</div>;
}

const CELLS: Record<Exclude<Column, 'name'>, (row: NumbersRow) => string> = {
  tips: ({ now: tips }) => (tips.tips === null ? n('hidden') : String(tips.tips)),
  answered: ({ now: tips }) => answeredOf(tips),
  oldest: ({ oldest }) => (oldest === null ? '—' : span(Math.max(0, now() - oldest))),
  p50: ({ now: tips }) => timeOf(tips, 50),
  p90: ({ now: tips }) => timeOf(tips, 90),
  reopened: ({ now: tips }) => shareOf(tips.reopened, tips.tips),
  notices: (row) => String(row.notices),
  groups: (row) => String(row.groups),
  silent: (row) => String(row.silent),
  members: (row) => String(row.members),
};
const SHORT: Partial<Record<Column, string>> = { p50: 'P50', p90: 'P90' };

/** Any column orders the rows; what is hidden stays at the end. */
function Table({ head, rows, until }: { head: string; rows: NumbersRow[]; until: number }) {
  const [order, setOrder] = useState<Order>({ by: 'tips', down: true });
  const title = (by: Column): string => (by === 'name' ? head : SHORT[by] || n(by));
  return (
    <div class="table" tabIndex={0} role="region" aria-label={head}>
      <table>
        <thead><tr>{COLUMNS.map((by) => (
          <th key={by} scope="col" aria-sort={order.by !== by ? 'none' : order.down ? 'descending' : 'ascending'}>
            <button type="button" class="link" data-sort={by} onClick={() => setOrder((was) => turned(was, by))}>{title(by)}<i aria-hidden="true">{order.by === by ? (order.down ? ' ↓' : ' ↑') : ''}</i></button></th>
        ))}</tr></thead>
        <tbody>{sorted(rows, order, until).map((row) => (
          <tr key={row.id} data-row={row.id}><th scope="row">{row.name}</th>
            {COLUMNS.map((by) => by !== 'name' && (
              <td key={by}>{CELLS[by](row)}{by === 'tips' && <small class="trend">{trend(row.now.tips, row.before.tips)}</small>}</td>))}</tr>
        ))}</tbody>
      </table>
    </div>
  );
}
