import { exact } from '../shared/clock';
import type { DeliveryList, DeliveryView, NoticeView, Outcome, TotalsView } from '../shared/notices';
import { asked, standing } from './delivering';
import type { Desk } from './desk';
import { percent, short, type Tone } from './inbox';
import { useLoad } from './load';
import { shares } from './notices';
import { Bar, Bones, Chip, Failing, Old } from './pieces';
import { t } from './words';

const TONES: Record<Outcome, Tone> = { SENT: 'well', WAITING: 'hand', REFUSED: 'danger', CAPPED: 'need', CANCELLED: 'over' };

const FILLS: Record<Outcome, string> = { ...TONES, WAITING: 'none' };
const DRAWN: Outcome[] = ['SENT', 'REFUSED', 'CAPPED', 'CANCELLED', 'WAITING'];

/** What became of a notice: all of it, each owner's task, each group. Read again at every change. */
export function Deliveries({ desk, notice }: { desk: Desk; notice: NoticeView }) {
  const path = `/notices/${encodeURIComponent(notice.id)}/deliveries`;
  const list = useLoad(notice.id, desk.revision.notices, () => desk.api.get<DeliveryList>(path));
  if (!list.data) {
    return (
      <section class="deliveries"><h2>{t('deliveries')}</h2>
        {list.fault ? <Failing fault={list.fault} again={list.again} /> : <Bones count={2} />}</section>
    );
  }
  const { totals, deliveries } = list.data;
  return (
    <section class="deliveries" data-testid="deliveries">
      <h2>{t('deliveries')}</h2>
      <Old fault={list.fault} again={list.again} />
      <Totals totals={totals} />
      {!deliveries.length && <p class="dim">{t('d_none')}</p>}
      <ul>{deliveries.map((one) => <li key={one.id}><Task one={one} station={notice.station_name} /></li>)}</ul>
    </section>
  );
}

function Totals({ totals }: { totals: TotalsView }) {
  const all = totals.sent + totals.waiting + totals.refused + totals.capped + totals.cancelled;
  const rows: Array<[Outcome | 'UNASKED', number]> = [
    ['SENT', totals.sent], ['UNASKED', totals.unasked], ['WAITING', totals.waiting - totals.unasked], ['REFUSED', totals.refused], ['CAPPED', totals.capped], ['CANCELLED', totals.cancelled],
  ];
  return (
    <div class="totals">
      <p class="totals-head"><b>{percent(totals.sent, all)}%</b><span>{t('n_sent', { a: totals.sent, b: all })}</span><span>{t('reached', { n: totals.reached })}</span></p>
      <Bar parts={shares(totals)} label={t('n_sent', { a: totals.sent, b: all })} />
      <ul>{rows.filter(([what, n]) => n > 0 || what === 'SENT' || what === 'WAITING').map(([what, n]) => (
        <li key={what}><i class={'dot fill-' + (what === 'UNASKED' ? 'none' : FILLS[what])} aria-hidden="true" /><span>{t(`o_${what}`)}</span><b>{n}</b></li>
      ))}</ul>
    </div>
  );
}

function Task({ one, station }: { one: DeliveryView; station: string }) {
  const count = (what: Outcome): number => one.groups.filter((group) => group.outcome === what).length;
  const parts = DRAWN.map((what) => ({ tone: FILLS[what], count: count(what) }));
  const state = standing(one);
  return (
    <details class="task" open={count('REFUSED') + count('CAPPED') > 0}>
      <summary>
        <b>{short(one.owner_name || one.owner, station)}</b>
        <span class="task-count">{count('SENT')} / {one.groups.length}</span>
        <Bar parts={parts} label={t('n_sent', { a: count('SENT'), b: one.groups.length })} />
        <small class={one.state === 'FAILED' ? 'warn' : ''}>
          {[state, one.reminded.length > 0 ? t('reminded', { n: one.reminded.length }) : '', one.created_at ? exact(one.created_at) : ''].filter(Boolean).join(' · ')}
        </small>
      </summary>
      <ul>{one.groups.map((group) => (
        <li key={group.id}><span>{group.name}</span><small>{t('people', { n: group.people })}</small><Chip tone={TONES[group.outcome]}>{t(group.outcome === 'WAITING' && !asked(one) ? 'o_UNASKED' : `o_${group.outcome}`)}</Chip></li>
      ))}</ul>
    </details>
  );
}
