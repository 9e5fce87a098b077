import type { GroupShown, GroupView } from '../shared/notices';
import { useHeld } from '../parts/held';
import { Binding } from './binding';
import type { Desk } from './desk';
import { short } from './inbox';
import type { Loaded } from './load';
import { Bones, Chip, Empty, Failing, Old } from './pieces';
import { hashOf } from './route';
import { t } from './words';

export const SHOWN: GroupShown[] = ['ACTIVE', 'ORPHANED', 'UNCONFIRMED', 'FULL', 'DISMISSED', 'IGNORED'];

/** The groups that somebody looked for, each with its way to its community. */
export function Found({ desk, found }: { desk: Desk; found: Loaded<GroupView[]> }) {
  const { data, fault, again } = found;
  if (!data) return fault ? <Failing fault={fault} again={again} /> : <Bones />;
  return (
    <>
      <Old fault={fault} again={again} />
      {data.length > 0 ? <p class="dim" role="status">{t('g_found', { n: data.length })}</p> : <Empty sign="search" head={t('g_found_none')} />}
      <ul>{data.map((one) => <li key={one.id}><Row desk={desk} one={one} again={again} /></li>)}</ul>
    </>
  );
}

function Row({ desk, one, again }: { desk: Desk; one: GroupView; again: () => void }) {
  const [binding, setBinding] = useHeld<'binding'>(() => one.id);
  const over = one.state === 'DISMISSED';
  const tone = over || one.ignored ? 'over' : one.orphaned ? 'danger' : one.nearly_full ? 'need' : 'well';
  const facts = (
    <>
      <span class="row-head"><b class="row-name">{one.name || one.id}</b>
        {over ? <Chip tone="over">{t('gs_DISMISSED')}</Chip> : one.ignored ? <Chip tone="over">{t('gs_IGNORED')}</Chip> : one.orphaned && <Chip tone="danger">{t('h_orphaned')}</Chip>}</span>
      <span class="row-facts"><span>{one.community_name || t('g_nowhere')}</span>
        <span>{t('g_owner', { n: short(one.owner_name || one.owner, one.station_name) })}</span><span>{t('g_members', { a: one.members, b: one.capacity })}</span></span>
    </>
  );
  if (one.community) return <a class={'row tone-' + tone} href={hashOf('groups', one.community)} data-testid="found">{facts}</a>;
  return (
    <>
      <button type="button" class={'row tone-' + tone} onClick={() => setBinding('binding')} data-testid="found">{facts}</button>
      {binding && <Binding desk={desk} group={one} close={() => setBinding(null)} done={() => { setBinding(null); again(); }} />}
    </>
  );
}
