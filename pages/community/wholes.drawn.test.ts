import { h } from 'preact';
import { describe, expect, it, vi } from 'vitest';
import { Page } from '../drawn/page';
import type { CoverageView } from '../shared/notices';
import type { StationView } from '../shared/types';
import { Audience } from './audience';
import { chosenOf, toggled, wholes } from './wholes';

const place = (id: string, station: string): CoverageView => ({ id, name: id, station, station_name: station, groups: 1, residents: 9 } as CoverageView);
const all = [place('a1', 'a'), place('a2', 'a'), place('b1', 'b'), place('c1', 'c')];
const stations = [['a', '东区'], ['b', '东区'], ['c', '西区']].map(([id, bureau]) => ({ id, name: id, bureau, synthetic: true } as StationView));

describe('a station or a district at once', () => {
  it('is offered with what belongs to it', () => {
    expect(wholes(all, stations).map((one) => [one.id, one.communities.join(' ')])).toEqual([
      ['d:东区', 'a1 a2 b1'], ['s:a', 'a1 a2'], ['s:b', 'b1'], ['d:西区', 'c1'], ['s:c', 'c1'],
    ]);
    expect(wholes(all.slice(0, 2), stations)).toEqual([]);
    expect(wholes(all, null).map((one) => one.id)).toEqual(['s:a', 's:b', 's:c']);
  });
  it('is chosen as a whole, and leaves what else was chosen', () => {
    const [east] = wholes(all, stations);
    expect(chosenOf(east, ['a1', 'c1'])).toEqual({ count: 1, state: 'some' });
    expect(toggled(east, ['c1', 'a2'])).toEqual(['c1', 'a2', 'a1', 'b1']);
    expect(toggled(east, ['a1', 'c1', 'a2', 'b1'])).toEqual(['c1']);
  });
  it('says on the page how many of it are chosen, and is half ticked', () => {
    const onChange = vi.fn();
    const page = new Page(h(Audience, { all, stations, chosen: ['a1'], onChange }));
    const box = page.get('s:a', 'data-whole');
    // A browser knows this as a property of the box; the small document keeps what it does not know as given.
    const half = ['s:a', 's:b'].map((id) => page.get(id, 'data-whole').given.get('indeterminate') === 'true');
    expect([half, box.checked]).toEqual([[true, false], false]);
    expect(page.get('wholes').text).toContain('1 / 2');
    box.hear('change');
    expect(onChange).toHaveBeenCalledWith(['a1', 'a2']);
    page.leave();
  });
});
