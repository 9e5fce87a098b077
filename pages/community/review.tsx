import { useDraft } from '../parts/draft';
import { exact } from '../shared/clock';
import { listed } from '../shared/i18n';
import type { NoticeView } from '../shared/notices';
import type { EntryView } from '../shared/types';
import type { Desk } from './desk';
import { short } from './inbox';
import { Dialog } from './pieces';
import { reviewWords } from './reviewwords';
import { t } from './words';

/** What whoever approves a notice has to know besides its words: whom it reaches, when, and until when. */
export function Facts({ desk, one }: { desk: Desk; one: NoticeView }) {
  return (
    <dl class="review" data-testid="review">
      <dt>{t('review_reach')}</dt>
      <dd>{listed(one.communities.map((id) => desk.name(id)))}<small>{t('community_count', { n: one.communities.length })}</small></dd>
      <dt>{t('review_sends')}</dt><dd>{one.send_at ? exact(one.send_at) : t('review_sends_now')}</dd>
      <dt>{t('review_expires')}</dt><dd>{one.expires_at ? exact(one.expires_at) : t('review_expires_never')}</dd>
    </dl>
  );
}

/** Why the last reader did not approve it, and who is asked now. */
export function Waiting({ one }: { one: NoticeView }) {
  const last = [...one.entries].reverse().find((entry) => !['notice.edited', 'notice.tried'].includes(entry.what));
  const names = listed(one.approvers);
  if (one.state === 'DRAFT' && last && last.what === 'notice.returned') {
    return <p class="advice tone-need" data-testid="returned">{t('returned_why', { n: short(last.who.name, one.station_name), why: String(last.data.reason) })}</p>;
  }
  return (
    <>
      {one.state === 'SUBMITTED' && !one.may.includes('approve') && <p class="advice tone-hand" data-testid="submitted">{t('submitted', { names })}</p>}
      {one.needs_second && one.state === 'DRAFT' && !one.may.includes('approve') && (
        <p class="advice tone-need">{one.approvers.length ? t('submit_hint', { names }) : t('submit_nobody')}</p>
      )}
    </>
  );
}

/** Everything that was done to it, with the reasons that were given. */
export function History({ entries }: { entries: EntryView[] }) {
  if (!entries.length) return null;
  return (
    <details class="looks" data-testid="history"><summary>{t('log')}</summary>
      <ul>{entries.map((entry) => <li key={entry.seq} class="event"><span>{sentence(entry)}</span><time>{exact(entry.at)}</time></li>)}</ul></details>
  );
}

function sentence(entry: EntryView): string {
  const key = 'log_' + entry.what;
  const what = key in reviewWords ? t(key as keyof typeof reviewWords) : entry.what;
  return [entry.who.name, what, entry.data.reason].filter(Boolean).join(' · ');
}

const NO_REASON = { reason: '' };

export function Return({ desk, one, busy, fault, close, go }: {
  desk: Desk; one: NoticeView; busy: boolean; fault: string; close: () => void; go: (reason: string) => void;
}) {
  const form = useDraft(desk.drafts, `notice/${one.id}/return`, NO_REASON);
  const { reason } = form.value;
  return (
    <Dialog head={t('return_head', { n: short(one.author_name, one.station_name) })} close={close}>
      <p>{t('return_what')}</p>
      <label class="field"><span>{t('reason')}</span>
        <input value={reason} maxLength={200} data-testid="return-reason" onInput={(event) => form.set({ reason: event.currentTarget.value })} /></label>
      {fault && <p class="fault" role="alert">{fault}</p>}
      <footer><button type="button" class="button" onClick={close}>{t('cancel')}</button>
        <button type="button" class="button main" disabled={busy || !reason.trim()} data-testid="return-go" onClick={() => go(reason.trim())}>{t('return')}</button></footer>
    </Dialog>
  );
}
