import { useState } from 'preact/hooks';
import { faultWithHint } from '../shared/fault';
import { say } from '../shared/i18n';
import type { TipCategory, TipLabelsIn, TipThread, TipView } from '../shared/tips';
import type { Desk } from './desk';
import { CATEGORIES, labelText, l } from './labelwords';
import { Dialog } from './pieces';
import { Pick } from './search';

const LENGTH = 12;
const MOST = 10;
const NAMES = Object.entries(CATEGORIES) as Array<[Exclude<TipCategory, ''>, readonly [string, string]]>;

/** What the tip is about, and the way to say so. */
export function Labels({ desk, tip, put }: { desk: Desk; tip: TipView; put: (thread: TipThread) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <p class="tip-labels"><span class="dim" data-testid="labels">{labelText(tip.category, tip.tags) || l('none')}</span>
      <button type="button" class="button small" data-testid="set-labels" data-key="l" onClick={() => setOpen(true)}>{l('set')}</button>
      {open && <SetLabels desk={desk} tip={tip} put={put} close={() => setOpen(false)} />}</p>
  );
}

function SetLabels({ desk, tip, put, close }: { desk: Desk; tip: TipView; put: (thread: TipThread) => void; close: () => void }) {
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const change = async (body: TipLabelsIn): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      // What others put on it meanwhile stays.
      put(await desk.api.patch<TipThread>(`/tips/${tip.id}/labels`, body));
      const added = body.add;
      if (added) setText((now) => (added.includes(now.trim()) ? '' : now));
    } catch (error) {
      setFault(faultWithHint(error));
    }
    setBusy(false);
  };
  const full = tip.tags.length >= MOST;
  return (
    <Dialog head={l('head')} close={close}>
      <p class="dim">{l('what')}</p>
      <div class="choice categories" role="group" aria-label={l('category')}>
        {NAMES.map(([key, words]) => (
          <button key={key} type="button" disabled={busy} aria-pressed={key === tip.category} data-value={key} onClick={() => void change({ category: key === tip.category ? '' : key })}>{say(words)}</button>
        ))}
      </div>
      <ul class="tags" aria-label={l('tags')}>{tip.tags.map((one) => (
        <li key={one}><button type="button" class="button small" disabled={busy} aria-label={l('remove', { x: one })} data-testid="tag" onClick={() => void change({ remove: [one] })}>#{one} ×</button></li>
      ))}</ul>
      <form class="new-door" onSubmit={(event) => { event.preventDefault(); if (text.trim()) void change({ add: [text.trim()] }); }}>
        <label class="field"><span>{full ? l('full') : l('tag')}</span>
          <input value={text} maxLength={LENGTH} disabled={full} data-testid="tag-text" onInput={(event) => setText(event.currentTarget.value)} /></label>
        <button type="submit" class="button" disabled={busy || full || !text.trim()} data-testid="tag-add">{l('add')}</button>
      </form>
      {fault && <p class="fault" role="alert">{fault}</p>}
      <footer><button type="button" class="button main" onClick={close}>{l('done')}</button></footer>
    </Dialog>
  );
}

export interface Filter { category: TipCategory; tag: string }
export const NO_FILTER: Filter = { category: '', tag: '' };

/** As the server is asked; empty without a filter. */
export function filterQuery({ category, tag }: Filter): string {
  return (category ? '&category=' + category : '') + (tag ? '&tag=' + encodeURIComponent(tag) : '');
}

/** Which of the list are shown. `known` are tags that may be meant. */
export function LabelFilter({ filter, known, set }: { filter: Filter; known: readonly string[]; set: (filter: Filter) => void }) {
  const [tag, setTag] = useState(filter.tag);
  const on = filter.category !== '' || filter.tag !== '';
  const find = (next: string): void => set({ ...filter, tag: next.trim() });
  return (
    <details class="label-filter" data-testid="label-filter"><summary>{on ? l('filtered', { x: labelText(filter.category, filter.tag ? [filter.tag] : []) }) : l('filter')}</summary>
      <div>
        <Pick label={l('category')} value={filter.category} onChange={(category) => set({ ...filter, category })}
          options={[['', l('any')] as const, ...NAMES.map(([key, words]) => [key, say(words)] as const)]} />
        <form onSubmit={(event) => { event.preventDefault(); find(tag); }}>
          <input class="pick" list="known-tags" aria-label={l('by_tag')} placeholder={'#' + l('by_tag')} value={tag} maxLength={LENGTH} data-testid="filter-tag"
            onInput={(event) => { setTag(event.currentTarget.value); if (!event.currentTarget.value) find(''); }} onChange={(event) => find(event.currentTarget.value)} />
          <datalist id="known-tags">{known.map((one) => <option key={one} value={one} />)}</datalist>
        </form>
        {on && <button type="button" class="link" data-testid="no-filter" onClick={() => { setTag(''); set(NO_FILTER); }}>{l('clear')}</button>}
      </div>
    </details>
  );
}
