import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Icon } from '../parts/icons';
import { Pan } from '../parts/pan';
import { areasOn, Plane, scaleBar, type Spot } from '../parts/plane';
import { ago, now } from '../shared/clock';
import { bearing, degrees, metres, type Point } from '../shared/geo';
import type { EntryView, IncidentView } from '../shared/types';
import { isStale, knownAt, wasShown, where } from '../shared/where';
import type { Duty } from './duty';
import { awayWords } from './place';
import { t } from './words';

interface Look { x: number; y: number; scale: number }
const CLOSEST = 0.15;
const FARTHEST = 400;
/** A call begins with pictures of people: the borders are drawn when those are there. */
const BORDERS_MS = 1500;

/** North up: areas, the caller with circle and track, the incident's place, and this officer. */
export function CallerMap({ duty, incident }: { duty: Duty; incident: IncidentView }) {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ w: 390, h: 400 });
  const [look, setLook] = useState<Look | null>(null);
  const { position, place } = incident;
  const start = where(incident) || duty.here;
  const plane = useMemo(() => (start ? new Plane(start) : null), [incident.id, start !== null]);
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), BORDERS_MS);
    return () => clearTimeout(timer);
  }, []);
  const areas = useMemo(() => (settled && plane && duty.areas ? areasOn(plane, duty.areas) : []), [plane, duty.areas, settled]);
  const mine = duty.me ? duty.me.station : null;
  // The same object each time, so that nothing is compared when something else changes.
  const borders = useMemo(() => areas.map((area) => (
    <path key={area.id} d={area.path} class={area.id === mine ? 'area mine' : 'area'} />
  )), [areas, mine]);
  const track = trackOf(duty.book.entries(incident.id));

  useEffect(() => {
    const { current } = box;
    if (!current) return undefined;
    const measure = (): void => setSize({ w: current.clientWidth, h: current.clientHeight });
    measure();
    if (typeof ResizeObserver === 'undefined') return undefined;
    const observer = new ResizeObserver(measure);
    observer.observe(current);
    return () => observer.disconnect();
  }, [plane === null]);

  if (!plane || (!position && !place)) {
    return (
      <div class="map map-none"><Icon name="place" size={36} /><b>{t('map_none')}</b><span>{t('map_none_hint')}</span></div>
    );
  }
  const caller = position && plane.spot(position);
  const here = duty.here && plane.spot(duty.here);
  const fit = fitted(size, caller, position ? position.accuracy || 0 : 0, place && plane.spot(place), here);
  const { x, y, scale } = look || fit;
  const at = (spot: Spot): Spot => ({ x: size.w / 2 + (spot.x - x) / scale, y: size.h / 2 + (spot.y - y) / scale });
  const zoom = (by: number): void => setLook({ x, y, scale: Math.min(FARTHEST, Math.max(CLOSEST, scale * by)) });
  const bar = scaleBar(scale, 110);
  return (
    <div class="map" ref={box} data-testid="map">
      <Pan onPan={(dx, dy) => setLook({ x: x - dx * scale, y: y - dy * scale, scale })} onZoom={zoom}>
        <svg width={size.w} height={size.h} role="img" aria-label={t('map_label')}>
          <g transform={`translate(${size.w / 2} ${size.h / 2}) scale(${1 / scale}) translate(${-x} ${-y})`}>
            {borders}
            {position && caller && position.accuracy !== null && (
              <circle cx={caller.x} cy={caller.y} r={position.accuracy} class="circle" />
            )}
            {track.length > 1 && (
              <polyline class="track" points={track.map((one) => { const s = plane.spot(one); return `${s.x},${s.y}`; }).join(' ')} />
            )}
          </g>
          {areas.filter((area) => area.width / scale > 120).map((area) => {
            const s = at(area.middle);
            return <text key={area.id} x={s.x} y={s.y} class={area.id === mine ? 'area-name mine' : 'area-name'}>{area.name}</text>;
          })}
          {place && <Mark spot={at(plane.spot(place))} kind="place" words={t('map_place')} />}
          {here && <Mark spot={at(here)} kind="here" words={t('map_me')} />}
          {caller && <Mark spot={at(caller)} kind="caller" words={t('map_caller')} />}
        </svg>
      </Pan>
      <span class="map-north" aria-hidden="true"><i />{t('north')}</span>
      <span class="map-bar" style={{ width: bar / scale + 'px' }}>{metres(bar)}</span>
      <div class="map-zoom">
        <button type="button" aria-label={t('map_in')} onClick={() => zoom(0.5)}><Icon name="plus" /></button>
        <button type="button" aria-label={t('map_out')} onClick={() => zoom(2)}><Icon name="minus" /></button>
        <button type="button" aria-label={t('map_fit')} onClick={() => setLook(null)}><Icon name="target" /></button>
      </div>
      <MapFoot duty={duty} incident={incident} />
    </div>
  );
}

function MapFoot({ duty, incident }: { duty: Duty; incident: IncidentView }) {
  const target = where(incident);
  if (!target) return null;
  const { accuracy, taken_at: at } = target;
  const scene = incident.place !== null;
  const old = !scene && isStale(incident, now());
  const still = !scene && incident.confirmed_at !== null && incident.confirmed_at > at;
  // The datum goes with the numbers, or the other map would put the pin 500 m off.
  const address = `https://uri.amap.com/marker?position=${target.lon},${target.lat}&coordinate=wgs84&name=${encodeURIComponent(incident.number)}`;
  return (
    <div class="map-foot">
      <p>
        <b>{duty.here ? awayWords(duty.here, target, true) : degrees(target)}</b>
        <span class={old ? 'old' : undefined}>
          {scene ? t('map_scene') : still && !old ? t('map_still', { t: ago(knownAt(incident)) })
            : accuracy === null ? ago(at) : t('map_updated', { t: ago(at), m: metres(accuracy) })}
          {old && ' · ' + t('map_old')}
        </span>
      </p>
      {duty.here && <Needle degrees={bearing(duty.here, target)} />}
      <a class="button" href={address} target="_blank" rel="noopener noreferrer" data-testid="open-map">
        <Icon name="open" size={20} />{t('open_map')}
      </a>
    </div>
  );
}

function Needle({ degrees: turn }: { degrees: number }) {
  return (
    <svg class="needle" width="40" height="40" viewBox="-20 -20 40 40" aria-hidden="true">
      <circle r="18" /><path d="M0-13L7 10 0 5-7 10z" transform={`rotate(${turn})`} />
    </svg>
  );
}

function Mark({ spot, kind, words }: { spot: Spot; kind: string; words: string }) {
  return (
    <g class={'mark-' + kind} transform={`translate(${spot.x} ${spot.y})`}>
      {kind === 'here' ? <path d="M0-10L9 9 0 4-9 9z" /> : <circle r={kind === 'caller' ? 9 : 7} />}
      <text y={-15}>{words}</text>
    </g>
  );
}

/** Where the caller has been: positions in the log, oldest first. */
export function trackOf(entries: readonly EntryView[]): Point[] {
  return entries.filter(wasShown)
    .map(({ data }) => ({ lon: Number(data.lon), lat: Number(data.lat) }));
}

function fitted(
  size: { w: number; h: number }, caller: Spot | null, accuracy: number, place: Spot | null, here: Spot | null,
): Look {
  const middle = place || caller || { x: 0, y: 0 };
  const span = (spot: Spot | null): number => (spot ? Math.hypot(spot.x - middle.x, spot.y - middle.y) : 0);
  const far = span(here);
  // An officer 30 km away must not shrink the caller's surroundings to a dot.
  const reach = Math.max(150, place ? 0 : accuracy * 1.6, span(caller) * 1.3, far < 8000 ? far * 1.3 : 0);
  return { ...middle, scale: (2 * reach) / Math.max(120, Math.min(size.w, size.h - 120)) };
}
