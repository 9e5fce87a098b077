/* A flat map around one point: WGS-84 degrees to metres east and south, good to 0.5 % within 100 km. */

import type { Point } from '../shared/geo';

export interface Spot { x: number; y: number }

export class Plane {
  readonly origin: Point;
  private readonly east: number;

  constructor(origin: Point) {
    this.origin = origin;
    this.east = 111320 * Math.cos((origin.lat * Math.PI) / 180);
  }

  /** Metres east (x) and south (y) of the origin, as a screen counts. */
  spot({ lon, lat }: Point): Spot {
    return { x: (lon - this.origin.lon) * this.east, y: (this.origin.lat - lat) * 110574 };
  }
}

export interface Area { id: string; name: string; path: string; middle: Spot; width: number }

/** The polygons of a GeoJSON collection as SVG paths in metres. */
export function areasOn(plane: Plane, collection: GeoJSON.FeatureCollection): Area[] {
  return collection.features.map((feature) => {
    const { geometry } = feature;
    const polygons = geometry.type === 'Polygon' ? [geometry.coordinates]
      : geometry.type === 'MultiPolygon' ? geometry.coordinates : [];
    let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
    const ring = (points: GeoJSON.Position[]): string => points.map(([lon, lat], i) => {
      const { x, y } = plane.spot({ lon, lat });
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
      return (i ? 'L' : 'M') + x.toFixed(0) + ' ' + y.toFixed(0);
    }).join('') + 'Z';
    const path = polygons.map((rings) => rings.map(ring).join('')).join('');
    const properties = feature.properties || {};
    return {
      id: String(properties.id !== undefined ? properties.id : feature.id),
      name: String(properties.name || ''),
      path,
      middle: { x: (left + right) / 2, y: (top + bottom) / 2 },
      width: right - left,
    };
  });
}

/** The round distance whose bar is at most `pixels` long at this scale (metres a pixel). */
export function scaleBar(metresPerPixel: number, pixels: number): number {
  const most = metresPerPixel * pixels;
  const power = 10 ** Math.floor(Math.log10(most));
  return [5, 2, 1].map((n) => n * power).find((n) => n <= most) || power;
}
