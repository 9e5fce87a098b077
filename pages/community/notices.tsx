import { useState } from 'preact/hooks';
import { Icon } from '../parts/icons';
import { ago, exact } from '../shared/clock';
import type { NoticeList, NoticeState, NoticeView, TotalsView } from '../shared/notices';
import { readPages } from '../shared/paging';
import type { Desk } from './desk';
import { d } from './draftwords';
import type { Tone } from './inbox';
import { useLoad } from './load';
import { Notice } from './notice';
import { Bar, Bones, Chip, Empty, Failing, Old } from './pieces';
import { hashOf } from './route';
import { t } from './words';
import { unsaved, Writing } from './writing';

export const STATE_TONES: Record<NoticeState, Tone> = {
  DRAFT: 'need', SUBMITTED: 'hand', APPROVED: 'hand', PUBLISHED: 'well', WITHDRAWN: 'over', EXPIRED: 'over',
};
const PAGE = 50;

export function Notices({ desk, id }: { desk: Desk; id: string }) {
  const [pages, setPages] = useState(1);
  const list = useLoad('notices' + pages, desk.revision.notices, () => readPages<NoticeView, number>(pages, async (before) => {
    const page = await desk.api.get<NoticeList>(`/notices?limit=${PAGE}` + (before === null ? '' : `&before=${before}`));
    return { items: page.notices, next: page.next };
  }));
  const notices = list.data ? list.data.items : null;
  return (
    <div class="split">
      <section class="pane list" aria-label={t('notices')}>
        <header class="pane-head">
          <a class="button main" href={hashOf('notices', 'new')} data-testid="notice-new"><Icon name="plus" size={20} />{t('n_new')}{unsaved(desk) && <Chip tone="need">{d('unfinished')}</Chip>}</a>
        </header>
        <div class="scroll">
          {notices && <Old fault={list.fault} again={list.again} />}
          {!notices && list.fault && <Failing fault={list.fault} again={list.again} />}
          {!notices && !list.fault && <Bones />}
          {notices && !notices.length && <Empty sign="notices" head={t('n_empty')} hint={t('n_empty_hint')} />}
          <ul>{notices && notices.map((one) => <li key={one.id}><Row one={one} chosen={one.id === id} kept={unsaved(desk, one)} /></li>)}</ul>
          {list.data && list.data.next !== null && (
            <button type="button" class="button more" data-testid="more" onClick={() => setPages((n) => n + 1)}>{t('more')}</button>
          )}
        </div>
      </section>
      <section class="pane detail">
        {id === 'new' && <Writing desk={desk} done={(one) => { list.again(); location.hash = hashOf('notices', one.id); }} back={() => { location.hash = hashOf('notices'); }} />}
        {id && id !== 'new' && <Notice key={id} desk={desk} id={id} changed={list.again} />}
        {!id && <Empty sign="notices" head={t('n_choose')} />}
      </section>
    </div>
  );
}

export function StateChips({ one }: { one: NoticeView }) {
  return (
    <span class="chips">
      <Chip tone={STATE_TONES[one.state]}>{t(`s_${one.state}`)}</Chip>
      {one.urgent && <Chip tone="danger">{t('urgent')}</Chip>}
      {one.corrected && <Chip tone="need">{t('corrected')}</Chip>}
    </span>
  );
}

/** How far it got, in words and as a bar. */
export function Reach({ totals }: { totals: TotalsView }) {
  const all = totals.sent + totals.waiting + totals.refused + totals.capped + totals.cancelled;
  if (!all) return null;
  const words = t('n_sent', { a: totals.sent, b: all });
  return <span class="reach"><Bar parts={shares(totals)} label={words} /><span>{words}</span></span>;
}

export function shares(totals: TotalsView): Array<{ tone: string; count: number }> {
  return [
    { tone: 'well', count: totals.sent }, { tone: 'hand', count: totals.waiting - totals.unasked }, { tone: 'none', count: totals.unasked }, { tone: 'danger', count: totals.refused },
    { tone: 'need', count: totals.capped }, { tone: 'over', count: totals.cancelled },
  ];
}

function Row({ one, chosen, kept }: { one: NoticeView; chosen: boolean; kept: boolean }) {
  return (
    <a class={'row tone-' + STATE_TONES[one.state]} href={hashOf('notices', one.id)} aria-current={chosen ? 'true' : undefined} data-testid="notice">
      <span class="row-head"><span class="chips"><StateChips one={one} />{kept && <Chip tone="need">{d('unsaved')}</Chip>}</span><time title={exact(one.updated_at)}>{ago(one.updated_at)}</time></span>
      <b class="row-first">{one.title}</b>
      <Reach totals={one.totals} />
      <span class="row-facts"><span>{one.number}</span>{one.published_at
        ? <><span>{t('group_count', { n: one.groups })}</span><span>{t('people', { n: one.people })}</span></>
        : <span>{t('community_count', { n: one.communities.length })}</span>}</span>
    </a>
  );
}
