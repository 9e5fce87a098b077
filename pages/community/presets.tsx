import { useState } from 'preact/hooks';
import { useDraft } from '../parts/draft';
import { newKey } from '../shared/api';
import { asFault, faultWithHint } from '../shared/fault';
import { listed } from '../shared/i18n';
import type { AudienceView, PresetsView } from '../shared/presets';
import type { Desk } from './desk';
import { useLoad, type Loaded } from './load';
import { p } from './presetwords';

const NAME_MOST = 30;
interface Offered { name: string; communities: string[]; left_out: string[] }

/** What is kept for the next notice; read again when a notice went out. */
export function usePresets(desk: Desk): Loaded<PresetsView> {
  return useLoad('presets', desk.revision.notices, () => desk.api.get<PresetsView>('/notices/presets'));
}

/** Why something could not be kept, in words. */
export function refusal(error: unknown): string {
  const fault = asFault(error);
  if (fault.code === 'duplicate') return p('taken');
  if (fault.code === 'conflict') return p('overtaken');
  if (fault.code === 'not_found') return p('gone');
  if (fault.facts.field === 'most') return p('full', { n: Number(fault.facts.most) });
  return faultWithHint(error);
}

/** The last audience and the station's lists, each chosen at one press; and how they are kept. */
export function SavedAudiences({ desk, presets, chosen, onChange }: {
  desk: Desk; presets: Loaded<PresetsView>; chosen: string[]; onChange: (ids: string[]) => void;
}) {
  const [taken, setTaken] = useState<{ of: Offered; before: string[] } | null>(null);
  const { data } = presets;
  if (!data) return null;
  const take = (of: Offered): void => {
    setTaken({ of, before: chosen });
    onChange(of.communities);
  };
  const last = data.last && { ...data.last, name: p('last') };
  return (
    <div class="presets" role="group" aria-label={p('audiences')} data-testid="presets">
      <div class="preset-row">
        {last && <Offer one={last} about={p('of', { title: last.title, n: last.communities.length })} take={take} testid="audience-last" />}
        {data.audiences.map((one) => <Offer key={one.id} one={one} about={p('count', { n: one.communities.length })} take={take} testid="audience" />)}
      </div>
      <div role="status" class="preset-said">
        {taken && (
          <p class={'advice ' + (taken.of.left_out.length ? 'tone-need' : 'tone-hand')} data-testid="audience-said">
            <span>{p('chosen_now', { name: taken.of.name, n: taken.of.communities.length })}
              {taken.of.left_out.length > 0 && ' ' + p('left_out_names', { names: listed(taken.of.left_out) })}</span>
            <button type="button" class="button small" data-testid="audience-undo" onClick={() => { onChange(taken.before); setTaken(null); }}>{p('undo')}</button></p>
        )}
      </div>
      <details class="preset-keep" data-testid="audience-keep"><summary>{p('keep')}</summary>
        <Keep desk={desk} presets={presets} data={data} chosen={chosen} />
        <ul>{data.audiences.map((one) => <li key={one.id}><Kept desk={desk} presets={presets} one={one} chosen={chosen} /></li>)}</ul>
      </details>
    </div>
  );
}

function Offer({ one, about, take, testid }: { one: Offered; about: string; take: (one: Offered) => void; testid: string }) {
  return (
    <button type="button" class="button preset" disabled={!one.communities.length} onClick={() => take(one)} data-testid={testid}>
      <span><b>{one.name}</b><small>{about}{one.left_out.length > 0 && ' · ' + p('left_out', { n: one.left_out.length })}</small></span></button>
  );
}

function Keep({ desk, presets, data, chosen }: { desk: Desk; presets: Loaded<PresetsView>; data: PresetsView; chosen: string[] }) {
  const [first] = useState(() => ({ name: '', key: newKey() }));
  const form = useDraft(desk.drafts, 'audience/new', first);
  const { busy, fault, run } = useKeeping(presets);
  const { name } = form.value;
  const full = data.audiences.length >= data.most_audiences;
  const keep = (): Promise<void> => {
    const sent = form.now();
    return run(() => desk.api.post<PresetsView>('/notices/audiences', { key: sent.key, name: sent.name.trim(), communities: chosen }, { tries: 3 }), () => form.sent(sent));
  };
  return (
    <div class="preset-new">
      <label class="field"><span>{p('keep_name', { n: chosen.length })}</span>
        <input value={name} maxLength={NAME_MOST} onInput={(event) => form.set({ name: event.currentTarget.value, key: newKey() })} data-testid="audience-name" /></label>
      <button type="button" class="button small" disabled={busy || full || !name.trim() || !chosen.length} onClick={() => void keep()} data-testid="audience-save">{p('keep_go')}</button>
      {full && <p class="dim">{p('full', { n: data.most_audiences })}</p>}
      {fault && <p class="fault" role="alert">{fault}</p>}
    </div>
  );
}

function Kept({ desk, presets, one, chosen }: { desk: Desk; presets: Loaded<PresetsView>; one: AudienceView; chosen: string[] }) {
  const form = useDraft(desk.drafts, 'audience/' + one.id, { name: one.name });
  const { busy, fault, run } = useKeeping(presets);
  const path = '/notices/audiences/' + encodeURIComponent(one.id);
  const { name } = form.value;
  const put = (communities: string[], called: string): Promise<void> =>
    run(() => desk.api.put<PresetsView>(path, { seen: one.updated_at, name: called, communities }), form.drop);
  return (
    <div class="preset-new">
      <label class="field"><span>{p('name_of', { name: one.name })}</span>
        <input value={name} maxLength={NAME_MOST} onInput={(event) => form.set({ name: event.currentTarget.value })} data-testid="audience-rename" /></label>
      <div class="door-acts">
        <button type="button" class="button small" disabled={busy || !name.trim() || name.trim() === one.name || !one.communities.length} data-testid="audience-rename-go"
          onClick={() => void put(one.communities, name.trim())}>{p('rename')}</button>
        <button type="button" class="button small" disabled={busy || !chosen.length} onClick={() => void put(chosen, one.name)} data-testid="audience-replace">{p('replace')}</button>
        <Remove name={one.name} busy={busy} remove={() => void run(() => desk.api.delete<PresetsView>(path), form.drop)} />
      </div>
      {fault && <p class="fault" role="alert">{fault}</p>}
    </div>
  );
}

/** Two presses: what a station shares is not gone at one. */
export function Remove({ name, busy, remove }: { name: string; busy: boolean; remove: () => void }) {
  const [asked, setAsked] = useState(false);
  return asked
    ? <button type="button" class="button small danger" disabled={busy} onClick={remove} data-testid="remove-sure">{p('remove_sure', { name })}</button>
    : <button type="button" class="button small" disabled={busy} onClick={() => setAsked(true)} aria-label={`${p('remove')} ${name}`} data-testid="remove">{p('remove')}</button>;
}

/** Asks, shows what is kept since, and says why it was refused; what was refused is read again. */
export function useKeeping(presets: Pick<Loaded<PresetsView>, 'put' | 'again'>): { busy: boolean; fault: string; run: (ask: () => Promise<PresetsView>, then?: () => void) => Promise<void> } {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const run = async (ask: () => Promise<PresetsView>, then: () => void = () => undefined): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      presets.put(await ask());
      then();
    } catch (error) {
      setFault(refusal(error));
      presets.again();
    }
    setBusy(false);
  };
  return { busy, fault, run };
}

/** Words for how long something holds. */
export function days(n: number): string {
  return n ? p('t_days_n', { n }) : p('t_days_0');
}
