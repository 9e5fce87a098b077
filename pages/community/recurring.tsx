import { useState } from 'preact/hooks';
import { useDraft } from '../parts/draft';
import { newKey } from '../shared/api';
import { listed } from '../shared/i18n';
import type { CoverageList } from '../shared/notices';
import type { RecurringList, RecurringView } from '../shared/recurring';
import { Audience } from './audience';
import type { Desk } from './desk';
import { TEXT_MOST, TITLE_MOST } from './draft';
import { short } from './inbox';
import { useLoad, type Loaded } from './load';
import { Back, Bones, Chip, Choice, Empty, Failing, Old } from './pieces';
import { days, refusal, Remove, SavedAudiences, usePresets } from './presets';
import { p } from './presetwords';
import { changeOf, dayAndTime, minuteOf, newRule, ruleIn, ruleOf, WEEKDAYS, whenOf, type Rule } from './recurrence';
import { r } from './recurwords';
import { hashOf } from './route';
import { DaysField } from './templates';
import { t } from './words';

const PATH = '/notices/recurring';
const NEVER = Number.MAX_SAFE_INTEGER;
const WHY = { hand: 'why_hand', author: 'why_author', communities: 'why_communities' } as const;

/** Read again when a notice changed: one of a rule's was made. */
export function useRecurring(desk: Desk): Loaded<RecurringList> {
  return useLoad('recurring', desk.revision.notices, () => desk.api.get<RecurringList>(PATH));
}

/** What is sent each week or month: each rule with its next times, and a new one. */
export function Recurring({ desk }: { desk: Desk }) {
  const list = useRecurring(desk);
  const { data } = list;
  return (
    <>
      <header class="detail-head"><Back href={hashOf('notices')} /><div class="detail-title"><h1>{r('head')}</h1></div></header>
      <div class="scroll templates" data-testid="recurring">
        <Old fault={data && list.fault} again={list.again} />
        <p class="dim">{r('hint')}</p>
        {!data && (list.fault ? <Failing fault={list.fault} again={list.again} /> : <Bones count={2} />)}
        {data && !data.recurring.length && <Empty sign="clock" head={r('none')} hint={r('none_hint')} />}
        {data && data.recurring.map((one) => <Card key={one.id} desk={desk} list={list} one={one} />)}
        {data && (
          <section class="card"><h2>{r('make')}</h2>
            {data.recurring.length < data.most ? <Form desk={desk} list={list} /> : <p class="dim">{p('full', { n: data.most })}</p>}</section>
        )}
      </div>
    </>
  );
}

function Card({ desk, list, one }: { desk: Desk; list: Loaded<RecurringList>; one: RecurringView }) {
  const kept = desk.drafts.at('recurring/' + one.id) !== null;
  const [open, setOpen] = useState(kept);
  const { busy, fault, run } = useRule(list);
  const path = `${PATH}/${encodeURIComponent(one.id)}`;
  const active = one.state === 'ACTIVE';
  const press = (verb: 'stop' | 'start'): void => void run(async () => replaced(await desk.api.post<RecurringView>(`${path}/${verb}`)));
  return (
    <article class="card rule" data-testid="rule">
      <div class="row-head"><h2>{one.title}</h2><Chip tone={active ? 'hand' : 'over'}>{r(active ? 'active' : 'stopped')}</Chip></div>
      <p><b>{whenOf(one)}</b> · {days(one.valid_days)}</p>
      {active && <p>{r('next', { t: dayAndTime(one.next[0]) })}{one.made && <> · <a href={hashOf('notices', one.made)} data-testid="rule-made">{r('made')}</a></>}
        {one.next.length > 1 && ' · ' + r('then', { t: dayAndTime(one.next[1]) })}</p>}
      {!active && one.reason !== 'hand' && <p class="advice tone-need" data-testid="rule-why">{r(WHY[one.reason as 'hand'] || 'why_hand')}</p>}
      <p class="dim">{listed(one.communities.map((id) => desk.name(id)))}{one.left_out.length > 0 && ' · ' + p('left_out_names', { names: listed(one.left_out) })}
        {' · ' + r('by', { n: short(one.author_name, one.station_name) })}</p>
      {fault && <p class="fault" role="alert">{fault}</p>}
      <div class="door-acts">
        {active
          ? <button type="button" class="button small" disabled={busy} onClick={() => press('stop')} aria-label={`${r('stop')} ${one.title}`} data-testid="rule-stop">{r('stop')}</button>
          : <button type="button" class="button small" disabled={busy || one.left_out.length > 0} onClick={() => press('start')} aria-label={`${r('start')} ${one.title}`} data-testid="rule-start">{r('start')}</button>}
        <button type="button" class="button small" aria-expanded={open} onClick={() => setOpen((was) => !was)} aria-label={`${r(open ? 'closed' : 'change')} ${one.title}`} data-testid="rule-change">{r(open ? 'closed' : 'change')}</button>
        {!active && <Remove name={one.title} busy={busy} remove={() => void run(async () => { const left = await desk.api.delete<RecurringList>(path); return () => left; })} />}
      </div>
      {open && <Form desk={desk} list={list} one={one} done={() => setOpen(false)} />}
    </article>
  );
}

function Form({ desk, list, one, done = () => undefined }: { desk: Desk; list: Loaded<RecurringList>; one?: RecurringView; done?: () => void }) {
  const [begun] = useState(() => newRule(newKey()));
  const form = useDraft<Rule>(desk.drafts, 'recurring/' + (one ? one.id : 'new'), one ? ruleOf(one) : begun);
  const presets = usePresets(desk);
  const coverage = useLoad('communities', desk.revision.groups, async () => (await desk.api.get<CoverageList>('/groups/communities')).communities);
  const { busy, fault, run } = useRule(list);
  const rule = form.value;
  const set = (members: Partial<Rule>): void => form.set({ ...members, key: newKey() });
  // What it was begun over is not what is kept now.
  const other = one && form.at !== null && rule.version !== one.version ? one : null;
  const todo = lacks(rule);
  const save = (version: number): Promise<void> => run(async () => {
    const sent = form.now();
    const view = one
      ? await desk.api.put<RecurringView>(`${PATH}/${encodeURIComponent(one.id)}`, changeOf(sent, version))
      : await desk.api.post<RecurringView>(PATH, ruleIn(sent), { tries: 3 });
    form.sent(sent, () => ({ version: view.version }));
    done();
    return replaced(view);
  });
  const flip = (day: number): void => form.set((now) => ({
    weekdays: now.weekdays.includes(day) ? now.weekdays.filter((its) => its !== day) : [...now.weekdays, day], key: newKey(),
  }));
  return (
    <form class="template-form" data-testid={one ? 'rule-form' : 'rule-new'} onSubmit={(event) => { event.preventDefault(); if (!todo.length) void save(rule.version); }}>
      <label class="field"><span>{t('f_title')}<small>{rule.title.length} / {TITLE_MOST}</small></span>
        <input value={rule.title} maxLength={TITLE_MOST} data-testid="r-title" onInput={(event) => set({ title: event.currentTarget.value })} /></label>
      <label class="field"><span>{t('f_text')}<small>{rule.text.length} / {TEXT_MOST}</small></span>
        <textarea rows={4} value={rule.text} maxLength={TEXT_MOST} data-testid="r-text" onInput={(event) => set({ text: event.currentTarget.value })} /></label>
      <label class="field"><span>{t('f_link')}</span><input type="url" value={rule.link} maxLength={500} placeholder="https://" onInput={(event) => set({ link: event.currentTarget.value })} /></label>
      <Choice label={r('when')} value={rule.repeat} options={[['WEEKLY', r('weekly')], ['MONTHLY', r('monthly')]]} onChange={(repeat) => set({ repeat })} />
      {rule.repeat === 'WEEKLY'
        ? <fieldset class="weekdays"><legend>{r('weekdays')}</legend>{WEEKDAYS.map((n) => (
            <label key={n} class="check"><input type="checkbox" checked={rule.weekdays.includes(n)} onChange={() => flip(n)} data-testid={'r-day-' + n} /><span>{r(`d${n}`)}</span></label>))}</fieldset>
        : <label class="field"><span>{r('day')}</span><select value={String(rule.day)} onChange={(event) => set({ day: Number(event.currentTarget.value) })} data-testid="r-day">
            {Array.from({ length: 31 }, (_, i) => <option key={i} value={String(i + 1)}>{r('day_n', { n: i + 1 })}</option>)}</select></label>}
      <div class="two">
        <label class="field"><span>{r('time')}</span><input type="time" value={rule.time} data-testid="r-time" onInput={(event) => set({ time: event.currentTarget.value })} /></label>
        <DaysField value={rule.valid_days} onChange={(n) => set({ valid_days: n })} />
      </div>
      <SavedAudiences desk={desk} presets={presets} chosen={rule.communities} onChange={(communities) => set({ communities })} />
      {!coverage.data && (coverage.fault ? <Failing fault={coverage.fault} again={coverage.again} /> : <Bones count={1} />)}
      {coverage.data && <Audience all={coverage.data} stations={desk.stations} chosen={rule.communities} onChange={(communities) => set({ communities })} />}
      {other && (
        <div class="leftover" role="alert" data-testid="rule-conflict"><p>{r('other')}</p>
          <blockquote>{[other.title, other.text, whenOf(other), listed(other.communities.map((id) => desk.name(id)))].join('\n')}</blockquote>
          <div class="door-acts">
            <button type="button" class="button small" disabled={busy || todo.length > 0} onClick={() => void save(other.version)} data-testid="rule-mine">{r('mine')}</button>
            <button type="button" class="button small" disabled={busy} onClick={form.drop} data-testid="rule-theirs">{r('theirs')}</button>
          </div></div>
      )}
      {fault && <p class="fault" role="alert">{fault}</p>}
      <div class="acts-else">
        <span class="dim">{todo.length > 0 && form.at !== null && t('f_missing', { what: listed(todo) })}</span>
        <button type="submit" class="button small main" disabled={busy || todo.length > 0 || other !== null || form.at === null} data-testid="r-save">{r(one ? 'save' : 'save_new')}</button>
      </div>
    </form>
  );
}

function lacks(rule: Rule): string[] {
  return [
    !rule.title.trim() || !rule.text.trim() ? r('pick_words') : '',
    rule.repeat === 'WEEKLY' && !rule.weekdays.length ? r('pick_days') : '',
    minuteOf(rule.time) === null ? r('pick_time') : '',
    rule.communities.length ? '' : t('f_communities'),
  ].filter(Boolean);
}

type Next = (now: RecurringList) => RecurringList;

function replaced(one: RecurringView): Next {
  return (now) => ({ ...now, recurring: [one, ...now.recurring.filter((its) => its.id !== one.id)].sort((a, b) => (a.next[0] || NEVER) - (b.next[0] || NEVER)) });
}

/** Asks, and puts what came of it into what is shown; what was refused is read again. */
function useRule(list: Loaded<RecurringList>): { busy: boolean; fault: string; run: (ask: () => Promise<Next>) => Promise<void> } {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const run = async (ask: () => Promise<Next>): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      const next = await ask();
      list.put((now) => next(now || { recurring: [], most: 0 }));
    } catch (error) {
      setFault(refusal(error));
      list.again();
    }
    setBusy(false);
  };
  return { busy, fault, run };
}
