import { useState } from 'preact/hooks';
import { useDraft } from '../parts/draft';
import { unsent } from '../shared/drafts';
import { asFault, faultWithHint } from '../shared/fault';
import type { WelcomeIn, WelcomeView } from '../shared/notices';
import type { Desk } from './desk';
import { d } from './draftwords';
import { useLoad } from './load';
import { Bones, Failing } from './pieces';
import { t } from './words';

const MOST = 900;
const NOTHING = { text: null, seen: 0 } as const;

/** What newcomers of a community's groups are told; of all that have no words of their own without one. */
export function Welcome({ desk, community }: { desk: Desk; community: string }) {
  const loaded = useLoad('welcome ' + community, desk.revision.groups, async () => {
    const of = (id: string): Promise<WelcomeView> => desk.api.get<WelcomeView>('/groups/welcome?community=' + encodeURIComponent(id));
    const [own, all] = await Promise.all([of(community), of('')]);
    return { own, all };
  });
  // `seen`: the words it was begun over, by when they were written.
  const form = useDraft<{ text: string; seen: number } | { text: null; seen: 0 }>(desk.drafts, 'welcome/' + community, NOTHING);
  const [theirs, setTheirs] = useState<WelcomeView | null>(null);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const { data } = loaded;
  if (!data) return loaded.fault ? <Failing fault={loaded.fault} again={loaded.again} /> : <Bones count={1} />;
  const { own, all } = data;
  const { value } = form;
  const text = value.text === null ? own.text : value.text;
  const changed = text.trim() !== own.text.trim() && (community !== '' || text.trim() !== '');
  const seen = value.text === null || !changed ? own.updated_at : value.seen;
  // Somebody else changed it since this was begun; the feed or the server's refusal says so.
  const other = changed && own.updated_at !== seen ? own : theirs && theirs.updated_at > seen ? theirs : null;
  const save = async (next: string, over: number): Promise<void> => {
    setBusy(true);
    setFault('');
    const sent = form.now();
    try {
      const body: WelcomeIn = { text: next.trim(), community, seen: over };
      const saved = await desk.api.put<WelcomeView>('/groups/welcome', body);
      loaded.put((now) => (community ? { own: saved, all: now ? now.all : all } : { own: saved, all: saved }));
      form.sent(sent, (left) => (left.text === null ? left : { text: unsent(left.text, next), seen: saved.updated_at }));
      setTheirs(null);
    } catch (error) {
      const newest = asFault(error).facts.welcome as WelcomeView | undefined;
      if (newest) setTheirs(newest);
      else setFault(faultWithHint(error));
    }
    setBusy(false);
  };
  return (
    <form class="card welcome" data-testid="welcome" onSubmit={(event) => { event.preventDefault(); void save(text, seen); }}>
      <h2>{t(community ? 'w_head' : 'w_head_all')}</h2>
      {community && <p class="dim">{all.text ? t('w_default', { x: all.text }) : t('w_no_default')}</p>}
      <label class="field"><span>{t(community ? 'w_own' : 'w_text')}<small>{text.length} / {MOST}</small></span>
        <textarea rows={3} value={text} maxLength={MOST} placeholder={community ? all.text : ''} data-testid="welcome-text"
          onInput={(event) => form.set({ text: event.currentTarget.value, seen })} /></label>
      <p class="dim">{t('w_hint')}{own.text && ' · ' + t(own.applied ? 'w_sent' : 'w_sending')}</p>
      {fault && <p class="fault" role="alert">{fault}</p>}
      {other && (
        <div class="leftover" role="alert" data-testid="welcome-conflict"><p>{d('welcome_both')}</p><blockquote>{other.text || d('nothing')}</blockquote>
          <div class="door-acts">
            <button type="button" class="button small" disabled={busy} onClick={() => void save(text, other.updated_at)} data-testid="welcome-mine">{d('welcome_mine')}</button>
            <button type="button" class="button small" disabled={busy} onClick={() => { form.drop(); setTheirs(null); loaded.again(); }} data-testid="welcome-theirs">{d('welcome_theirs')}</button>
          </div></div>
      )}
      <div class="door-acts">
        <button type="submit" class="button small main" disabled={busy || !changed || other !== null} data-testid="welcome-save">{t('w_save')}</button>
        {community && own.text && <button type="button" class="button small" disabled={busy} onClick={() => void save('', own.updated_at)} data-testid="welcome-default">{t('w_again')}</button>}
      </div>
    </form>
  );
}
