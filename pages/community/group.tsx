import { useState } from 'preact/hooks';
import { useHeld } from '../parts/held';
import { faultWithHint } from '../shared/fault';
import type { GroupView, OwnerIn, OwnerList, OwnerView } from '../shared/notices';
import { Binding } from './binding';
import type { Desk } from './desk';
import { short } from './inbox';
import { useLoad } from './load';
import { ownerMarks } from './owning';
import { Bar, Bones, Dialog, Failing } from './pieces';
import { t } from './words';

/** One group: how full it is, who owns it, and what is wrong with that. */
export function Group({ desk, group, again }: { desk: Desk; group: GroupView; again: () => void }) {
  const [asked, setAsked] = useHeld<'owner'>(() => (group.may_hand_over ? group.id : null));
  const [binding, setBinding] = useHeld<'binding'>(() => group.id);
  const [fault, setFault] = useState('');
  const members = t('g_members', { a: group.members, b: group.capacity });
  const tone = group.members >= group.capacity ? 'danger' : group.nearly_full ? 'need' : 'well';
  const keep = async (): Promise<void> => {
    setFault('');
    try {
      await desk.api.delete(pathOf(group) + '/owner');
      again();
    } catch (error) {
      setFault(faultWithHint(error));
    }
  };
  return (
    <article class="card" data-testid="group">
      <h3>{group.name}</h3>
      <span class="reach"><Bar label={members} parts={[{ tone, count: group.members }, { tone: 'none', count: Math.max(0, group.capacity - group.members) }]} /><span>{members}</span></span>
      <p class="row-facts"><span>{t('g_owner', { n: short(group.owner_name || group.owner, group.station_name) })}</span><span>{t('g_month', { n: group.sent_month })}</span></p>
      {ownerMarks(group).map((mark) => <p key={mark.words} class={'advice tone-' + mark.tone} data-testid="owner-mark">{mark.words}</p>)}
      {fault && <p class="fault" role="alert">{fault}</p>}
      <div class="door-acts">
        {group.may_hand_over && <button type="button" class="button small" onClick={() => setAsked('owner')} data-testid="change-owner">{t('o_change')}</button>}
        {group.may_hand_over && group.handing && <button type="button" class="button small" onClick={() => void keep()} data-testid="keep-owner">{t('o_keep')}</button>}
        <button type="button" class="button small" onClick={() => setBinding('binding')} data-testid="change-community">{t('b_change')}</button>
      </div>
      {binding && <Binding desk={desk} group={group} close={() => setBinding(null)} done={() => { setBinding(null); again(); }} />}
      {asked && <NextOwner desk={desk} group={group} close={() => setAsked(null)} done={() => { setAsked(null); again(); }} />}
    </article>
  );
}

function NextOwner({ desk, group, close, done }: { desk: Desk; group: GroupView; close: () => void; done: () => void }) {
  const loaded = useLoad(group.id, 0, () => desk.api.get<OwnerList>(pathOf(group) + '/owners'));
  const [chosen, setChosen] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const owners = loaded.data ? loaded.data.owners : [];
  const ask = async (): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      const body: OwnerIn = { person: chosen };
      await desk.api.put<GroupView>(pathOf(group) + '/owner', body);
      done();
    } catch (error) {
      setFault(faultWithHint(error));
      setBusy(false);
    }
  };
  return (
    <Dialog head={t('o_change')} close={close}>
      <p>{t('o_what', { g: group.name })}</p>
      {!loaded.data && (loaded.fault ? <Failing fault={loaded.fault} again={loaded.again} /> : <Bones count={1} />)}
      {loaded.data && !owners.length && <p class="advice tone-need">{t('o_none')}</p>}
      {owners.length > 0 && (
        <label class="field"><span>{t('o_who')}</span>
          <select value={chosen} onChange={(event) => setChosen(event.currentTarget.value)} data-testid="next-owner">
            <option value="">—</option>
            {owners.map((one) => <option key={one.id} value={one.id}>{nameOf(one, group.station_name)}</option>)}
          </select></label>
      )}
      {fault && <p class="fault" role="alert">{fault}</p>}
      <footer><button type="button" class="button" onClick={close}>{t('cancel')}</button>
        <button type="button" class="button main" disabled={busy || !chosen} onClick={() => void ask()} data-testid="hand-over">{t('o_ask')}</button></footer>
    </Dialog>
  );
}

function nameOf(one: OwnerView, station: string): string {
  const n = short(one.name, station);
  return one.away ? t('o_away', { n }) : one.in_charge ? t('o_in_charge', { n }) : n;
}

function pathOf(group: GroupView): string {
  return '/groups/' + encodeURIComponent(group.id);
}
