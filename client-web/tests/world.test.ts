// SPDX-License-Identifier: ISC
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import { describe, expect, it } from 'vitest';
import { cutLine, cutPolygon } from '../map/cut';
import { linesOf, middleOf, placeLabels } from '../map/labels';
import { halfWorld, project, projectLines, projectPolygons, type Point, type Polygon, type Ring } from '../map/project';
import { writeShapefile } from '../map/shapefile';
import { tintsOf } from '../map/tints';

type Countries = Topology<{ countries: GeometryCollection<{ name: string }> }>;
const load = (size: string) => {
  const path = createRequire(import.meta.url).resolve(`world-atlas/countries-${size}.json`);
  const world = JSON.parse(readFileSync(path, 'utf8')) as Countries;
  return feature(world, world.objects.countries).features;
};
const countries = load('110m');
const country = (name: string, among = countries): Polygon[] => {
  const found = among.find((one) => one.properties.name === name);
  if (!found) throw new Error(name);
  return projectPolygons(found);
};

/** Positive when the ring runs clockwise, y to the north. */
const areaOf = (ring: Ring): number =>
  ring.reduce((sum, [x, y], i) => {
    const [px, py] = ring[i ? i - 1 : ring.length - 1] as Point;
    return sum + (px * y - x * py) / -2;
  }, 0);
const areaOfAll = (polygons: Polygon[]): number =>
  polygons.flat().reduce((sum, ring) => sum + areaOf(ring), 0);

describe('the projection', () => {
  it('has the corners of Web Mercator', () => {
    const [x, y] = project([180, 85.0511287798066]);
    expect(x).toBeCloseTo(20_037_508.342789244, 3);
    expect(y).toBeCloseTo(20_037_508.342789244, 3);
    expect(project([-90, 0])[0]).toBeCloseTo(-halfWorld / 2, 6);
  });

  it('cuts at the antimeridian what lies on both sides of it', () => {
    for (const name of ['Russia', 'Fiji']) {
      const polygons = country(name);
      for (const ring of polygons.flat()) {
        ring.forEach(([x], i) => {
          const [before] = ring[i ? i - 1 : ring.length - 1] as Point;
          expect(Math.abs(x - before)).toBeLessThan(halfWorld); // no stripe across the map
        });
      }
      const xs = polygons.flat(2).map(([x]) => x);
      expect(Math.min(...xs)).toBeCloseTo(-halfWorld, 0);
      expect(Math.max(...xs)).toBeCloseTo(halfWorld, 0);
    }
  });

  it('ends Antarctica at the lower edge of the map', () => {
    const points = country('Antarctica').flat(2);
    expect(Math.min(...points.map(([, y]) => y))).toBeCloseTo(-halfWorld, 0);
    expect(Math.min(...points.map(([x]) => x))).toBeCloseTo(-halfWorld, 0);
  });

  it('keeps outer rings clockwise and leaves a hole where a country lies in another', () => {
    for (const polygon of country('South Africa')) expect(areaOf(polygon[0] as Ring)).toBeGreaterThan(0);
    const holes = country('South Africa').flat().filter((ring) => areaOf(ring) < 0);
    expect(holes.length).toBe(1); // Lesotho
  });

  it('does not take an island that has become a line for all the rest of the world', () => {
    const islands = country('Maldives', load('10m'));
    expect(islands.length).toBeGreaterThan(5);
    expect(areaOfAll(islands) / (2 * halfWorld) ** 2).toBeLessThan(1e-6);
    expect(areaOfAll(islands)).toBeGreaterThan(0);
  });

  it('ends lines at the antimeridian instead of drawing them back', () => {
    const lines = projectLines({ type: 'LineString', coordinates: [[170, 10], [-170, 10]] });
    expect(lines.length).toBe(2);
  });
});

describe('cutting', () => {
  it('keeps the area, in pieces of few points that lie in cells of the map', () => {
    const whole = countries.flatMap((one) => projectPolygons(one));
    const pieces = whole.flatMap(cutPolygon);
    expect(pieces.length).toBeGreaterThan(whole.length);
    expect(areaOfAll(pieces) / areaOfAll(whole)).toBeCloseTo(1, 9);
    for (const piece of pieces) expect(piece.flat().length).toBeLessThanOrEqual(256);
    // Canada has more than 256 points: its first cut is the equator and the meridian of Greenwich.
    const canada = country('Canada').flatMap(cutPolygon);
    expect(canada.length).toBeGreaterThan(country('Canada').length);
  });

  it('cuts lines into runs that share their ends', () => {
    const line: Point[] = Array.from({ length: 1000 }, (_, i) => [i, -i]);
    const runs = cutLine(line);
    expect(runs.length).toBeGreaterThan(3);
    expect(runs.flatMap((run, i) => (i ? run.slice(1) : run))).toEqual(line);
    expect(cutLine(line.slice(0, 256)).length).toBe(1);
  });
});

describe('tints', () => {
  it('differ between neighbours, and more than were wished are taken where there is no other way', () => {
    const all = (count: number): number[][] =>
      Array.from({ length: count }, (_, i) => [...Array(count).keys()].filter((j) => j !== i));
    expect(new Set(tintsOf(all(4), 5)).size).toBe(4);
    expect(new Set(tintsOf(all(7), 5)).size).toBe(7);
    expect(new Set(tintsOf([[], [], [], [], []], 5)).size).toBe(5); // each is used as often
  });
});

describe('names', () => {
  it('stand inside, where there is room', () => {
    // A dumbbell, whose right end is the larger one.
    const shape: Polygon = [
      [[0, 0], [0, 10], [10, 10], [10, 6], [30, 6], [30, 20], [60, 20], [60, -10], [30, -10], [30, 4], [10, 4], [10, 0]],
    ];
    const [x, y] = middleOf(shape);
    expect(x).toBeGreaterThan(38);
    expect(x).toBeLessThan(52);
    expect(Math.abs(y - 5)).toBeLessThan(4);
  });

  it('are broken into lines between words', () => {
    expect(linesOf('Chad')).toEqual(['Chad']);
    expect(linesOf('United Kingdom')).toEqual(['United', 'Kingdom']);
    expect(linesOf('Northern Transsylvania and the Isles').join(' ')).toBe('Northern Transsylvania and the Isles');
  });

  it('never lie upon each other, and a fixed one stays', () => {
    const named = countries
      .map((one) => ({ name: one.properties.name, polygons: projectPolygons(one) }))
      .filter(({ polygons }) => polygons.length);
    const fixed = { text: 'Ocean', at: project([20, 48]), zoom: 2, rank: 0 };
    const labels = placeLabels([fixed], named);
    expect(labels[0]).toMatchObject(fixed);
    expect(labels.length).toBeGreaterThan(150);
    expect(new Set(labels.map(({ text }) => text)).size).toBe(labels.length);
    for (let zoom = 1; zoom <= 8; zoom++) {
      const pixel = (2 * halfWorld) / 256 / 2 ** zoom;
      const shown = labels.filter((label) => label.zoom <= zoom);
      let nearest = Infinity;
      shown.forEach((a, i) => {
        for (const b of shown.slice(i + 1)) {
          const apart = Math.max(Math.abs(a.at[0] - b.at[0]), Math.abs(a.at[1] - b.at[1]));
          nearest = Math.min(nearest, apart / pixel);
        }
      });
      expect(nearest).toBeGreaterThan(12);
    }
  });
});

describe('a shapefile', () => {
  it('says what it holds', () => {
    const folder = mkdtempSync(join(tmpdir(), 'placed-shape-'));
    const parts: Polygon = [[[0, 0], [0, 4], [4, 4], [4, 0]], [[1, 1], [2, 1], [2, 2]]];
    writeShapefile(
      join(folder, 'a'),
      [
        { shape: { kind: 'polygon', parts }, values: ['Åland', 7] },
        { shape: { kind: 'polygon', parts: [[[9, 9], [9, 10], [10, 9]]] }, values: ['ééé', 12] },
      ],
      [{ name: 'name', type: 'text', bytes: 5 }, { name: 'kind', type: 'number', bytes: 3 }],
    );
    const [shp, shx, dbf] = ['shp', 'shx', 'dbf'].map((end) => readFileSync(join(folder, `a.${end}`)));
    rmSync(folder, { recursive: true });
    if (!shp || !shx || !dbf) throw new Error();
    expect(shp.readInt32BE(24) * 2).toBe(shp.length);
    expect(shp.readInt32LE(32)).toBe(5);
    expect([36, 44, 52, 60].map((at) => shp.readDoubleLE(at))).toEqual([0, 0, 10, 10]);
    expect(shp.readInt32LE(100 + 8 + 36)).toBe(2); // rings
    expect(shp.readInt32LE(100 + 8 + 40)).toBe(9); // points, the first of each ring twice
    expect(shx.length).toBe(100 + 2 * 8);
    const second = shx.readInt32BE(108) * 2;
    expect(shp.readInt32BE(second)).toBe(2); // the record's number
    expect(shp.readDoubleLE(second + 8 + 4)).toBe(9);
    expect(dbf.readInt32LE(4)).toBe(2);
    expect(dbf.readInt16LE(10)).toBe(9);
    const rows = dbf.subarray(dbf.readInt16LE(8)).toString('utf8');
    expect(rows).toBe(' Åla' + 'n  7 éé  12\x1a');
  });
});
