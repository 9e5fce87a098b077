import { exact } from '../shared/clock';
import type { Fault } from '../shared/fault';
import { listed } from '../shared/i18n';
import { sharedWords } from '../shared/words';
import type { PlannedGroup, RehearsalView } from '../shared/notices';
import { short } from './inbox';
import { Sign } from './sign';
import { t } from './words';

const NAMED = 6;
const WHY: Record<string, 'why_month' | 'why_day' | 'why_no_owner'> = { month: 'why_month', day: 'why_day', no_owner: 'why_no_owner' };

/** Exactly who will get a notice, when, and what it uses up. */
export function Plan({ plan, fault, sendAt, names, again, station = '', brief = false, approved = false }: {
  plan: RehearsalView | null; fault: Fault | null; sendAt: number | null;
  names: (community: string) => string; again: () => void; station?: string; brief?: boolean; approved?: boolean;
}) {
  if (!plan) {
    return (
      <section class="plan" aria-live="polite" data-testid="plan">
        <h2>{t('who_gets')}</h2>
        {fault ? <p class="fault">{t('plan_failed', { why: fault.words })} <button type="button" class="link" onClick={again}>{sharedWords('retry')}</button></p>
          : <p class="dim">{t('planning')}</p>}
      </section>
    );
  }
  const month = plan.plan.reduce((most, one) => Math.max(most, one.limit_month), 0);
  return (
    <section class="plan" aria-live="polite" data-testid="plan">
      <h2>{t('who_gets')}</h2>
      <p class="plan-sum" data-testid="plan-sum">{t('plan_people', { p: plan.people, g: plan.groups, o: plan.owners })}</p>
      {plan.followers > 0 && <p class="dim">{t('plan_followers', { n: plan.followers })}</p>}
      <dl>
        <dt><Sign name="clock" size={18} />{t('when')}</dt>
        <dd>{plan.moved && sendAt ? t('plan_moved', { a: exact(sendAt), b: exact(plan.send_at) }) : sendAt ? exact(plan.send_at) : plan.moved ? t('plan_soon', { t: exact(plan.send_at) }) : t('plan_now')}
          <small>{t('plan_confirm')}</small></dd>
        <dt><Sign name="numbers" size={18} />{t('uses')}</dt>
        <dd>{t('plan_tasks', { n: plan.tasks })}
          {month > 0 && <small>{t('plan_quota', { m: month })}</small>}
          {plan.today > 0 && <small class="warn">{t('plan_today', { n: plan.today })}</small>}</dd>
      </dl>
      {plan.skipped.length > 0 && (
        <div class="plan-warn"><b>{t('plan_skipped', { n: plan.skipped.length })}</b>
          <ul>{plan.skipped.slice(0, brief ? 3 : 50).map((one) => <li key={one.id}>{one.name} · {t(WHY[one.reason] || 'why_no_owner')}</li>)}</ul></div>
      )}
      {plan.empty.length > 0 && (
        <p class="plan-warn">{t('plan_empty', {
          n: plan.empty.length,
          names: listed(plan.empty.slice(0, NAMED).map(names)) + (plan.empty.length > NAMED ? '…' : ''),
        })}</p>
      )}
      {plan.needs_second && !approved && <p class="plan-second">{t('plan_second')}</p>}
      {!brief && plan.plan.length > 0 && (
        <details><summary>{t('plan_groups')}</summary><ul class="plan-groups">{plan.plan.map((one) => <Line key={one.id} one={one} plan={plan} station={station} />)}</ul></details>
      )}
    </section>
  );
}

function Line({ one, plan, station }: { one: PlannedGroup; plan: RehearsalView; station: string }) {
  const owner = plan.by_owner.find((its) => its.owner === one.owner);
  return (
    <li>
      <b>{one.name}</b><span>{t('people', { n: one.people })}</span>
      <small>{t('g_owner', { n: owner ? short(owner.name, station) : one.owner })} · {t('month_used', { a: one.sent_month, b: one.limit_month })}
        {one.sent_today > 0 && <em> · {t('day_used')}</em>}
        {owner && owner.open_tasks > 0 && <em> · {t('owner_waits', { n: owner.open_tasks })}</em>}
        {owner && owner.missed > 0 && <em> · {t('owner_missed', { n: owner.missed })}</em>}</small>
    </li>
  );
}
