import { exact } from '../shared/clock';
import type { NumbersRow, NumbersView } from '../shared/notices';
import type { Desk } from './desk';
import { span } from './inbox';
import { useLoad } from './load';
import { Bones, Empty, Failing, Old } from './pieces';
import { t } from './words';

/** Percentiles instead of averages; what is too small to be told apart from a person is hidden. */
export function Numbers({ desk }: { desk: Desk }) {
  const loaded = useLoad('numbers', 0, () => desk.api.get<NumbersView>('/numbers'));
  const { data } = loaded;
  if (!data) {
    return <div class="pane whole">{loaded.fault ? <Failing fault={loaded.fault} again={loaded.again} /> : <Bones count={4} />}</div>;
  }
  const { total } = data;
  return (
    <div class="pane whole scroll numbers" data-testid="numbers">
      <Old fault={loaded.fault} again={loaded.again} />
      <p class="dim">{t('num_span', { t: exact(data.until) })}</p>
      <div class="tiles">
        <Tile label={t('num_members')} value={String(total.members)} note={t('group_count', { n: total.groups })} />
        <Tile label={t('num_tips')} value={few(total.tips)} note={`${t('num_answered')} ${few(total.answered)}`} />
        <Tile label={t('num_p50')} value={long(total.answer_p50)} />
        <Tile label={t('num_p90')} value={long(total.answer_p90)} />
        <Tile label={t('num_notices')} value={String(total.notices)} />
      </div>
      {!data.communities.length && !data.stations.length && <Empty sign="numbers" head={t('num_none')} />}
      {data.stations.length > 1 && <Table head={t('num_station')} rows={data.stations} />}
      {data.communities.length > 0 && <Table head={t('num_community')} rows={data.communities} />}
      <p class="dim small-print">{t('num_few_why')}</p>
    </div>
  );
}

const few = (n: number | null): string => (n === null ? t('num_few') : String(n));
const long = (ms: number | null): string => (ms === null ? '—' : span(ms));

function Tile({ label, value, note = '' }: { label: string; value: string; note?: string }) {
  return <div class="tile"><span>{label}</span><b>{value}</b>{note && <small>{note}</small>}</div>;
}

function Table({ head, rows }: { head: string; rows: NumbersRow[] }) {
  return (
    <div class="table">
      <table>
        <thead><tr><th scope="col">{head}</th><th scope="col">{t('groups')}</th><th scope="col">{t('num_members')}</th><th scope="col">{t('num_notices')}</th>
          <th scope="col">{t('num_tips')}</th><th scope="col">P50</th><th scope="col">P90</th></tr></thead>
        <tbody>{rows.map((one) => (
          <tr key={one.id}><th scope="row">{one.name}</th><td>{one.groups}</td><td>{one.members}</td><td>{one.notices}</td>
            <td>{few(one.tips)}</td><td>{long(one.answer_p50)}</td><td>{long(one.answer_p90)}</td></tr>
        ))}</tbody>
      </table>
    </div>
  );
}
