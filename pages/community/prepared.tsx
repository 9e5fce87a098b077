import { useState } from 'preact/hooks';
import { useDraft } from '../parts/draft';
import { newKey } from '../shared/api';
import { asFault, faultWithHint } from '../shared/fault';
import type { PreparedAnswerChangeIn, PreparedAnswerIn, PreparedAnswerList, PreparedAnswerView } from '../shared/tips';
import type { Desk } from './desk';
import { useLoad } from './load';
import { Bones, Dialog, Failing } from './pieces';
import { BLANKS } from './preparedtext';
import { p } from './preparedwords';

const LENGTH = 300;
const PATH = '/prepared-answers';
/** `id` is that of the one which is changed, from this version on; empty: it is a new one. */
interface Writing { id: string; version: number; text: string; key: string }

/** What the station's officers say often: one is added to the text, as `filled` in, and all are kept here for
 * the station. `add` says whether there was room. */
export function Prepared({ desk, station, filled, add, close }: {
  desk: Desk; station: string; filled: (text: string) => string; add: (text: string) => boolean; close: () => void;
}) {
  const query = '?station=' + encodeURIComponent(station);
  const list = useLoad(station, 0, () => desk.api.get<PreparedAnswerList>(PATH + query));
  const [begun, setBegun] = useState((): Writing => ({ id: '', version: 0, text: '', key: newKey() }));
  const form = useDraft(desk.drafts, 'prepared/' + station, begun);
  const { id, text } = form.value;
  const [editing, setEditing] = useState(false);
  const [sure, setSure] = useState('');
  const [other, setOther] = useState<PreparedAnswerView | null>(null);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const { data } = list;
  const anew = (): void => {
    setBegun({ id: '', version: 0, text: '', key: newKey() });
    form.drop();
    setOther(null);
  };
  const act = async (one: { id: string; version: number }, work: () => Promise<PreparedAnswerList>, done: () => void): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      list.put(await work());
      done();
    } catch (error) {
      const { code, facts } = asFault(error);
      if (code === 'conflict' && typeof facts.version === 'number') setOther({ id: one.id, version: facts.version, text: String(facts.text) });
      else if (code === 'not_found') {
        setFault(p('gone'));
        form.set({ id: '', key: newKey() });
      } else setFault(faultWithHint(error));
      list.again();
    }
    setBusy(false);
  };
  const save = (version: number): Promise<void> => {
    const sent = form.now();
    const made: PreparedAnswerIn = { key: sent.key, text: sent.text.trim() };
    const changed: PreparedAnswerChangeIn = { version, text: sent.text.trim() };
    return act(sent, () => (sent.id ? desk.api.put<PreparedAnswerList>(`${PATH}/${encodeURIComponent(sent.id)}${query}`, changed)
      : desk.api.post<PreparedAnswerList>(PATH + query, made, { tries: 3 })), anew);
  };
  const remove = (one: PreparedAnswerView): Promise<void> => act(one, () => desk.api.delete<PreparedAnswerList>(
    `${PATH}/${encodeURIComponent(one.id)}${query}&version=${one.version}`), () => { if (form.now().id === one.id) form.set({ id: '', key: newKey() }); });
  const choose = (one: PreparedAnswerView): void => {
    if (add(filled(one.text))) close();
    else setFault(p('too_long', { n: 1000 }));
  };
  const full = data !== null && !id && data.answers.length >= data.most;
  return (
    <Dialog head={p('head')} close={close}>
      {!data && (list.fault ? <Failing fault={list.fault} again={list.again} /> : <Bones count={2} />)}
      {data && <p class="dim">{data.answers.length ? p('what') : p('none')}</p>}
      <ul class="prepared">
        {data && data.answers.map((one) => (
          <li key={one.id}>
            <button type="button" class="prepared-one" data-testid="prepared-one" onClick={() => choose(one)}>{editing ? one.text : filled(one.text)}</button>
            {editing && (
              <span class="door-acts">
                <button type="button" class="button small" data-testid="prepared-change" onClick={() => { setOther(null); form.set({ ...one, key: newKey() }); }}>{p('change')}</button>
                <button type="button" class="button small" disabled={busy} data-testid="prepared-remove"
                  onClick={() => { if (sure === one.id) void remove(one); else setSure(one.id); }}>{sure === one.id ? p('remove_sure') : p('remove')}</button>
              </span>
            )}
          </li>
        ))}
      </ul>
      {fault && <p class="fault" role="alert">{fault}</p>}
      {other && (
        <div class="leftover" role="alert" data-testid="prepared-conflict"><p>{p(id === other.id ? 'both' : 'both_remove')}</p><blockquote>{other.text}</blockquote>
          {id === other.id && (
            <div class="door-acts">
              <button type="button" class="button small" disabled={busy} data-testid="prepared-mine" onClick={() => { setOther(null); void save(other.version); }}>{p('mine')}</button>
              <button type="button" class="button small" disabled={busy} data-testid="prepared-theirs" onClick={anew}>{p('theirs')}</button>
            </div>
          )}</div>
      )}
      {full && <p class="dim">{p('full', { n: data.most })}</p>}
      {data && (editing || !data.answers.length || text !== '') && (
        <form class="new-door" onSubmit={(event) => { event.preventDefault(); void save(form.now().version); }}>
          <label class="field"><span>{p(id ? 'text_old' : 'text_new')}<small>{text.length} / {LENGTH}</small></span>
            <textarea rows={3} maxLength={LENGTH} value={text} data-testid="prepared-text" onInput={(event) => form.set({ text: event.currentTarget.value, key: newKey() })} /></label>
          <p class="dim">{p('hint', BLANKS)}</p>
          <button type="submit" class="button" disabled={busy || full || !text.trim() || other !== null} data-testid="prepared-save">{p(id ? 'save' : 'add')}</button>
        </form>
      )}
      {data && data.answers.length > 0 && (
        <footer><button type="button" class="button" aria-pressed={editing} data-testid="prepared-edit" onClick={() => { setEditing((now) => !now); setSure(''); }}>{p(editing ? 'edited' : 'edit')}</button></footer>
      )}
    </Dialog>
  );
}
