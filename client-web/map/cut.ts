// SPDX-License-Identifier: ISC
// Cuts polygons and lines into pieces of few points, so that a tile reads and draws only what it
// shows. Polygons are cut where the tiles of a map are: there the cut falls between two pixels at
// every zoom, and no seam shows.

import { halfWorld, type Line, type Point, type Polygon, type Ring } from './project';

const most = 256; // points of a piece
const deepest = 8; // cuts in halves: at zoom 0 such a cell is one pixel wide

const countOf = (polygon: Polygon): number => polygon.reduce((sum, ring) => sum + ring.length, 0);

/** The part of a ring on one side of a line: axis 0 is x, sign 1 keeps what is beyond `at`. */
const clipRing = (ring: Ring, axis: 0 | 1, at: number, sign: 1 | -1): Ring => {
  const kept: Ring = [];
  const inside = (point: Point): boolean => (point[axis] - at) * sign >= 0;
  ring.forEach((point, i) => {
    const before = ring[i ? i - 1 : ring.length - 1] as Point;
    if (inside(before) !== inside(point)) {
      const other = (1 - axis) as 0 | 1;
      const part = (at - before[axis]) / (point[axis] - before[axis]);
      const crossing: Point = [at, at];
      crossing[other] = before[other] + part * (point[other] - before[other]);
      kept.push(crossing);
    }
    if (inside(point)) kept.push(point);
  });
  return kept;
};

/** Twice the area, positive when the ring runs clockwise (y to the north). */
const areaOf = (ring: Ring): number => {
  let sum = 0;
  ring.forEach(([x, y], i) => {
    const [px, py] = ring[i ? i - 1 : ring.length - 1] as Point;
    sum += px * y - x * py;
  });
  return -sum;
};

const clip = (polygon: Polygon, axis: 0 | 1, at: number, sign: 1 | -1): Polygon =>
  polygon.map((ring) => clipRing(ring, axis, at, sign)).filter((ring) => ring.length > 2 && areaOf(ring) !== 0);

export const cutPolygon = (polygon: Polygon): Polygon[] => {
  const pieces: Polygon[] = [];
  const cut = (part: Polygon, x: number, y: number, half: number, depth: number): void => {
    if (!part.length) return;
    if (depth === deepest || countOf(part) <= most) {
      pieces.push(part);
      return;
    }
    for (const sx of [-1, 1] as const) {
      const column = clip(part, 0, x, sx);
      for (const sy of [-1, 1] as const) {
        cut(clip(column, 1, y, sy), x + (sx * half) / 2, y + (sy * half) / 2, half / 2, depth + 1);
      }
    }
  };
  cut(polygon, 0, 0, halfWorld, 0);
  return pieces;
};

/** Consecutive runs, each of which begins where the one before has ended. */
export const cutLine = (line: Line): Line[] => {
  const pieces: Line[] = [];
  for (let from = 0; from < line.length - 1; from += most - 1) pieces.push(line.slice(from, from + most));
  return pieces;
};
