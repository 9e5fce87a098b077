import { useState } from 'preact/hooks';
import { faultWithHint } from '../shared/fault';
import type { WelcomeIn, WelcomeView } from '../shared/notices';
import type { Desk } from './desk';
import { useLoad } from './load';
import { Bones, Failing } from './pieces';
import { t } from './words';

const MOST = 900;

/** What newcomers of a community's groups are told; of all that have no words of their own without one. */
export function Welcome({ desk, community }: { desk: Desk; community: string }) {
  const loaded = useLoad('welcome ' + community, desk.revision.groups, async () => {
    const of = (id: string): Promise<WelcomeView> => desk.api.get<WelcomeView>('/groups/welcome?community=' + encodeURIComponent(id));
    const [own, all] = await Promise.all([of(community), of('')]);
    return { own, all };
  });
  const [draft, setDraft] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const { data } = loaded;
  if (!data) return loaded.fault ? <Failing fault={loaded.fault} again={loaded.again} /> : <Bones count={1} />;
  const { own, all } = data;
  const text = draft === null ? own.text : draft;
  const changed = text.trim() !== own.text.trim() && (community !== '' || text.trim() !== '');
  const save = async (next: string): Promise<void> => {
    setBusy(true);
    setFault('');
    try {
      const body: WelcomeIn = { text: next.trim(), community };
      const saved = await desk.api.put<WelcomeView>('/groups/welcome', body);
      loaded.put(community ? { own: saved, all } : { own: saved, all: saved });
      setDraft(null);
    } catch (error) {
      setFault(faultWithHint(error));
    }
    setBusy(false);
  };
  return (
    <form class="card welcome" data-testid="welcome" onSubmit={(event) => { event.preventDefault(); void save(text); }}>
      <h2>{t(community ? 'w_head' : 'w_head_all')}</h2>
      {community && <p class="dim">{all.text ? t('w_default', { x: all.text }) : t('w_no_default')}</p>}
      <label class="field"><span>{t(community ? 'w_own' : 'w_text')}<small>{text.length} / {MOST}</small></span>
        <textarea rows={3} value={text} maxLength={MOST} placeholder={community ? all.text : ''} data-testid="welcome-text"
          onInput={(event) => setDraft(event.currentTarget.value)} /></label>
      <p class="dim">{t('w_hint')}{own.text && ' · ' + t(own.applied ? 'w_sent' : 'w_sending')}</p>
      {fault && <p class="fault" role="alert">{fault}</p>}
      <div class="door-acts">
        <button type="submit" class="button small main" disabled={busy || !changed} data-testid="welcome-save">{t('w_save')}</button>
        {community && own.text && <button type="button" class="button small" disabled={busy} onClick={() => void save('')} data-testid="welcome-default">{t('w_again')}</button>}
      </div>
    </form>
  );
}
