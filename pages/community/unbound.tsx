import { useState } from 'preact/hooks';
import { faultWithHint } from '../shared/fault';
import type { CoverageView, GroupPatch, GroupView } from '../shared/notices';
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
      <p class="dim">{t('u_what')}</p>
      <ul>{groups.slice(0, SHOWN).map((one) => <li key={one.id}><Bind desk={desk} one={one} communities={communities} done={done} /></li>)}</ul>
      {groups.length > SHOWN && <p class="dim">{t('u_more', { n: groups.length - SHOWN })}</p>}
    </details>
  );
}

function Bind({ desk, one, communities, done }: { desk: Desk; one: GroupView; communities: CoverageView[]; done: () => void }) {
  const [chosen, setChosen] = useState(() => named(one.name, communities));
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const stations = new Set(communities.map((its) => its.station)).size;
  const bind = async (): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      const body: GroupPatch = { community: chosen };
      await desk.api.patch<GroupView>('/groups/' + encodeURIComponent(one.id), body);
      done();
    } catch (error) {
      setFault(faultWithHint(error));
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => { event.preventDefault(); void bind(); }}>
      <b>{one.name || one.id}</b>
      <small>{t('g_owner', { n: short(one.owner_name || one.owner, desk.me ? desk.me.station_name : null) })} · {t('people', { n: one.members })}</small>
      <select value={chosen} aria-label={t('u_which', { g: one.name })} onChange={(event) => setChosen(event.currentTarget.value)}>
        <option value="">—</option>
        {communities.map((its) => <option key={its.id} value={its.id}>{stations > 1 ? `${its.name} · ${its.station_name}` : its.name}</option>)}
      </select>
      <button type="submit" class="button small" disabled={busy || !chosen}>{t('u_bind')}</button>
      {fault && <p class="fault" role="alert">{fault}</p>}
    </form>
  );
}
