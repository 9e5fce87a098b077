import { useState } from 'preact/hooks';
import { useDraft } from '../parts/draft';
import { useHeld } from '../parts/held';
import { Icon } from '../parts/icons';
import { exact, now } from '../shared/clock';
import { faultWithHint } from '../shared/fault';
import type { NoticeView, RehearsalView } from '../shared/notices';
import { Before } from './before';
import { Correct } from './correct';
import { Deliveries } from './deliveries';
import type { Desk } from './desk';
import { short } from './inbox';
import { Leftover } from './leftover';
import { useLoad } from './load';
import { StateChips } from './notices';
import { Back, Bones, Dialog, Failing, Old } from './pieces';
import { Plan } from './plan';
import { hashOf } from './route';
import { t } from './words';
import { ToTemplate } from './templates';
import { Facts, History, Return, Waiting } from './review';
import { Writing } from './writing';

const TRIED_MS = 60_000;
type Asked = 'edit' | 'return' | 'publish' | 'withdraw' | 'correct';

/** One notice: its words as residents see them, who gets it, and what became of it. */
export function Notice({ desk, id, changed }: { desk: Desk; id: string; changed: () => void }) {
  const path = '/notices/' + encodeURIComponent(id);
  const loaded = useLoad(id, desk.revision.notices, () => desk.api.get<NoticeView>(path));
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const [tried, setTried] = useState(0);
  const { data: one } = loaded;
  // What is sent is what was read before the press.
  const [asked, setAsked] = useHeld<Asked>((what) => (one && one.may.includes(what)
    // What is written outlives what others do meanwhile.
    ? [one.id, what === 'edit' ? '' : one.state, what === 'publish' || what === 'return' ? one.version : ''].join(' ') : null));
  const planned = one !== null && (one.published_at === null && one.state !== 'WITHDRAWN');
  const plan = useLoad(planned && one ? `${id}/${one.version}` : '', desk.revision.groups,
    () => (planned ? desk.api.get<RehearsalView | null>(path + '/rehearsal') : Promise.resolve(null)));
  if (!one) {
    return (
      <>
        <header class="detail-head"><Back href={hashOf('notices')} /></header>
        {loaded.fault ? <Failing fault={loaded.fault} again={loaded.again} /> : <Bones count={3} />}
      </>
    );
  }
  const did = (view: NoticeView): void => { loaded.put(view); setAsked(null); changed(); };
  const act = async (verb: string, body: object, then: () => void = () => undefined): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      did(await desk.api.post<NoticeView>(`${path}/${verb}`, body));
      // The reason was given.
      desk.drafts.put(`notice/${id}/${verb}`, null);
      then();
    } catch (error) {
      setFault(faultWithHint(error));
      loaded.again();
    }
    setBusy(false);
  };
  const tryOut = async (): Promise<void> => {
    setTried(0);
    await act('trial', {}, () => setTried(now()));
  };
  if (asked === 'edit') return <Writing key={one.id} desk={desk} notice={one} done={did} back={() => setAsked(null)} />;
  const mine = desk.me !== null && desk.me !== undefined && one.author === desk.me.id;
  const may = (verb: string): boolean => one.may.includes(verb);
  return (
    <>
      <header class="detail-head">
        <Back href={hashOf('notices')} />
        <div class="detail-title"><h1>{one.title}</h1><span>{one.number}</span></div>
        <StateChips one={one} />
      </header>
      <div class="scroll notice" data-testid="notice-detail">
        <Old fault={loaded.fault} again={loaded.again} />
        <Links one={one} />
        <Leftover desk={desk} one={one} goOn={() => setAsked('edit')} correct={() => setAsked('correct')} />
        <Before desk={desk} one={one} />
        <Letter one={one} />
        <Facts desk={desk} one={one} />
        {planned && <Plan plan={plan.data} fault={plan.fault} sendAt={one.send_at} names={(c) => desk.name(c)} again={plan.again} station={one.station_name} approved={one.state === 'APPROVED'} />}
        {!planned && <Deliveries desk={desk} notice={one} />}
        <p class="dim small-print">
          {t('by', { n: short(one.author_name, one.station_name) })} · {exact(one.created_at)}
          {one.approver_name && ' · ' + t(one.released ? 'released_by' : 'approved_by', { n: short(one.approver_name, one.station_name) })}
        </p>
        <ToTemplate desk={desk} one={one} />
        <History entries={one.entries} />
      </div>
      {one.may.length > 0 && (
        <footer class="acts">
          {fault && <p class="fault" role="alert">{fault}</p>}
          {planned && tried > 0 && now() - tried < TRIED_MS && <p class="advice tone-hand" role="status" data-testid="tried">{t('tried')}</p>}
          <Waiting one={one} />
          <div class="acts-else">
            {may('withdraw') && <button type="button" class="button danger" onClick={() => setAsked('withdraw')} data-testid="withdraw">{t(one.state === 'PUBLISHED' ? 'withdraw' : 'discard')}</button>}
            {may('correct') && <button type="button" class="button" onClick={() => setAsked('correct')} data-testid="correct">{t('correct')}</button>}
            {planned && may('edit') && <button type="button" class="button" disabled={busy} data-testid="try" onClick={() => void tryOut()}>{t('try')}</button>}
            {may('edit') && <button type="button" class="button" onClick={() => setAsked('edit')} data-testid="edit">{t('edit')}</button>}
            {may('return') && <button type="button" class="button" onClick={() => setAsked('return')} data-testid="return">{t('return')}</button>}
            {may('submit') && <button type="button" class="button main" disabled={busy} data-testid="submit" onClick={() => void act('submit', { version: one.version })}>{t('submit')}</button>}
            {may('approve') && <button type="button" class="button main" disabled={busy} data-testid="approve" onClick={() => void act('approve', { version: one.version })}>{t(mine ? 'release' : 'approve')}</button>}
            {may('publish') && <button type="button" class="button main" disabled={busy} onClick={() => setAsked('publish')} data-testid="publish">{t('publish')}</button>}
          </div>
        </footer>
      )}
      {asked === 'publish' && (
        <Dialog head={t('publish_head')} close={() => setAsked(null)}>
          <p>{t('publish_what')}</p>
          <Plan plan={plan.data} fault={plan.fault} sendAt={one.send_at} names={(c) => desk.name(c)} again={plan.again} brief approved />
          {fault && <p class="fault" role="alert">{fault}</p>}
          <footer><button type="button" class="button" onClick={() => setAsked(null)}>{t('cancel')}</button>
            <button type="button" class="button main" disabled={busy} data-testid="publish-now" onClick={() => void act('publish', {})}>{t('publish')}</button></footer>
        </Dialog>
      )}
      {asked === 'return' && <Return desk={desk} one={one} busy={busy} fault={fault} close={() => setAsked(null)} go={(reason) => void act('return', { version: one.version, reason })} />}
      {asked === 'withdraw' && <Withdraw desk={desk} id={one.id} busy={busy} fault={fault} close={() => setAsked(null)} go={(reason) => void act('withdraw', { reason })} />}
      {asked === 'correct' && <Correct desk={desk} one={one} close={() => setAsked(null)} done={(view) => { changed(); location.hash = hashOf('notices', view.id); }} />}
    </>
  );
}

function Links({ one }: { one: NoticeView }) {
  const refs = [
    one.corrects && [t('corrects', { n: one.corrects.number }), one.corrects.id],
    one.corrected_by && [t('corrected_by', { n: one.corrected_by.number }), one.corrected_by.id],
  ].filter((ref): ref is string[] => Boolean(ref));
  if (!refs.length) return null;
  return <p class="advice tone-need">{refs.map(([words, id]) => <a key={id} href={hashOf('notices', id)}>{words}</a>)}</p>;
}

/** The words as they arrive in the group. */
export function Letter({ one }: { one: { title: string; text: string; link: string; picture: string; page?: string; published_at?: number | null } }) {
  return (
    <article class="letter" aria-label={t('f_preview')}>
      <h2>{one.title || '…'}</h2>
      <p>{one.text || '…'}</p>
      {one.picture && <img src={`/api/v1/notices/pictures/${one.picture}?face=community`} alt={t('f_picture')} />}
      {one.link && <a href={one.link} target="_blank" rel="noopener noreferrer">{one.link}</a>}
      {one.page && one.published_at && <a class="button small" href={one.page} target="_blank" rel="noopener noreferrer"><Icon name="open" size={18} />{t('public_page')}</a>}
    </article>
  );
}

const NO_REASON = { reason: '' };

function Withdraw({ desk, id, busy, fault, close, go }: { desk: Desk; id: string; busy: boolean; fault: string; close: () => void; go: (reason: string) => void }) {
  const form = useDraft(desk.drafts, `notice/${id}/withdraw`, NO_REASON);
  const { reason } = form.value;
  return (
    <Dialog head={t('withdraw_head')} close={close}>
      <p>{t('withdraw_what')}</p>
      <label class="field"><span>{t('reason')}</span>
        <input value={reason} maxLength={200} onInput={(event) => form.set({ reason: event.currentTarget.value })} /></label>
      {fault && <p class="fault" role="alert">{fault}</p>}
      <footer><button type="button" class="button" onClick={close}>{t('cancel')}</button>
        <button type="button" class="button danger fill" disabled={busy || !reason.trim()} onClick={() => go(reason.trim())}>{t('withdraw')}</button></footer>
    </Dialog>
  );
}
