// SPDX-License-Identifier: ISC
// usage: npm run world -- FOLDER
//
// Makes FOLDER/world.xml, a style for placed-render, and beside it its data: the countries of Natural
// Earth (public domain), from npm's world-atlas. The same versions make the same bytes. Where Mapnik's
// shapeindex is installed, tiles of deep zooms are drawn a sixth faster.

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { feature, mesh, neighbors } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import { cutLine, cutPolygon } from './cut';
import { placeLabels, type Named } from './labels';
import { halfWorld, project, projectLines, projectPolygons, type Line, type Point } from './project';
import { writeShapefile, type Feature, type Field } from './shapefile';
import { tintsOf } from './tints';

type Countries = Topology<{ countries: GeometryCollection<{ name: string }> }>;

const tints = 5;
const ice = 9; // the tint of what belongs to nobody

const oceans: [string, Point][] = [
  ['Pacific\nOcean', [-150, 8]],
  ['Pacific\nOcean', [163, 25]],
  ['Atlantic\nOcean', [-40, 30]],
  ['Atlantic\nOcean', [-15, -25]],
  ['Indian\nOcean', [80, -22]],
  ['Southern Ocean', [-130, -63]],
  ['Southern Ocean', [60, -63]],
  ['Arctic Ocean', [10, 82]],
];

const folder = process.argv[2];
if (!folder) throw new Error('usage: npm run world -- FOLDER');
mkdirSync(folder, { recursive: true });
const require = createRequire(import.meta.url);

const load = (size: string): Countries =>
  JSON.parse(readFileSync(require.resolve(`world-atlas/countries-${size}.json`), 'utf8')) as Countries;
const write = (name: string, features: Feature[], fields: Field[]): void => {
  const path = join(folder, name);
  rmSync(`${path}.index`, { force: true }); // of other data
  writeShapefile(path, features, fields);
  spawnSync('shapeindex', [`${path}.shp`], { stdio: 'ignore' });
};
const lines = (parts: Line[], kind: number): Feature[] =>
  parts.flatMap(cutLine).map((line) => ({ shape: { kind: 'lines', parts: [line] }, values: [kind] }));

// Colours by the finest data, so that a country keeps its own at every zoom.
const finest = load('10m');
const finestCountries = finest.objects.countries.geometries;
const tintOfName = new Map<string, number>();
tintsOf(neighbors(finestCountries), tints).forEach((tint, i) => {
  const { name } = finestCountries[i]?.properties as { name: string };
  tintOfName.set(name, tint);
});
tintOfName.set('Antarctica', ice);

const kindField: Field = { name: 'kind', type: 'number', bytes: 2 };
const namesTo = new Map<string, Named>();
for (const size of ['110m', '50m', '10m']) {
  const world = size === '10m' ? finest : load(size);
  const { countries } = world.objects;
  const land: Feature[] = [];
  for (const country of feature(world, countries).features) {
    const { name } = country.properties;
    const polygons = projectPolygons(country);
    if (size !== '110m' && polygons.length) namesTo.set(name, namesTo.get(name) ?? { name, polygons });
    for (const parts of polygons.flatMap(cutPolygon)) {
      land.push({ shape: { kind: 'polygon', parts }, values: [tintOfName.get(name) ?? 0] });
    }
  }
  write(`land-${size}`, land, [kindField]);
  write(
    `lines-${size}`,
    [
      ...lines(projectLines(mesh(world, countries, (a, b) => a === b)), 0),
      ...lines(projectLines(mesh(world, countries, (a, b) => a !== b)), 1),
    ],
    [kindField],
  );
}

// Meridians and parallels: kind is the coarsest of 30, 15 and 5 degrees that has the line.
const grid: Feature[] = [];
const coarsest = (degrees: number): number => [30, 15, 5].find((step) => degrees % step === 0) ?? 5;
for (let degrees = -180; degrees <= 180; degrees += 5) {
  const [x] = project([degrees, 0]);
  grid.push(...lines([[[x, -halfWorld], [x, 0], [x, halfWorld]]], coarsest(degrees)));
  if (Math.abs(degrees) <= 80) {
    const [, y] = project([0, degrees]);
    grid.push(...lines([[[-halfWorld, y], [0, y], [halfWorld, y]]], coarsest(degrees)));
  }
}
write('graticule', grid, [kindField]);

// A name near the edge of the map is there a second time, beyond the other edge.
const labels: Feature[] = [];
const named = placeLabels(
  oceans.map(([text, at]) => ({ text, at: project(at), zoom: 2, rank: 0 })),
  [...namesTo.values()],
);
for (const { text, at, zoom, rank } of named) {
  for (const turn of [0, -2 * halfWorld, 2 * halfWorld]) {
    const x = at[0] + turn;
    if (Math.abs(x) > 1.25 * halfWorld) continue;
    labels.push({ shape: { kind: 'point', at: [x, at[1]] }, values: [text, zoom, rank] });
  }
}
write('labels', labels, [
  { name: 'name', type: 'text', bytes: 64 },
  { name: 'zoom', type: 'number', bytes: 2 },
  { name: 'rank', type: 'number', bytes: 2 },
]);

const here = dirname(fileURLToPath(import.meta.url));
copyFileSync(join(here, '../../config/map/world.xml'), join(folder, 'world.xml'));
