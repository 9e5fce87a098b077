import { useEffect, useState } from 'preact/hooks';
import { newKey } from '../shared/api';
import { now } from '../shared/clock';
import { asFault, faultWithHint, type Fault } from '../shared/fault';
import type { CoverageList, CoverageView, NoticePicture, NoticeView, RehearsalView } from '../shared/notices';
import type { Desk } from './desk';
import { draftOf, empty, ms, noticeIn, noticePatch, TEXT_MOST, TITLE_MOST, wrong, type Draft } from './draft';
import { useLoad } from './load';
import { Letter } from './notice';
import { Bones, Failing } from './pieces';
import { Plan } from './plan';
import { Icon } from '../parts/icons';
import { listed } from '../shared/i18n';
import { t } from './words';

const REHEARSE_MS = 350;

/** Writing a notice; beside it, at all times, exactly who will get it, when, and what it uses up. */
export function Writing({ desk, notice, done, back }: {
  desk: Desk; notice?: NoticeView; done: (view: NoticeView) => void; back: () => void;
}) {
  const [draft, setDraft] = useState<Draft>(() => (notice ? draftOf(notice, newKey()) : empty(newKey())));
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const coverage = useLoad('communities', desk.revision.groups, async () => {
    const list = await desk.api.get<CoverageList>('/groups/communities');
    desk.keep(list.communities);
    return list.communities;
  });
  const rehearsal = useRehearsal(desk, draft);
  const set = (members: Partial<Draft>): void => setDraft({ ...draft, ...members, key: newKey() });
  const todo = wrong(draft, now());
  const save = async (): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      done(notice
        ? await desk.api.patch<NoticeView>('/notices/' + notice.id, noticePatch(draft, notice.version))
        : await desk.api.post<NoticeView>('/notices', noticeIn(draft), { tries: 3 }));
    } catch (error) {
      setFault(faultWithHint(error));
      setBusy(false);
    }
  };
  return (
    <>
      <header class="detail-head">
        <button type="button" class="icon-button" aria-label={t('back')} onClick={back}><Icon name="back" /></button>
        <div class="detail-title"><h1>{notice ? t('edit') : t('n_new')}</h1></div>
      </header>
      <form class="scroll writing" onSubmit={(event) => { event.preventDefault(); void save(); }}>
        <div class="writing-form">
          <label class="field"><span>{t('f_title')}<small>{draft.title.length} / {TITLE_MOST}</small></span>
            <input value={draft.title} maxLength={TITLE_MOST} data-testid="f-title" onInput={(event) => set({ title: event.currentTarget.value })} /></label>
          <label class="field"><span>{t('f_text')}<small>{draft.text.length} / {TEXT_MOST}</small></span>
            <textarea rows={6} value={draft.text} maxLength={TEXT_MOST} data-testid="f-text" onInput={(event) => set({ text: event.currentTarget.value })} /></label>
          {!coverage.data && (coverage.fault ? <Failing fault={coverage.fault} again={coverage.again} /> : <Bones count={2} />)}
          {coverage.data && <Audience all={coverage.data} chosen={draft.communities} onChange={(communities) => set({ communities })} />}
          <label class="check"><input type="checkbox" checked={draft.urgent} onChange={(event) => set({ urgent: event.currentTarget.checked })} />
            <span><b>{t('f_urgent')}</b><small>{t('f_urgent_hint')}</small></span></label>
          <div class="two">
            <label class="field"><span>{t('f_send')}</span><input type="datetime-local" value={draft.sendAt} onInput={(event) => set({ sendAt: event.currentTarget.value })} /></label>
            <label class="field"><span>{t('f_expires')}</span><input type="datetime-local" value={draft.expiresAt} onInput={(event) => set({ expiresAt: event.currentTarget.value })} /></label>
          </div>
          <Picture desk={desk} file={draft.picture} onChange={(picture) => set({ picture })} />
          <label class="field"><span>{t('f_link')}</span><input type="url" value={draft.link} maxLength={500} placeholder="https://" onInput={(event) => set({ link: event.currentTarget.value })} /></label>
        </div>
        <aside class="writing-side">
          {draft.communities.length
            ? <Plan plan={rehearsal.plan} fault={rehearsal.fault} sendAt={ms(draft.sendAt)} names={(c) => desk.name(c)} again={rehearsal.again} station={(desk.me && desk.me.station_name) || ''} />
            : <section class="plan" data-testid="plan"><h2>{t('who_gets')}</h2><p class="dim">{t('asks_plan')}</p></section>}
          <h2 class="preview-head">{t('f_preview')}</h2>
          <Letter one={draft} />
        </aside>
      </form>
      <footer class="acts">
        {fault && <p class="fault" role="alert">{fault}</p>}
        <p class="acts-sum" aria-live="polite" data-testid="sum">
          {rehearsal.plan && draft.communities.length > 0 ? t('plan_people', { p: rehearsal.plan.people, g: rehearsal.plan.groups, o: rehearsal.plan.owners }) : t('asks_plan')}</p>
        <div class="acts-else">
          <span class="dim">{todo.length > 0 && t('f_missing', { what: listed(todo) })}</span>
          <button type="button" class="button main" disabled={busy || todo.length > 0} data-testid="save" onClick={() => void save()}>{t('f_save')}</button>
        </div>
      </footer>
    </>
  );
}

/** One picture, sent off as soon as it is chosen; the preview shows what came back. */
function Picture({ desk, file, onChange }: { desk: Desk; file: string; onChange: (file: string) => void }) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const choose = async (chosen: File): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      onChange((await desk.api.upload<NoticePicture>('/notices/pictures', chosen, { key: newKey() })).file);
    } catch (error) {
      setFault(faultWithHint(error));
    }
    setBusy(false);
  };
  return (
    <div class="field"><span>{t('f_picture')}</span>
      <div class="picture-choice">
        <label class="button small"><Icon name="camera" size={18} />{busy ? t('sending') : t(file ? 'f_picture_other' : 'f_picture_choose')}
          <input type="file" accept="image/jpeg,image/png,image/webp" disabled={busy} data-testid="f-picture"
            onChange={({ currentTarget }) => { const [one] = Array.from(currentTarget.files || []); if (one) void choose(one); currentTarget.value = ''; }} /></label>
        {file && <button type="button" class="button small" onClick={() => onChange('')}>{t('f_picture_none')}</button>}
      </div>
      {fault && <p class="fault" role="alert">{fault}</p>}
    </div>
  );
}

/** Asked again a moment after the audience or the time changed; the last answer stays meanwhile. */
function useRehearsal(desk: Desk, draft: Draft): { plan: RehearsalView | null; fault: Fault | null; again: () => void } {
  const [plan, setPlan] = useState<RehearsalView | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  const [turn, setTurn] = useState(0);
  const { communities, urgent, sendAt } = draft;
  const about = JSON.stringify([communities, urgent, sendAt]);
  useEffect(() => {
    if (!communities.length) {
      setPlan(null);
      setFault(null);
      return undefined;
    }
    let over = false;
    const timer = setTimeout(() => {
      desk.api.post<RehearsalView>('/notices/rehearse', { communities, urgent, send_at: ms(sendAt) }, { tries: 2 }).then(
        (view) => { if (!over) { setPlan(view); setFault(null); } },
        (error: unknown) => { if (!over) { setPlan(null); setFault(asFault(error)); } },
      );
    }, REHEARSE_MS);
    return () => { over = true; clearTimeout(timer); };
  }, [about, turn, desk.revision.groups]);
  return { plan, fault, again: () => setTurn(turn + 1) };
}

function Audience({ all, chosen, onChange }: { all: CoverageView[]; chosen: string[]; onChange: (ids: string[]) => void }) {
  const [filter, setFilter] = useState('');
  const shown = all.filter((one) => !filter || one.name.includes(filter) || one.station_name.includes(filter));
  const ids = new Set(chosen);
  const toggle = (id: string): void => onChange(ids.has(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  const every = shown.length > 0 && shown.every((one) => ids.has(one.id));
  return (
    <fieldset class="audience">
      <legend>{t('f_communities')} <small>{t('f_chosen', { a: chosen.length, b: all.length })}</small></legend>
      <div class="audience-head">
        {all.length > 8 && <input type="search" aria-label={t('f_find')} placeholder={t('f_find')} value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />}
        <button type="button" class="button small" onClick={() => onChange(every
          ? chosen.filter((id) => !shown.some((one) => one.id === id))
          : Array.from(new Set([...chosen, ...shown.map((one) => one.id)])))}>{every ? t('f_none') : t('f_all')}</button>
      </div>
      <ul>{shown.map((one) => (
        <li key={one.id}><label class="check"><input type="checkbox" checked={ids.has(one.id)} onChange={() => toggle(one.id)} data-community={one.id} />
          <span><b>{one.name}</b><small class={one.groups ? '' : 'warn'}>{one.groups ? `${t('group_count', { n: one.groups })} · ${t('people', { n: one.residents })}` : t('h_no_group')}</small></span></label></li>
      ))}</ul>
    </fieldset>
  );
}
