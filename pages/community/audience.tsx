import { useState } from 'preact/hooks';
import type { CoverageView } from '../shared/notices';
import type { StationView } from '../shared/types';
import { d } from './draftwords';
import { t } from './words';
import { chosenOf, toggled, wholes, type Whole } from './wholes';

/** The communities a notice goes to: one by one, or a station's or a district's at once. */
export function Audience({ all, stations, chosen, onChange }: {
  all: CoverageView[]; stations: readonly StationView[] | null; chosen: string[]; onChange: (ids: string[]) => void;
}) {
  const [filter, setFilter] = useState('');
  const shown = all.filter((one) => !filter || one.name.includes(filter) || one.station_name.includes(filter));
  const ids = new Set(chosen);
  const toggle = (id: string): void => onChange(ids.has(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  const every = shown.length > 0 && shown.every((one) => ids.has(one.id));
  return (
    <fieldset class="audience">
      <legend>{t('f_communities')} <small>{t('f_chosen', { a: chosen.length, b: all.length })}</small></legend>
      <Wholes list={wholes(all, stations)} chosen={chosen} onChange={onChange} />
      <div class="audience-head">
        {all.length > 8 && <input type="search" aria-label={t('f_find')} placeholder={t('f_find')} value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />}
        <button type="button" class="button small" onClick={() => onChange(every
          ? chosen.filter((id) => !shown.some((one) => one.id === id))
          : Array.from(new Set([...chosen, ...shown.map((one) => one.id)])))}>{every ? t('f_none') : t('f_all')}</button>
      </div>
      <ul>{shown.map((one) => (
        <li key={one.id}><label class="check"><input type="checkbox" checked={ids.has(one.id)} onChange={() => toggle(one.id)} data-community={one.id} />
          <span><b>{one.name}</b><small class={one.groups ? '' : 'warn'}>{one.groups ? `${t('group_count', { n: one.groups })} · ${t('people', { n: one.residents })}` : t('h_no_group')}</small></span></label></li>
      ))}</ul>
    </fieldset>
  );
}

/** Nothing where all is of one station: there the button below says it. */
function Wholes({ list, chosen, onChange }: { list: Whole[]; chosen: string[]; onChange: (ids: string[]) => void }) {
  if (!list.length) return null;
  return (
    <details class="wholes" data-testid="wholes">
      <summary>{d('wholes')}</summary>
      <ul>{list.map((one) => {
        const { count, state } = chosenOf(one, chosen);
        return (
          <li key={one.id} class={one.district ? 'district' : ''}><label class="check">
            <input type="checkbox" checked={state === 'all'} indeterminate={state === 'some'} data-whole={one.id} onChange={() => onChange(toggled(one, chosen))} />
            <span><b>{one.name}</b><small>{d('whole_count', { a: count, b: one.communities.length })}</small></span></label></li>
        );
      })}</ul>
    </details>
  );
}
