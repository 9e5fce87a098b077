import { exact } from '../shared/clock';
import type { NoticeView } from '../shared/notices';
import type { Desk } from './desk';
import { useLoad } from './load';
import { Failing } from './pieces';
import { t } from './words';

/** What a correction puts right, as it was published: whoever approves it reads both. */
export function Before({ desk, one }: { desk: Desk; one: NoticeView }) {
  const id = one.corrects ? one.corrects.id : '';
  const wrong = useLoad(id, 0, () => (id ? desk.api.get<NoticeView | null>('/notices/' + encodeURIComponent(id)) : Promise.resolve(null)));
  if (!id) return null;
  if (!wrong.data) return wrong.fault ? <Failing fault={wrong.fault} again={wrong.again} /> : null;
  const it = wrong.data;
  return (
    <section class="card before" data-testid="before">
      <h2>{t('before_head', { n: it.number })}</h2>
      <p><b>{it.title}</b></p>
      <p class="before-text">{it.text}</p>
      {it.picture !== one.picture && it.picture && <img src={`/api/v1/notices/pictures/${it.picture}?face=community`} alt={t('f_picture')} />}
      <ul class="dim">
        {it.link !== one.link && <li>{t('before_link', { a: it.link || '—', b: one.link || '—' })}</li>}
        {it.picture !== one.picture && <li>{t('before_picture')}</li>}
        {it.expires_at !== one.expires_at && <li>{t('before_ends', { a: it.expires_at ? exact(it.expires_at) : '—', b: one.expires_at ? exact(one.expires_at) : '—' })}</li>}
      </ul>
      <p class="dim">{t('before_whom')}</p>
    </section>
  );
}
