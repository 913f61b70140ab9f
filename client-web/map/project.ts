// SPDX-License-Identifier: ISC
// From the globe to Web Mercator (EPSG:3857): metres, y to the north. Polygons are cut at the
// antimeridian, and what lies beyond 85.05 degrees is cut off, so that nothing is drawn across the
// whole width of the map.

import { geoArea, geoMercator, geoStream, type GeoPermissibleObjects, type GeoStream } from 'd3-geo';
import type { Feature, Geometry, Polygon as GeoJsonPolygon } from 'geojson';

export type Point = [number, number];
/** The last point is not the first one again. */
export type Ring = Point[];
/** Outer rings are clockwise, holes are not, as in shapefiles. */
export type Polygon = Ring[];
export type Line = Point[];

const radius = 6_378_137;
/** Half the width and height of the world. */
export const halfWorld = Math.PI * radius;

// No resampling: the edges of the data are straight in longitude and latitude, the border between
// Canada and the United States for one, and stay so.
const projection = geoMercator().scale(radius).translate([0, 0]).precision(0);

/** Where a position in degrees is on the map. */
export const project = ([longitude, latitude]: Point): Point => {
  const at = projection([longitude, latitude]);
  if (!at) throw new Error(`${longitude},${latitude} is nowhere on the map`);
  return [at[0], -at[1]];
};

/** Collects what the projection's stream says. */
class Sink implements GeoStream {
  readonly polygons: Polygon[] = [];
  readonly lines: Line[] = [];
  private current: Line = [];
  private polygon: Polygon | undefined;

  point(x: number, y: number): void {
    this.current.push([x, -y]);
  }

  lineStart(): void {
    this.current = [];
  }

  lineEnd(): void {
    if (this.polygon) this.polygon.push(this.current);
    else if (this.current.length > 1) this.lines.push(this.current);
  }

  polygonStart(): void {
    this.polygon = [];
  }

  polygonEnd(): void {
    const rings = this.polygon?.filter((ring) => ring.length > 2) ?? [];
    if (rings.length) this.polygons.push(rings);
    this.polygon = undefined;
  }

  sphere(): void {
    throw new Error('there is no sphere in the data');
  }
}

const collect = (object: GeoPermissibleObjects): Sink => {
  const sink = new Sink();
  geoStream(object, projection.stream(sink));
  return sink;
};

/**
 * The polygons of a feature. The data are rounded, which has made a line of some small islands or
 * turned them inside out: on a globe, such an island is all the rest of the world.
 */
export const projectPolygons = (object: Feature<Geometry | null>): Polygon[] => {
  const { geometry } = object;
  const polygons =
    geometry?.type === 'MultiPolygon' ? geometry.coordinates : geometry?.type === 'Polygon' ? [geometry.coordinates] : [];
  return polygons
    .map((coordinates): GeoJsonPolygon => ({ type: 'Polygon', coordinates }))
    .filter((polygon) => geoArea(polygon) < 2 * Math.PI)
    .flatMap((polygon) => collect(polygon).polygons);
};
export const projectLines = (object: GeoPermissibleObjects): Line[] => collect(object).lines;
