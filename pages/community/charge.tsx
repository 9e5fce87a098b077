import { useState } from 'preact/hooks';
import type { ChargeTransferIn } from '../shared/bodies';
import type { ChargeView, TransferView } from '../shared/charge';
import { now } from '../shared/clock';
import { faultWithHint } from '../shared/fault';
import type { MeView } from '../shared/types';
import type { Desk } from './desk';
import { short, span } from './inbox';
import { type Loaded, useLoad } from './load';
import { Dialog, Failing } from './pieces';
import { hashOf } from './route';
import { t } from './words';

const SHOWN = 5;

/** What I am in charge of; read again when tips or groups change. */
export function useCharge(desk: Desk, me: MeView): Loaded<ChargeView> {
  return useLoad(`charge ${me.id}`, desk.revision.tips + desk.revision.groups, () => desk.api.get<ChargeView>(`/people/${me.id}/charge`));
}

/** The open tips, the oldest first: the first few as rows, all behind one press. */
export function OpenTips({ charge }: { charge: ChargeView }) {
  const [all, setAll] = useState(false);
  const shown = all ? charge.tips : charge.tips.slice(0, SHOWN);
  if (!charge.tips.length) return <p class="dim">{t('ch_no_tips')}</p>;
  return (
    <>
      <p>{t('ch_tips', { n: charge.tips.length })}</p>
      <ul class="charge-tips" data-testid="charge-tips">
        {shown.map((one) => (
          <li key={one.id}><a href={hashOf('tips', one.id)}>{one.number}</a>{' '}
            <span class="dim">{[one.community_name, one.taken ? t('ch_taken') : t('ch_offered'), span(now() - one.opened_at)].filter(Boolean).join(' · ')}</span></li>
        ))}
      </ul>
      {shown.length < charge.tips.length && <button type="button" class="button small" onClick={() => setAll(true)}>{t('ch_all', { n: charge.tips.length })}</button>}
    </>
  );
}

/** Tips, communities and groups to a colleague in one act. */
export function Charge({ desk, me, loaded }: { desk: Desk; me: MeView; loaded: Loaded<ChargeView> }) {
  const [asking, setAsking] = useState(false);
  const [done, setDone] = useState('');
  const { data } = loaded;
  return (
    <section class="card" data-testid="charge">
      <h2>{t('ch_head')}</h2>
      <p class="dim">{t('ch_what')}</p>
      {!data && loaded.fault && <Failing fault={loaded.fault} again={loaded.again} />}
      {data && <p>{t('ch_sum', { tips: data.tips.length, communities: data.communities.length, groups: data.groups.length })}</p>}
      {done && <p role="status">{done}</p>}
      <button type="button" class="button" disabled={!data} data-testid="hand-charge" onClick={() => { setDone(''); setAsking(true); }}>{t('ch_do')}</button>
      {asking && data && (
        <Transfer desk={desk} me={me} charge={data} close={() => setAsking(false)}
          done={(after) => { loaded.put(after.left); setAsking(false); setDone(t('ch_done', { tips: after.tips, communities: after.communities, groups: after.groups })); }} />
      )}
    </section>
  );
}

function Transfer({ desk, me, charge, close, done }: { desk: Desk; me: MeView; charge: ChargeView; close: () => void; done: (after: TransferView) => void }) {
  const [to, setTo] = useState('');
  const [parts, setParts] = useState({ tips: true, communities: false, groups: false });
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const heir = charge.heirs.find((one) => one.id === to);
  const can = { tips: charge.tips.length > 0, communities: charge.communities.length > 0 && heir?.role === 'COMMUNITY_OFFICER', groups: charge.groups.length > 0 && Boolean(heir?.wecom) };
  const kinds = ['tips', 'communities', 'groups'] as const;
  const chosen = kinds.filter((kind) => can[kind] && parts[kind]);
  const go = async (): Promise<void> => {
    setBusy(true);
    setFault('');
    const body: ChargeTransferIn = { to };
    for (const kind of chosen) body[kind] = true;
    try {
      done(await desk.api.post<TransferView>(`/people/${me.id}/charge/transfer`, body, { tries: 3 }));
    } catch (error) {
      setFault(faultWithHint(error));
      setBusy(false);
    }
  };
  return (
    <Dialog head={t('ch_head')} close={close}>
      <label class="field"><span>{t('ch_to')}</span>
        <select value={to} onChange={(event) => setTo(event.currentTarget.value)} data-testid="charge-to">
          <option value="">—</option>
          {charge.heirs.map((one) => <option key={one.id} value={one.id}>{short(one.name, me.station_name)}</option>)}
        </select></label>
      <OpenTips charge={charge} />
      {kinds.map((kind) => (
        <label key={kind} class="check"><input type="checkbox" checked={parts[kind] && can[kind]} disabled={!can[kind]} data-testid={`charge-${kind}`}
          onChange={({ currentTarget: { checked } }) => setParts((now) => ({ ...now, [kind]: checked }))} />
        <span>{t(`ch_${kind}_part`, { n: charge[kind].length })}</span></label>
      ))}
      {parts.groups && can.groups && <p class="dim">{t('ch_groups_note')}</p>}
      {heir && charge.groups.length > 0 && !heir.wecom && <p class="dim">{t('ch_no_wecom')}</p>}
      {fault && <p class="fault" role="alert">{fault}</p>}
      <footer><button type="button" class="button" onClick={close}>{t('cancel')}</button>
        <button type="button" class="button main" disabled={busy || !heir || !chosen.length} data-testid="charge-go" onClick={() => void go()}>{t('ch_go')}</button></footer>
    </Dialog>
  );
}
