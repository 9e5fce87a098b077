/*
 * The map itself: a dark ground, the areas of bureaus and stations, a position with its circle and
 * track. It draws what it is given and knows nothing of incidents. Without an operator's style there
 * are no tiles; names are drawn with the fonts of this computer. No national borders are drawn.
 */
import 'maplibre-gl/dist/maplibre-gl.css';

import { AttributionControl, Map as GlMap, setWorkerUrl, type GeoJSONSource, type StyleSpecification, type SymbolLayerSpecification } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';

import { boxOf, circle, corners, middle, type Box, type LonLat } from './shapes';

setWorkerUrl(workerUrl);

type Areas = GeoJSON.FeatureCollection;
type Feature = GeoJSON.Feature;

export interface Spot { lon: number; lat: number; accuracy: number | null }
export interface Scene {
  caller: Spot | null;
  place: Spot | null;
  track: LonLat[];
  /** Station ids by their share of the circle, 0 to 1. */
  shares: Record<string, number>;
  /** Stations that are on it. */
  called: string[];
  /** Other open incidents, for the overview. */
  others: Array<{ lon: number; lat: number; tone: 'danger' | 'need' | 'hand' }>;
}

const COLOUR = { danger: '#ff8585', need: '#ffc04d', hand: '#86b3ff', well: '#5dd894' };
const FONT = ['Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', 'sans-serif'];
const EMPTY: Areas = { type: 'FeatureCollection', features: [] };
const BLANK: StyleSpecification = {
  version: 8,
  sources: {},
  layers: [{ id: 'ground', type: 'background', paint: { 'background-color': '#0b1119' } }],
};
const SOURCES = ['bureaus', 'bureau-names', 'stations', 'names', 'circle', 'track', 'spots'];

const collection = (features: Feature[]): Areas => ({ type: 'FeatureCollection', features });
const feature = (geometry: GeoJSON.Geometry, properties: Record<string, unknown> = {}): Feature =>
  ({ type: 'Feature', geometry, properties });
const point = (at: { lon: number; lat: number }): GeoJSON.Point => ({ type: 'Point', coordinates: [at.lon, at.lat] });

const labels = (areas: Feature[]): Areas => collection(areas.flatMap((one) => {
  const at = middle(one.geometry);
  return at ? [feature({ type: 'Point', coordinates: at }, one.properties ?? {})] : [];
}));

export class DeskMap {
  private readonly map: GlMap;
  private ready = false;
  private stations: Areas = EMPTY;
  private bureaus: Areas = EMPTY;
  private scene: Scene | null = null;
  /** Nobody has moved the map since it was last fitted: a new size fits it again. */
  private fitted = true;
  private readonly sizes: ResizeObserver;

  constructor(box: HTMLElement, style: string | null, onPoint: (at: LonLat) => void, onReady: () => void) {
    this.map = new GlMap({
      container: box,
      style: style ?? BLANK,
      center: [104, 35],
      zoom: 3,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: 0,
      maxZoom: 19,
    });
    if (style) this.map.addControl(new AttributionControl({ compact: true }));
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disable();
    this.map.on('load', () => {
      this.addLayers();
      this.ready = true;
      this.draw();
      onReady();
    });
    this.map.on('click', ({ lngLat }) => onPoint([lngLat.lng, lngLat.lat]));
    this.map.on('movestart', (event) => { if (event.originalEvent) this.fitted = false; });
    this.sizes = new ResizeObserver(() => {
      this.map.resize();
      if (this.fitted) this.fit();
    });
    this.sizes.observe(box);
  }

  remove(): void {
    this.sizes.disconnect();
    this.map.remove();
  }

  setAreas(bureaus: Areas, stations: Areas): void {
    this.bureaus = bureaus;
    this.stations = stations;
    this.draw();
  }

  show(scene: Scene): void {
    this.scene = scene;
    this.draw();
  }

  zoom(by: number): void {
    this.fitted = false;
    this.map.zoomTo(this.map.getZoom() + by, { duration: 180 });
  }

  cursor(cross: boolean): void {
    this.map.getCanvas().style.cursor = cross ? 'crosshair' : '';
  }

  /** Shows the position with its circle, without one all areas. At once: while a call begins the processor is the picture's. */
  fit(): void {
    this.fitted = true;
    const box = this.box();
    if (box) this.map.fitBounds(box, { padding: 46, maxZoom: 16, duration: 0 });
  }

  private box(): Box | null {
    const { caller, place, others } = this.scene ?? { caller: null, place: null, others: [] };
    const points: LonLat[] = [];
    for (const spot of [caller, place]) {
      if (spot) points.push(...circle(spot, Math.max(300, Math.min(spot.accuracy ?? 0, 20_000) * 1.2), 8));
    }
    if (points.length) return boxOf(points);
    const all = this.stations.features.flatMap((one) => corners(one.geometry));
    return boxOf(all.length ? all : others.map((one) => [one.lon, one.lat]));
  }

  private put(source: string, data: Areas): void {
    this.map.getSource<GeoJSONSource>(source)?.setData(data);
  }

  private draw(): void {
    if (!this.ready) return;
    const scene = this.scene ?? { caller: null, place: null, track: [], shares: {}, called: [], others: [] };
    const known = this.stations.features.map((one) => {
      const id = String(one.properties?.id ?? '');
      return feature(one.geometry, { ...one.properties, share: scene.shares[id] ?? -1, called: scene.called.includes(id) });
    });
    this.put('bureaus', this.bureaus);
    this.put('stations', collection(known));
    this.put('names', labels(known));
    this.put('bureau-names', labels(this.bureaus.features));
    // Two circles: the stated accuracy (68 %), and twice that, which the stations' shares are of.
    const { caller } = scene;
    this.put('circle', collection(caller?.accuracy ? [1, 2].map((times) => feature(
      { type: 'Polygon', coordinates: [circle(caller, (caller.accuracy ?? 0) * times)] }, { times },
    )) : []));
    this.put('track', collection(scene.track.length > 1
      ? [feature({ type: 'LineString', coordinates: scene.track })] : []));
    this.put('spots', collection([
      ...scene.others.map((one) => feature(point(one), { kind: 'other', tone: COLOUR[one.tone] })),
      ...(scene.place ? [feature(point(scene.place), { kind: 'place' })] : []),
      ...(scene.caller ? [feature(point(scene.caller), { kind: 'caller' })] : []),
    ]));
  }

  private addLayers(): void {
    const { map } = this;
    for (const id of SOURCES) map.addSource(id, { type: 'geojson', data: EMPTY });
    map.addLayer({ id: 'ground-areas', type: 'fill', source: 'stations', paint: { 'fill-color': '#131d2a', 'fill-opacity': 0.9 } });
    map.addLayer({
      id: 'shares', type: 'fill', source: 'stations', filter: ['>=', ['get', 'share'], 0],
      paint: { 'fill-color': '#2f6df0', 'fill-opacity': ['interpolate', ['linear'], ['get', 'share'], 0, 0.07, 1, 0.2] },
    });
    map.addLayer({ id: 'station-lines', type: 'line', source: 'stations', paint: { 'line-color': '#3b4f69', 'line-width': 1 } });
    map.addLayer({ id: 'share-lines', type: 'line', source: 'stations', filter: ['>=', ['get', 'share'], 0], paint: { 'line-color': '#86b3ff', 'line-width': 1.6 } });
    map.addLayer({ id: 'called', type: 'line', source: 'stations', filter: ['==', ['get', 'called'], true], paint: { 'line-color': COLOUR.well, 'line-width': 3, 'line-offset': 2 } });
    map.addLayer({ id: 'bureau-lines', type: 'line', source: 'bureaus', paint: { 'line-color': '#5d7392', 'line-width': 1.8 } });
    map.addLayer({ id: 'circle', type: 'fill', source: 'circle', filter: ['==', ['get', 'times'], 1], paint: { 'fill-color': '#ffc04d', 'fill-opacity': 0.16 } });
    map.addLayer({ id: 'circle-line', type: 'line', source: 'circle', filter: ['==', ['get', 'times'], 1], paint: { 'line-color': '#ffc04d', 'line-width': 1.5 } });
    map.addLayer({ id: 'circle-twice', type: 'line', source: 'circle', filter: ['==', ['get', 'times'], 2], paint: { 'line-color': '#ffc04d', 'line-width': 1.2, 'line-dasharray': [3, 3], 'line-opacity': 0.8 } });
    map.addLayer({ id: 'track', type: 'line', source: 'track', layout: { 'line-join': 'round', 'line-cap': 'round' }, paint: { 'line-color': '#ffc04d', 'line-width': 2.5, 'line-opacity': 0.75 } });
    const name = { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 13, 'text-padding': 8 } satisfies SymbolLayerSpecification['layout'];
    const ink = { 'text-halo-color': '#0b1119', 'text-halo-width': 1.4 };
    const stationInk = { ...ink, 'text-color': ['case', ['>=', ['get', 'share'], 0], '#dbe8ff', '#93a4b8'] } satisfies SymbolLayerSpecification['paint'];
    map.addLayer({ id: 'bureau-names', type: 'symbol', source: 'bureau-names', maxzoom: 9.5, layout: name, paint: { ...ink, 'text-color': '#a9b7c8' } });
    map.addLayer({ id: 'names', type: 'symbol', source: 'names', minzoom: 9.5, maxzoom: 13, layout: { ...name, 'symbol-sort-key': ['-', 0, ['get', 'share']] }, paint: stationInk });
    // Close up the middle of an area is out of sight: from here on every tile carries the name.
    map.addLayer({ id: 'names-near', type: 'symbol', source: 'stations', minzoom: 13, layout: name, paint: stationInk });
    map.addLayer({
      id: 'others', type: 'circle', source: 'spots', filter: ['==', ['get', 'kind'], 'other'],
      paint: { 'circle-radius': 5, 'circle-color': ['get', 'tone'], 'circle-stroke-color': '#0b1119', 'circle-stroke-width': 2 },
    });
    map.addLayer({
      id: 'place', type: 'circle', source: 'spots', filter: ['==', ['get', 'kind'], 'place'],
      paint: { 'circle-radius': 9, 'circle-color': '#0b1119', 'circle-stroke-color': '#ff8585', 'circle-stroke-width': 4 },
    });
    map.addLayer({
      id: 'caller', type: 'circle', source: 'spots', filter: ['==', ['get', 'kind'], 'caller'],
      paint: { 'circle-radius': 7.5, 'circle-color': '#ffb627', 'circle-stroke-color': '#ffffff', 'circle-stroke-width': 3 },
    });
  }
}
