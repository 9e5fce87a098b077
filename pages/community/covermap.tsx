import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Icon } from '../parts/icons';
import { Pan } from '../parts/pan';
import { areasOn, Plane, type Area } from '../parts/plane';
import type { CoverageView, GroupView } from '../shared/notices';
import { COVER_TONES, coverOf, RANK } from './cover';
import type { Desk } from './desk';
import { useLoad } from './load';
import { Bones, Empty, Failing } from './pieces';
import { hashOf } from './route';
import { t } from './words';

interface Look { x: number; y: number; scale: number }
const NEAREST = 0.3;
const FARTHEST = 400;
/** Pixels an area must be wide to carry its name. */
const NAMED = 74;

/** North up: the communities in the colours of their groups; a tap opens one. */
export function CoverMap({ desk, communities, groups, chosen }: {
  desk: Desk; communities: CoverageView[]; groups: GroupView[]; chosen: string;
}) {
  const loaded = useLoad('areas', 0, () => desk.api.get<GeoJSON.FeatureCollection>('/areas?level=COMMUNITY'));
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ w: 380, h: 400 });
  const [look, setLook] = useState<Look | null>(null);
  const known = useMemo(() => new Map(communities.map((one) => [one.id, one])), [communities]);
  const areas = useMemo(() => (loaded.data ? drawn(loaded.data, known) : []), [loaded.data, known]);
  useEffect(() => {
    const { current } = box;
    if (!current) return undefined;
    const measure = (): void => setSize({ w: current.clientWidth, h: current.clientHeight });
    measure();
    if (typeof ResizeObserver === 'undefined') return undefined;
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => observer.disconnect();
  }, [areas.length > 0]);
  const shapes = useMemo(() => areas.map((area) => {
    const one = known.get(area.id);
    const tone = one ? COVER_TONES[coverOf(one, groups)] : 'over';
    return <path key={area.id} d={area.path} data-area={area.id} class={'cover fill-' + tone + ' is-' + (one ? coverOf(one, groups) : 'ok') + (area.id === chosen ? ' chosen' : '')}><title>{area.name}</title></path>;
  }), [areas, known, groups, chosen]);
  if (!loaded.data) return loaded.fault ? <Failing fault={loaded.fault} again={loaded.again} /> : <Bones count={1} />;
  if (!areas.length) return <Empty sign="groups" head={t('map_none')} />;
  const { x, y, scale } = look || fitted(areas, size);
  const zoom = (by: number): void => setLook({ x, y, scale: Math.min(FARTHEST, Math.max(NEAREST, scale * by)) });
  const tap = (px: number, py: number): void => {
    const found = document.elementsFromPoint(px, py).find((one) => one.hasAttribute('data-area'));
    if (found) location.hash = hashOf('groups', found.getAttribute('data-area') || '');
  };
  return (
    <div class="map cover-map" ref={box} data-testid="cover-map">
      <Pan onPan={(dx, dy) => setLook({ x: x - dx * scale, y: y - dy * scale, scale })} onZoom={zoom} onTap={tap}>
        <svg width={size.w} height={size.h} role="img" aria-label={t('map_label')}>
          <g transform={`translate(${size.w / 2} ${size.h / 2}) scale(${1 / scale}) translate(${-x} ${-y})`}>{shapes}</g>
          {areas.filter((area) => area.id === chosen || area.width / scale > NAMED).map((area) => {
            const one = known.get(area.id);
            const at = { x: size.w / 2 + (area.middle.x - x) / scale, y: size.h / 2 + (area.middle.y - y) / scale };
            return (
              <text key={area.id} x={at.x} y={at.y} class="cover-name">
                <tspan x={at.x}>{area.name}</tspan>
                {one && <tspan x={at.x} dy="1.25em" class="cover-word">{t(`h_${coverOf(one, groups)}`)}</tspan>}
              </text>
            );
          })}
        </svg>
      </Pan>
      <ul class="legend">{RANK.map((cover) => (
        <li key={cover}><i class={'dot fill-' + COVER_TONES[cover] + ' is-' + cover} aria-hidden="true" />{t(`h_${cover}`)}</li>
      ))}</ul>
      <div class="map-zoom">
        <button type="button" aria-label="+" onClick={() => zoom(0.5)}><Icon name="plus" /></button>
        <button type="button" aria-label="−" onClick={() => zoom(2)}><Icon name="minus" /></button>
        <button type="button" aria-label={t('g_map')} onClick={() => setLook(null)}><Icon name="target" /></button>
      </div>
    </div>
  );
}

function drawn(collection: GeoJSON.FeatureCollection, known: Map<string, CoverageView>): Area[] {
  const features = collection.features.filter((one) => known.has(String((one.properties || {}).id)));
  const first = features[0];
  if (!first) return [];
  const [lon, lat] = corner(first.geometry);
  return areasOn(new Plane({ lon, lat }), { ...collection, features });
}

function corner(geometry: GeoJSON.Geometry): GeoJSON.Position {
  if (geometry.type === 'Polygon') return geometry.coordinates[0][0];
  return geometry.type === 'MultiPolygon' ? geometry.coordinates[0][0][0] : [0, 0];
}

/** All of them, with a margin. */
function fitted(areas: readonly Area[], size: { w: number; h: number }): Look {
  const reach = (one: Area): number => one.width / 2;
  const left = Math.min(...areas.map((one) => one.middle.x - reach(one)));
  const right = Math.max(...areas.map((one) => one.middle.x + reach(one)));
  const top = Math.min(...areas.map((one) => one.middle.y - reach(one)));
  const bottom = Math.max(...areas.map((one) => one.middle.y + reach(one)));
  const scale = Math.max((right - left) / Math.max(100, size.w - 40), (bottom - top) / Math.max(100, size.h - 120), NEAREST);
  return { x: (left + right) / 2, y: (top + bottom) / 2, scale };
}
