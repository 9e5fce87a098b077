import { useState } from 'preact/hooks';
import type { CoverageView, GroupView } from '../shared/notices';
import { Communities, useBinding } from './binding';
import { named } from './cover';
import type { Desk } from './desk';
import { short } from './inbox';
import { t } from './words';

const SHOWN = 50;
const FEW = 3;

/** Groups that belong to no community: no notice reaches them until somebody says where they belong. */
export function Unbound({ desk, groups, communities, done }: {
  desk: Desk; groups: GroupView[]; communities: CoverageView[]; done: () => void;
}) {
  if (!groups.length || !communities.length) return null;
  return (
    <details class="card unbound" open={groups.length <= FEW} data-testid="unbound">
      <summary>{t('u_head', { n: groups.length })}</summary>
      <p class="dim">{t('u_what')} {t('b_ignore_what')}</p>
      <ul>{groups.slice(0, SHOWN).map((one) => <li key={one.id}><Bind desk={desk} one={one} communities={communities} done={done} /></li>)}</ul>
      {groups.length > SHOWN && <p class="dim">{t('u_more', { n: groups.length - SHOWN })}</p>}
    </details>
  );
}

function Bind({ desk, one, communities, done }: { desk: Desk; one: GroupView; communities: CoverageView[]; done: () => void }) {
  const [chosen, setChosen] = useState(() => named(one.name, communities));
  const { busy, fault, bind } = useBinding(desk, one, done);
  return (
    <form onSubmit={(event) => { event.preventDefault(); void bind({ community: chosen }); }}>
      <b>{one.name || one.id}</b>
      <small>{t('g_owner', { n: short(one.owner_name || one.owner, desk.me ? desk.me.station_name : null) })} · {t('people', { n: one.members })}</small>
      <Communities all={communities} value={chosen} label={t('u_which', { g: one.name })} onChange={setChosen} />
      <button type="submit" class="button small" disabled={busy || !chosen}>{t('u_bind')}</button>
      <button type="button" class="button small" disabled={busy} title={t('b_ignore_what')} data-testid="ignore"
        onClick={() => void bind({ community: '', ignored: true })}>{t('b_ignore')}</button>
      {fault && <p class="fault" role="alert">{fault}</p>}
    </form>
  );
}
