import { useEffect, useState } from 'preact/hooks';
import { useDraft } from '../parts/draft';
import { newKey } from '../shared/api';
import { ago, exact, now } from '../shared/clock';
import { asFault, faultWithHint, type Fault } from '../shared/fault';
import type { CoverageList, NoticePicture, NoticeView, RehearsalView } from '../shared/notices';
import { Audience } from './audience';
import { Compare, other } from './compare';
import { alike, wordsOf } from './conflict';
import type { Desk } from './desk';
import { empty, ms, noticeIn, noticePatch, TEXT_MOST, TITLE_MOST, wrong, type Draft } from './draft';
import { d } from './draftwords';
import { useLoad } from './load';
import { Letter } from './notice';
import { Bones, Failing } from './pieces';
import { Plan } from './plan';
import { SavedAudiences, usePresets } from './presets';
import { FromTemplate } from './templates';
import { Icon } from '../parts/icons';
import { listed } from '../shared/i18n';
import { t } from './words';

const REHEARSE_MS = 350;

/** What is being written, the words it began with, and of which version they were. */
export interface Form { draft: Draft; was: Draft; version: number }

export function formOf(notice?: NoticeView): Form {
  const was = notice ? wordsOf(notice) : empty(newKey());
  return { draft: was, was, version: notice ? notice.version : 0 };
}

/** Where the browser keeps it. */
export function draftName(notice?: NoticeView): string {
  return 'notice/' + (notice ? notice.id : 'new');
}

/** Whether something of it is written and not saved. */
export function unsaved(desk: Desk, notice?: NoticeView): boolean {
  const kept = desk.drafts.get<Form>(draftName(notice));
  return kept !== null && !alike(kept.draft, notice ? wordsOf(notice) : kept.was);
}

/** Writing a notice; beside it, at all times, exactly who will get it, when, and what it uses up. */
export function Writing({ desk, notice, done, back }: {
  desk: Desk; notice?: NoticeView; done: (view: NoticeView) => void; back: () => void;
}) {
  const [begun] = useState(() => formOf());
  // Said of what was there before, not of what is being typed now.
  const [found] = useState(() => desk.drafts.at(draftName(notice)) !== null);
  const form = useDraft<Form>(desk.drafts, draftName(notice), notice ? formOf(notice) : begun);
  const [answered, setAnswered] = useState<NoticeView | null>(null);
  const [comparing, setComparing] = useState(false);
  const [uploading, setUploading] = useState(false);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const coverage = useLoad('communities', desk.revision.groups, async () => {
    const list = await desk.api.get<CoverageList>('/groups/communities');
    desk.keep(list.communities);
    return list.communities;
  });
  const presets = usePresets(desk);
  const { draft, was } = form.value;
  const rehearsal = useRehearsal(desk, draft);
  const set = (members: Partial<Draft>): void => form.set((now) => ({ draft: { ...now.draft, ...members, key: newKey() } }));
  const begin = (present: NoticeView, next: Draft): void => form.set({ draft: next, was: wordsOf(present), version: present.version });
  // As the server has it: from the feed, or from its refusal when that is newer.
  const present = notice && answered && answered.version > notice.version ? answered : notice;
  const moved = present !== undefined && form.value.version !== present.version;
  // A version with the same words (it was approved) takes nothing away.
  const theirs = present && moved && !alike(wordsOf(present), was) && !alike(wordsOf(present), draft) ? present : null;
  const todo = wrong(draft, now()).concat(uploading ? [d('uploading')] : []);
  /** What was written while it was on its way stays, as a change of what was saved. */
  const saved = (view: NoticeView, sent: Draft): void => {
    const left = form.now().draft;
    form.drop();
    if (!alike(left, sent)) desk.drafts.put(draftName(view), { draft: left, was: wordsOf(view), version: view.version });
    done(view);
  };
  const save = async (): Promise<void> => {
    setBusy(true);
    setFault('');
    const { draft: sent, version } = form.now();
    try {
      saved(present
        ? await desk.api.patch<NoticeView>('/notices/' + present.id, noticePatch(sent, theirs ? version : present.version))
        : await desk.api.post<NoticeView>('/notices', noticeIn(sent), { tries: 3 }), sent);
    } catch (error) {
      const newest = asFault(error).facts.notice as NoticeView | undefined;
      // It had arrived, and only the answer was lost.
      if (newest && alike(wordsOf(newest), sent)) return saved(newest, sent);
      if (newest) {
        setAnswered(newest);
        setComparing(true);
      } else setFault(faultWithHint(error));
      setBusy(false);
    }
  };
  if (theirs && comparing) {
    return (
      <>
        <header class="detail-head">
          <button type="button" class="icon-button" aria-label={t('back')} onClick={() => setComparing(false)}><Icon name="back" /></button>
          <div class="detail-title"><h1>{t('edit')}</h1></div>
        </header>
        <div class="scroll writing">
          <Compare desk={desk} was={was} mine={draft} present={theirs} take={(next) => { begin(theirs, next); setComparing(false); }} />
        </div>
      </>
    );
  }
  return (
    <>
      <header class="detail-head">
        <button type="button" class="icon-button" aria-label={t('back')} onClick={back}><Icon name="back" /></button>
        <div class="detail-title"><h1>{notice ? t('edit') : t('n_new')}</h1></div>
      </header>
      <form class="scroll writing" onSubmit={(event) => { event.preventDefault(); void save(); }}>
        <div class="writing-form">
          {found && form.at !== null && !theirs && (
            <p class="kept-line" data-testid="kept"><span title={exact(form.at)}>{d(notice ? 'kept_edit' : 'kept', { t: ago(form.at) })}</span>
              <Discard disabled={busy || uploading} discard={form.drop} /></p>
          )}
          {!notice && <FromTemplate presets={presets} draft={() => form.now().draft} set={set} />}
          <label class="field"><span>{t('f_title')}<small>{draft.title.length} / {TITLE_MOST}</small></span>
            <input value={draft.title} maxLength={TITLE_MOST} data-testid="f-title" onInput={(event) => set({ title: event.currentTarget.value })} /></label>
          <label class="field"><span>{t('f_text')}<small>{draft.text.length} / {TEXT_MOST}</small></span>
            <textarea rows={6} value={draft.text} maxLength={TEXT_MOST} data-testid="f-text" onInput={(event) => set({ text: event.currentTarget.value })} /></label>
          {!coverage.data && (coverage.fault ? <Failing fault={coverage.fault} again={coverage.again} /> : <Bones count={2} />)}
          <SavedAudiences desk={desk} presets={presets} chosen={draft.communities} onChange={(communities) => set({ communities })} />
          {coverage.data && <Audience all={coverage.data} stations={desk.stations} chosen={draft.communities} onChange={(communities) => set({ communities })} />}
          <label class="check"><input type="checkbox" checked={draft.urgent} data-testid="f-urgent" onChange={(event) => set({ urgent: event.currentTarget.checked })} />
            <span><b>{t('f_urgent')}</b><small>{t('f_urgent_hint')}</small></span></label>
          <div class="two">
            <label class="field"><span>{t('f_send')}</span><input type="datetime-local" value={draft.sendAt} onInput={(event) => set({ sendAt: event.currentTarget.value })} /></label>
            <label class="field"><span>{t('f_expires')}</span><input type="datetime-local" value={draft.expiresAt} onInput={(event) => set({ expiresAt: event.currentTarget.value })} /></label>
          </div>
          <Picture desk={desk} file={draft.picture} onChange={(picture) => set({ picture })} onBusy={setUploading} />
          <label class="field"><span>{t('f_link')}</span><input type="url" value={draft.link} maxLength={500} placeholder="https://" data-testid="f-link" onInput={(event) => set({ link: event.currentTarget.value })} /></label>
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
        {theirs && (
          <p class="advice tone-need conflict-line" role="alert" data-testid="conflict"><span>{d('both_what', { n: other(desk, theirs) })}</span>
            <button type="button" class="button small" data-testid="compare-open" onClick={() => setComparing(true)}>{d('compare')}</button></p>
        )}
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

/** Two presses: nothing written is gone at one. */
export function Discard({ disabled = false, discard }: { disabled?: boolean; discard: () => void }) {
  const [asked, setAsked] = useState(false);
  return asked
    ? <button type="button" class="button small danger" disabled={disabled} onClick={discard} data-testid="discard-sure">{d('discard_sure')}</button>
    : <button type="button" class="button small" disabled={disabled} onClick={() => setAsked(true)} data-testid="discard">{d('discard')}</button>;
}

/** One picture, sent off as soon as it is chosen; the preview shows what came back. */
export function Picture({ desk, file, onChange, onBusy }: { desk: Desk; file: string; onChange: (file: string) => void; onBusy: (busy: boolean) => void }) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const choose = async (chosen: File): Promise<void> => {
    setBusy(true);
    onBusy(true);
    setFault('');
    try {
      onChange((await desk.api.upload<NoticePicture>('/notices/pictures', chosen, { key: newKey() })).file);
    } catch (error) {
      setFault(faultWithHint(error));
    }
    setBusy(false);
    onBusy(false);
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
  return { plan, fault, again: () => setTurn((n) => n + 1) };
}
