/* Shapes on the map: circles in metres, boxes, middles. Degrees are WGS-84, longitude first. */
export type LonLat = [number, number];
export type Box = [west: number, south: number, east: number, north: number];

const METRES_PER_DEGREE = 111_320;

/** A ring of points `metres` around a position, closed. */
export function circle(at: { lon: number; lat: number }, metres: number, points = 72): LonLat[] {
  const dLat = metres / METRES_PER_DEGREE;
  const dLon = dLat / Math.max(0.05, Math.cos((at.lat * Math.PI) / 180));
  return Array.from({ length: points + 1 }, (_, index) => {
    const turn = (index / points) * 2 * Math.PI;
    return [at.lon + dLon * Math.cos(turn), at.lat + dLat * Math.sin(turn)];
  });
}

/** The box that holds all these points, or null when there are none. */
export function boxOf(points: LonLat[]): Box | null {
  if (!points.length) return null;
  const box: Box = [180, 90, -180, -90];
  for (const [lon, lat] of points) {
    box[0] = Math.min(box[0], lon);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon);
    box[3] = Math.max(box[3], lat);
  }
  return box;
}

function rings(geometry: GeoJSON.Geometry): LonLat[][] {
  if (geometry.type === 'Polygon') return geometry.coordinates as LonLat[][];
  if (geometry.type === 'MultiPolygon') return geometry.coordinates.flat() as LonLat[][];
  return [];
}

/** Every corner of a polygon or multipolygon. */
export function corners(geometry: GeoJSON.Geometry): LonLat[] {
  return rings(geometry).flat();
}

/** A place for a name inside an area: the middle of the box of its longest ring. */
export function middle(geometry: GeoJSON.Geometry): LonLat | null {
  let longest: LonLat[] = [];
  for (const ring of rings(geometry)) if (ring.length > longest.length) longest = ring;
  const box = boxOf(longest);
  return box && [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
}
