// SPDX-License-Identifier: ISC
// The geometry of the plane: which canvas a cell is on, what a view shows, which canvases are near.

import type { Cell, Edit, Rect, Size } from './edit';
import type { Position } from './info';
import type { Point } from './view';

/** A name for a canvas, as in paths. */
export const nameOf = ({ x, y }: Position): string => `${x},${y}`;

/** Where the paths of this canvas start. The first one's are at the top too. */
export const folderOf = (at: Position): string =>
  at.x === 0 && at.y === 0 ? '' : `c/${nameOf(at)}/`;

export const pictureOf = (at: Position): string => `${folderOf(at)}canvas.png`;

/** The canvas that a cell of the plane is on. */
export const canvasOf = (cell: Cell, size: Size): Position => ({
  x: Math.floor(cell.x / size.width),
  y: Math.floor(cell.y / size.height),
});

/** The cell's coordinates on its canvas. */
export function onCanvas<T extends Cell>(cell: T, size: Size): T {
  const { x, y } = canvasOf(cell, size);
  return { ...cell, x: cell.x - x * size.width, y: cell.y - y * size.height };
}

/** What a canvas covers, or a square of 2^level canvases from `at` * 2^level on. */
export function areaOf(at: Position, size: Size, level = 0): Rect {
  const width = size.width * 2 ** level;
  const height = size.height * 2 ** level;
  return {
    x0: at.x * width,
    y0: at.y * height,
    x1: (at.x + 1) * width,
    y1: (at.y + 1) * height,
  };
}

/** The smallest rectangle around all of them. */
export function boundsOf(canvases: readonly Position[], size: Size): Rect {
  const areas = canvases.map((at) => areaOf(at, size));
  return {
    x0: Math.min(...areas.map((area) => area.x0)),
    y0: Math.min(...areas.map((area) => area.y0)),
    x1: Math.max(...areas.map((area) => area.x1)),
    y1: Math.max(...areas.map((area) => area.y1)),
  };
}

export const grow = (r: Rect, by: number): Rect => ({
  x0: r.x0 - by,
  y0: r.y0 - by,
  x1: r.x1 + by,
  y1: r.y1 + by,
});

export const overlap = (a: Rect, b: Rect): boolean =>
  a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;

/** Edits in plane coordinates to edits of canvases, in their order. */
export function splitByCanvas(
  edits: readonly Edit[],
  size: Size,
): Map<string, { at: Position; edits: Edit[] }> {
  const parts = new Map<string, { at: Position; edits: Edit[] }>();
  for (const edit of edits) {
    const at = canvasOf(edit, size);
    const part = parts.get(nameOf(at)) ?? { at, edits: [] };
    part.edits.push(onCanvas(edit, size));
    parts.set(nameOf(at), part);
  }
  return parts;
}

/** The canvases that overlap the area, nearest to the point first. */
export function byDistance<T extends Position>(
  canvases: readonly T[],
  size: Size,
  area: Rect,
  point: Point,
): T[] {
  return canvases
    .map((at) => ({ at, rect: areaOf(at, size) }))
    .filter(({ rect }) => overlap(rect, area))
    .map(({ at, rect }) => ({ at, far: distance(rect, point) }))
    .sort((a, b) => a.far - b.far)
    .map(({ at }) => at);
}

/** From a rectangle to a point, and a little of from its middle, so that no two are equally near. */
function distance(r: Rect, p: Point): number {
  const dx = Math.max(r.x0 - p.x, 0, p.x - r.x1);
  const dy = Math.max(r.y0 - p.y, 0, p.y - r.y1);
  const toMiddle = Math.hypot((r.x0 + r.x1) / 2 - p.x, (r.y0 + r.y1) / 2 - p.y);
  return Math.hypot(dx, dy) + toMiddle / 1_000_000;
}

/** The most by which pictures of the plane are made smaller. */
export const MAX_LEVEL = 11;

/** Pictures of which level to show at so many device pixels a cell: never fewer pixels than needed. */
export function levelFor(deviceScale: number): number {
  const level = Math.floor(Math.log2(1 / deviceScale));
  return Math.min(MAX_LEVEL, Math.max(0, level));
}
