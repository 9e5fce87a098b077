import { useState } from 'preact/hooks';
import { useDraft } from '../parts/draft';
import { newKey } from '../shared/api';
import { now } from '../shared/clock';
import type { NoticeView } from '../shared/notices';
import type { PresetsView, TemplateView } from '../shared/presets';
import type { Desk } from './desk';
import { local, ms, TEXT_MOST, TITLE_MOST, type Draft } from './draft';
import type { Loaded } from './load';
import { Back, Bones, Empty, Failing } from './pieces';
import { days, Remove, useKeeping, usePresets } from './presets';
import { p } from './presetwords';
import { hashOf } from './route';
import { t } from './words';

const DAY = 86_400_000;
const NAME_MOST = 30;
export const DAYS = [0, 1, 2, 3, 7, 14, 30, 90] as const;

/** What a template puts in the place of what is written. */
export function begunWith(one: TemplateView, draft: Draft, at: number): Partial<Draft> {
  const expiresAt = one.valid_days ? local((ms(draft.sendAt) || at) + one.valid_days * DAY) : '';
  return { title: one.title, text: one.text, link: one.link, expiresAt };
}

/** Whether a template would take something away. */
export function isBegun(draft: Draft): boolean {
  return [draft.title, draft.text, draft.link, draft.expiresAt].some((one) => one.trim() !== '');
}

/** To begin with a template; what is begun already is replaced by a second press alone. */
export function FromTemplate({ presets, draft, set }: { presets: Loaded<PresetsView>; draft: () => Draft; set: (members: Partial<Draft>) => void }) {
  const [asked, setAsked] = useState<TemplateView | null>(null);
  const templates = presets.data ? presets.data.templates : [];
  if (!templates.length) return null;
  const use = (one: TemplateView): void => {
    setAsked(null);
    set(begunWith(one, draft(), now()));
  };
  const choose = (id: string): void => {
    const one = templates.find((its) => its.id === id);
    if (one && isBegun(draft())) setAsked(one);
    else if (one) use(one);
    else setAsked(null);
  };
  return (
    <div class="from-template">
      <label class="field"><span>{p('template')}</span>
        <select value={asked ? asked.id : ''} onChange={(event) => choose(event.currentTarget.value)} data-testid="template">
          <option value="">{p('template_none')}</option>
          {templates.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
        </select></label>
      {asked && (
        <div class="advice tone-need" role="alert" data-testid="template-asked"><p>{p('begun', { name: asked.name })}</p>
          <div class="door-acts">
            <button type="button" class="button small" onClick={() => use(asked)} data-testid="template-replace">{p('begun_go')}</button>
            <button type="button" class="button small" onClick={() => setAsked(null)} data-testid="template-leave">{p('begun_not')}</button>
          </div></div>
      )}
    </div>
  );
}

/** The templates of the station: each with its words, and a new one. */
export function Templates({ desk }: { desk: Desk }) {
  const presets = usePresets(desk);
  const { data } = presets;
  return (
    <>
      <header class="detail-head"><Back href={hashOf('notices')} /><div class="detail-title"><h1>{p('templates')}</h1></div></header>
      <div class="scroll templates" data-testid="templates">
        <p class="dim">{p('t_hint')}</p>
        {!data && (presets.fault ? <Failing fault={presets.fault} again={presets.again} /> : <Bones count={2} />)}
        {data && !data.templates.length && <Empty sign="notices" head={p('t_none')} hint={p('t_none_hint')} />}
        {data && data.templates.map((one) => (
          <details key={one.id} class="card" data-testid="template-card"><summary><b>{one.name}</b> <small class="dim">{one.title} · {days(one.valid_days)}</small></summary>
            <Form desk={desk} presets={presets} one={one} /></details>
        ))}
        {data && (
          <section class="card"><h2>{p('t_new')}</h2>
            {data.templates.length < data.most_templates ? <Form desk={desk} presets={presets} /> : <p class="dim">{p('full', { n: data.most_templates })}</p>}</section>
        )}
      </div>
    </>
  );
}

interface Written { name: string; title: string; text: string; link: string; valid_days: number; key: string; seen: number }

function Form({ desk, presets, one }: { desk: Desk; presets: Loaded<PresetsView>; one?: TemplateView }) {
  const [begun] = useState(newKey);
  const was: Written = one ? { ...one, key: '', seen: one.updated_at } : { name: '', title: '', text: '', link: '', valid_days: 0, key: begun, seen: 0 };
  const form = useDraft<Written>(desk.drafts, 'template/' + (one ? one.id : 'new'), was);
  const { busy, fault, run } = useKeeping(presets);
  const { name, title, text, link, valid_days, seen } = form.value;
  const set = (members: Partial<Written>): void => form.set({ ...members, key: newKey() });
  // What it was begun over is not what is kept now.
  const other = one && form.at !== null && seen !== one.updated_at ? one : null;
  const save = (over: number): Promise<void> => {
    const sent = form.now();
    const body = { name: sent.name.trim(), title: sent.title.trim(), text: sent.text, link: sent.link.trim(), valid_days: sent.valid_days };
    return run(() => (one
      ? desk.api.put<PresetsView>('/notices/templates/' + encodeURIComponent(one.id), { ...body, seen: over })
      : desk.api.post<PresetsView>('/notices/templates', { ...body, key: sent.key }, { tries: 3 })), () => form.sent(sent));
  };
  const lacks = !name.trim() || (!title.trim() && !text.trim());
  return (
    <form class="template-form" onSubmit={(event) => { event.preventDefault(); void save(seen); }}>
      <label class="field"><span>{p('t_name')}</span><input value={name} maxLength={NAME_MOST} data-testid="t-name" onInput={(event) => set({ name: event.currentTarget.value })} /></label>
      <label class="field"><span>{t('f_title')}<small>{title.length} / {TITLE_MOST}</small></span>
        <input value={title} maxLength={TITLE_MOST} data-testid="t-title" onInput={(event) => set({ title: event.currentTarget.value })} /></label>
      <label class="field"><span>{t('f_text')}<small>{text.length} / {TEXT_MOST}</small></span>
        <textarea rows={4} value={text} maxLength={TEXT_MOST} data-testid="t-text" onInput={(event) => set({ text: event.currentTarget.value })} /></label>
      <label class="field"><span>{t('f_link')}</span><input type="url" value={link} maxLength={500} placeholder="https://" onInput={(event) => set({ link: event.currentTarget.value })} /></label>
      <DaysField value={valid_days} onChange={(n) => set({ valid_days: n })} />
      {other && (
        <div class="leftover" role="alert" data-testid="template-conflict"><p>{p('t_other')}</p><blockquote>{[other.name, other.title, other.text, other.link, days(other.valid_days)].filter(Boolean).join('\n')}</blockquote>
          <div class="door-acts">
            <button type="button" class="button small" disabled={busy} onClick={() => void save(other.updated_at)} data-testid="template-mine">{p('t_mine')}</button>
            <button type="button" class="button small" disabled={busy} onClick={form.drop} data-testid="template-theirs">{p('t_theirs')}</button>
          </div></div>
      )}
      {fault && <p class="fault" role="alert">{fault}</p>}
      <div class="door-acts">
        <button type="submit" class="button small main" disabled={busy || lacks || other !== null || form.at === null} data-testid="t-save">{p('t_save')}</button>
        {one && <Remove name={one.name} busy={busy} remove={() => void run(() => desk.api.delete<PresetsView>('/notices/templates/' + encodeURIComponent(one.id)), form.drop)} />}
      </div>
    </form>
  );
}

/** How long it holds after it is sent. */
export function DaysField({ value, onChange }: { value: number; onChange: (n: number) => void }) {
  const offered = DAYS.some((one) => one === value) ? DAYS : [...DAYS, value];
  return (
    <label class="field"><span>{p('t_days')}</span>
      <select value={String(value)} onChange={(event) => onChange(Number(event.currentTarget.value))} data-testid="t-days">
        {offered.map((n) => <option key={n} value={String(n)}>{days(n)}</option>)}
      </select></label>
  );
}

/** Where what is kept is not shown, it is not read. */
const UNREAD: Pick<Loaded<PresetsView>, 'put' | 'again'> = { put: () => undefined, again: () => undefined };

/** The words of a notice as a template. How long it held is taken over, too. */
export function ToTemplate({ desk, one }: { desk: Desk; one: NoticeView }) {
  const [begun] = useState(newKey);
  const form = useDraft(desk.drafts, `notice/${one.id}/template`, { name: one.title.slice(0, NAME_MOST), key: begun });
  const [saved, setSaved] = useState('');
  const { busy, fault, run } = useKeeping(UNREAD);
  const { name } = form.value;
  const save = (): Promise<void> => {
    const sent = form.now();
    setSaved('');
    const body = { key: sent.key, name: sent.name.trim(), title: one.title, text: one.text, link: one.link, valid_days: heldFor(one) };
    return run(() => desk.api.post<PresetsView>('/notices/templates', body, { tries: 3 }), () => { form.sent(sent); setSaved(body.name); });
  };
  return (
    <details class="to-template"><summary data-testid="to-template">{p('t_from')}</summary>
      <label class="field"><span>{p('t_name')}</span><input value={name} maxLength={NAME_MOST} data-testid="t-name" onInput={(event) => form.set({ name: event.currentTarget.value, key: newKey() })} /></label>
      {fault && <p class="fault" role="alert">{fault}</p>}
      <button type="button" class="button small" disabled={busy || !name.trim()} data-testid="t-save" onClick={() => void save()}>{p('t_save')}</button>
      <p role="status">{saved && p('t_saved', { name: saved })}</p>
    </details>
  );
}

export function heldFor(one: NoticeView): number {
  if (one.expires_at === null) return 0;
  const from = one.send_at || one.published_at || one.created_at;
  return Math.min(366, Math.max(1, Math.ceil((one.expires_at - from) / DAY)));
}
