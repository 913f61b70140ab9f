// SPDX-License-Identifier: ISC
// Where names stand, and from which zoom on. It is decided here once and not by the renderer for
// each tile, so that a name is never cut at the border of two tiles that disagree.

import { halfWorld, type Point, type Polygon, type Ring } from './project';

export interface Named {
  name: string;
  polygons: Polygon[];
}
export interface Label {
  /** Lines are parted by a line feed. */
  text: string;
  at: Point;
  zoom: number;
  /** 0: oceans; 1: the largest countries; 3: the smallest. */
  rank: number;
}

const maxZoom = 8;
const longest = 12; // characters of a line, where there are several
const wide = 2.5; // how much wider than high the room for a name should be

const areaOf = (ring: Ring): number => {
  let sum = 0;
  ring.forEach(([x, y], i) => {
    const [px, py] = ring[i ? i - 1 : ring.length - 1] as Point;
    sum += x * py - px * y;
  });
  return sum / 2;
};

const polygonArea = (polygon: Polygon): number => polygon.reduce((sum, ring) => sum + areaOf(ring), 0);

/** How far it is to the border, across counted `wide` times less; where that is the same in several
 * places, as it is seen counts as well. Negative outside. */
const room = (polygon: Polygon, x: number, y: number): number => {
  let inside = false;
  let nearest = Infinity;
  let seen = Infinity;
  for (const ring of polygon) {
    let [ax, ay] = ring[ring.length - 1] as Point;
    for (const [bx, by] of ring) {
      if (by > y !== ay > y && x < ((ax - bx) * (y - by)) / (ay - by) + bx) inside = !inside;
      const dx = (bx - ax) / wide;
      const dy = by - ay;
      const px = (x - ax) / wide;
      const along = Math.max(0, Math.min(1, (px * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
      const across = px - along * dx;
      const up = y - ay - along * dy;
      nearest = Math.min(nearest, across ** 2 + up ** 2);
      seen = Math.min(seen, (across * wide) ** 2 + up ** 2);
      [ax, ay] = [bx, by];
    }
  }
  return (inside ? 1 : -1) * (Math.sqrt(nearest) + Math.sqrt(seen) / 10);
};

/** The place in a polygon with the most room around it, found on grids that grow finer. */
export const middleOf = (polygon: Polygon): Point => {
  const xs = polygon.flat().map(([x]) => x);
  const ys = polygon.flat().map(([, y]) => y);
  const least = (values: number[]): number => values.reduce((a, b) => Math.min(a, b));
  const greatest = (values: number[]): number => values.reduce((a, b) => Math.max(a, b));
  let centre: Point = [(least(xs) + greatest(xs)) / 2, (least(ys) + greatest(ys)) / 2];
  let width = greatest(xs) - least(xs);
  let height = greatest(ys) - least(ys);
  const steps = 16;
  for (let round = 0; round < 4; round++) {
    let best = -Infinity;
    const [cx, cy] = centre;
    for (let i = 0; i <= steps; i++) {
      for (let j = 0; j <= steps; j++) {
        const x = cx + (i / steps - 0.5) * width;
        const y = cy + (j / steps - 0.5) * height;
        const here = room(polygon, x, y);
        if (here > best) [best, centre] = [here, [x, y]];
      }
    }
    width *= 2 / steps;
    height *= 2 / steps;
  }
  return centre;
};

/** A long name in lines of about the same length. */
export const linesOf = (name: string): string[] => {
  if (name.length <= longest) return [name];
  const count = Math.ceil(name.length / longest);
  const lines = [''];
  for (const word of name.split(' ')) {
    const last = lines[lines.length - 1] as string;
    const joined = last ? `${last} ${word}` : word;
    if (joined.length > Math.max(longest - 2, name.length / count + 2) && last) lines.push(word);
    else lines[lines.length - 1] = joined;
  }
  return lines;
};

/** The size of a name's letters in pixels, as config/map/world.xml has it. */
const sizeOf = (rank: number, zoom: number): number => 14 - rank + (zoom >= 5 ? 1 : 0) + (zoom >= 7 ? 1 : 0);

interface Size {
  rank: number;
  rows: number;
  columns: number;
}
const sizeOfText = (rank: number, text: string): Size => {
  const lines = text.split('\n');
  return { rank, rows: lines.length, columns: Math.max(...lines.map((line) => line.length)) };
};

/** Half the width and height in pixels that a name takes, with some room around. */
const extentOf = ({ rank, rows, columns }: Size, zoom: number): Point => {
  const size = sizeOf(rank, zoom);
  return [(columns * size * 0.62 + 8) / 2, (rows * size * 1.25 + 6) / 2];
};

/** Where and from which zoom on each name stands: `fixed` as they are, then those of the countries,
 * of the largest ones first, each from the zoom on where there is room. */
export const placeLabels = (fixed: Label[], countries: Named[]): Label[] => {
  const sorted = countries
    .map(({ name, polygons }) => {
      const area = polygons.reduce((sum, polygon) => sum + polygonArea(polygon), 0);
      const main = polygons.reduce((a, b) => (polygonArea(b) > polygonArea(a) ? b : a));
      return { lines: linesOf(name), main, area };
    })
    .sort((a, b) => b.area - a.area);
  const waiting = new Set(
    sorted.map(({ lines, main, area }, i) => {
      const text = lines.join('\n');
      const rank = i < 12 ? 1 : i < 60 ? 2 : 3;
      return { text, area, at: middleOf(main), ...sizeOfText(rank, text) };
    }),
  );
  const placed = fixed.map((label) => ({ ...label, ...sizeOfText(label.rank, label.text) }));
  for (let zoom = 1; zoom <= maxZoom; zoom++) {
    const pixel = (2 * halfWorld) / 256 / 2 ** zoom;
    for (const country of waiting) {
      const [width, height] = extentOf(country, zoom);
      // Until one is near, a name may be wider than its country, but not by much.
      if (zoom < 6 && Math.sqrt(country.area) / pixel < width) continue;
      const free = placed.every((label) => {
        const [w, h] = extentOf(label, zoom);
        return (
          Math.abs(label.at[0] - country.at[0]) / pixel > w + width ||
          Math.abs(label.at[1] - country.at[1]) / pixel > h + height
        );
      });
      if (!free) continue;
      placed.push({ ...country, zoom });
      waiting.delete(country);
    }
  }
  return placed;
};
