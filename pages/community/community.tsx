import { useState } from 'preact/hooks';
import { useDraft } from '../parts/draft';
import { useHeld } from '../parts/held';
import { newKey } from '../shared/api';
import { unsent } from '../shared/drafts';
import { faultWithHint } from '../shared/fault';
import { listed } from '../shared/i18n';
import type { CoverageView, DoorwayList, DoorwayView, GroupView } from '../shared/notices';
import { readPages } from '../shared/paging';
import { COVER_TONES, coverOf } from './cover';
import type { Desk } from './desk';
import { Group } from './group';
import { short } from './inbox';
import { useLoad } from './load';
import { Back, Bones, Chip, Dialog, Failing } from './pieces';
import { hashOf } from './route';
import { Sign } from './sign';
import { Welcome } from './welcome';
import { t } from './words';

/** One community: its groups, and the codes that lead into them. */
export function Community({ desk, one, groups, again }: { desk: Desk; one: CoverageView; groups: GroupView[]; again: () => void }) {
  const cover = coverOf(one, groups);
  const doors = useLoad(one.id, desk.revision.groups, async () => {
    const { items } = await readPages<DoorwayView, string>(Infinity, async (after) => {
      const query = '/doorways?community=' + encodeURIComponent(one.id) + (after === null ? '' : '&after=' + encodeURIComponent(after));
      const list = await desk.api.get<DoorwayList>(query);
      return { items: list.doorways, next: list.next };
    });
    return items.filter((door) => !door.removed).sort((a, b) => a.created_at - b.created_at);
  });
  return (
    <>
      <header class="detail-head">
        <Back href={hashOf('groups')} />
        <div class="detail-title"><h1>{one.name}</h1><span>{one.station_name}</span></div>
        <Chip tone={COVER_TONES[cover]}>{t(`h_${cover}`)}</Chip>
      </header>
      <div class="scroll community">
        <p class="dim">{one.officers.length ? t('g_officers', { names: listed(one.officers.map((name) => short(name, one.station_name))) }) : t('g_no_officer')}
          {one.followers !== null && ' · ' + t('g_followers', { n: one.followers })}</p>
        {!groups.length && <p class="advice tone-danger">{t('g_none_here')}</p>}
        <ul class="group-list">{groups.map((group) => <li key={group.id}><Group desk={desk} group={group} again={again} /></li>)}</ul>
        <h2>{t('doorways')}</h2>
        {!doors.data && (doors.fault ? <Failing fault={doors.fault} again={doors.again} /> : <Bones count={1} />)}
        {doors.data && !doors.data.length && <p class="dim">{t('doorway_none')}</p>}
        <ul class="doors">{doors.data && doors.data.map((door) => <li key={door.id}><Door desk={desk} door={door} again={doors.again} /></li>)}</ul>
        <NewDoor desk={desk} community={one.id} done={() => { doors.again(); again(); }} />
        <Welcome key={one.id} desk={desk} community={one.id} />
      </div>
    </>
  );
}

function Door({ desk, door, again }: { desk: Desk; door: DoorwayView; again: () => void }) {
  const [asked, setAsked] = useHeld<'print' | 'remove'>((what) => (what === 'remove' || door.ready ? door.id : null));
  const [fault, setFault] = useState('');
  const remove = async (): Promise<void> => {
    try {
      await desk.api.delete('/doorways/' + encodeURIComponent(door.id));
      setAsked(null);
      again();
    } catch (error) {
      setFault(faultWithHint(error));
    }
  };
  return (
    <article class="card door">
      {door.ready ? <img src={door.url} alt={t('qr_of', { c: door.community_name })} width={96} height={96} /> : <span class="door-wait"><Sign name="clock" size={28} /></span>}
      <div><h3>{door.poster}</h3>
        <p class="dim">{door.ready ? t('doorway_brought', { n: door.brought }) : door.hint === 'no_group' ? t('doorway_no_group') : t('doorway_wait')}</p>
        <div class="door-acts">
          <button type="button" class="button small" disabled={!door.ready} onClick={() => setAsked('print')} data-testid="print"><Sign name="print" size={18} />{t('doorway_print')}</button>
          <button type="button" class="button small" onClick={() => setAsked('remove')}>{t('doorway_remove')}</button>
        </div></div>
      {asked === 'remove' && (
        <Dialog head={t('doorway_remove')} close={() => setAsked(null)}>
          <p>{t('doorway_remove_what')}</p>{fault && <p class="fault" role="alert">{fault}</p>}
          <footer><button type="button" class="button" onClick={() => setAsked(null)}>{t('cancel')}</button>
            <button type="button" class="button danger fill" onClick={() => void remove()}>{t('doorway_remove')}</button></footer>
        </Dialog>
      )}
      {asked === 'print' && (
        <Dialog head={t('doorway_print')} close={() => setAsked(null)}>
          <div class="poster">
            <h2>{t('poster_head', { c: door.community_name })}</h2>
            <img src={door.url} alt={t('qr_of', { c: door.community_name })} />
            <p>{t('poster_how')}</p><small>{door.poster} · {t('poster_note')}</small>
          </div>
          <footer><button type="button" class="button main" onClick={() => window.print()}><Sign name="print" size={20} />{t('doorway_print')}</button></footer>
        </Dialog>
      )}
    </article>
  );
}

function NewDoor({ desk, community, done }: { desk: Desk; community: string; done: () => void }) {
  const [begun, setBegun] = useState(() => ({ poster: '', key: newKey() }));
  const form = useDraft(desk.drafts, 'doorway/' + community, begun);
  const { poster } = form.value;
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState('');
  const make = async (): Promise<void> => {
    setBusy(true);
    setFault('');
    const sent = form.now();
    try {
      await desk.api.post<DoorwayView>('/doorways', { key: sent.key, community, poster: sent.poster.trim() }, { tries: 3 });
      // A second one of the same name is another one.
      setBegun({ poster: '', key: newKey() });
      form.sent(sent, (left) => ({ poster: unsent(left.poster, sent.poster), key: newKey() }));
      done();
    } catch (error) {
      setFault(faultWithHint(error));
    }
    setBusy(false);
  };
  return (
    <form class="new-door" onSubmit={(event) => { event.preventDefault(); void make(); }}>
      <label class="field"><span>{t('doorway_poster')}</span>
        <input value={poster} maxLength={30} onInput={(event) => form.set({ poster: event.currentTarget.value, key: newKey() })} data-testid="poster" /></label>
      <button type="submit" class="button" disabled={busy || !poster.trim()}>{t('doorway_make')}</button>
      {fault && <p class="fault" role="alert">{fault}</p>}
    </form>
  );
}
