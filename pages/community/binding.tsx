import { useState } from 'preact/hooks';
import { faultWithHint } from '../shared/fault';
import type { CoverageView, GroupPatch, GroupView } from '../shared/notices';
import type { Desk } from './desk';
import { Dialog } from './pieces';
import { t } from './words';

/** Says where a group belongs, nowhere, or that it is none of ours; what went wrong, in words. */
export function useBinding(desk: Desk, group: GroupView, done: () => void): {
  busy: boolean; fault: string; bind: (body: GroupPatch) => Promise<void>;
} {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const bind = async (body: GroupPatch): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      await desk.api.patch<GroupView>('/groups/' + encodeURIComponent(group.id), body);
      done();
    } catch (error) {
      setFault(faultWithHint(error));
    }
    setBusy(false);
  };
  return { busy, fault, bind };
}

/** The communities to choose from, with their stations where there are several. */
export function Communities({ all, value, label, onChange, testid }: {
  all: readonly CoverageView[]; value: string; label: string; onChange: (value: string) => void; testid?: string;
}) {
  const stations = new Set(all.map((one) => one.station)).size;
  return (
    <select value={value} aria-label={label} onChange={(event) => onChange(event.currentTarget.value)} data-testid={testid}>
      <option value="">—</option>
      {all.map((one) => <option key={one.id} value={one.id}>{stations > 1 ? `${one.name} · ${one.station_name}` : one.name}</option>)}
    </select>
  );
}

/** Another community for a group, none, or none of ours. */
export function Binding({ desk, group, close, done }: { desk: Desk; group: GroupView; close: () => void; done: () => void }) {
  const [chosen, setChosen] = useState(group.community || '');
  const { busy, fault, bind } = useBinding(desk, group, done);
  return (
    <Dialog head={t('b_head', { g: group.name })} close={close}>
      <p>{t('b_what')}</p>
      <label class="field"><span>{t('f_communities')}</span>
        <Communities all={desk.communities || []} value={chosen} label={t('u_which', { g: group.name })} onChange={setChosen} testid="binding" /></label>
      <p class="dim">{t('b_ignore_what')}</p>
      {fault && <p class="fault" role="alert">{fault}</p>}
      <footer>
        {!group.ignored && <button type="button" class="button" disabled={busy} data-testid="ignore" onClick={() => void bind({ community: '', ignored: true })}>{t('b_ignore')}</button>}
        <button type="button" class="button" disabled={busy || (!group.community && !group.ignored)} data-testid="unbind" onClick={() => void bind({ community: '' })}>{t('b_out')}</button>
        <button type="button" class="button main" disabled={busy || !chosen || chosen === group.community} data-testid="bind" onClick={() => void bind({ community: chosen })}>{t('u_bind')}</button>
      </footer>
    </Dialog>
  );
}
