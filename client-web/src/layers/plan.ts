// SPDX-License-Identifier: ISC
// How a view is drawn: which canvases are in it, by which pictures, and whether in two steps; and of which parts
// of the window a change needs another drawing. Nothing is drawn here.

import { areaIn } from '../core/dirty';
import type { Rect, Size } from '../core/edit';
import type { Position } from '../core/info';
import { areaOf, grow, levelFor, nameOf, overlap } from '../core/plane';
import { visible, type View, type Viewport } from '../core/view';
import type { Scenery } from './screen';

/** From so many device pixels a cell on, cells of unequal size look equal. */
const EVEN_FROM = 8;
/** Above this many pixels the way around is too dear. */
const SCRATCH_MAX = 16_000_000;
/** So many device pixels beyond a cell reach what is smoothed and the hairline. */
export const REACH = 2;
/** At rest the window is drawn in columns of this width, each part of one from its left edge to its right: a
 * browser's way to round depends on where a row begins. */
const COLUMN = 256;

interface Area {
  readonly at: Position;
  readonly area: Rect;
}

/** How a view is drawn: a point p of the plane comes to p * k + (x, y), in device pixels. */
export interface Plan {
  readonly k: number;
  readonly x: number;
  readonly y: number;
  /** The window. */
  readonly whole: Rect;
  /** The part of the plane that it shows, and the canvases there. */
  readonly shown: Rect;
  readonly seen: readonly Area[];
  /** Of which level are the pictures of canvases without a board. */
  readonly level: number;
  /** What is drawn at which whole scale first; null: nothing. */
  readonly even: { readonly part: Rect; readonly scale: number } | null;
  /** So many pixels are drawn beside the picture for the sake of evenness. */
  readonly beside: number;
}

export function planOf(
  { width, height }: Size,
  scenery: Scenery,
  view: View,
  port: Viewport,
  moving: boolean,
): Plan {
  const { size, canvases, surfaces, few } = scenery;
  const k = view.k * port.dpr;
  const shown = visible(view, port);
  const seen = canvases
    .map((at) => ({ at, area: areaOf(at, size) }))
    .filter(({ area }) => overlap(area, shown));
  const pictured = seen.filter(({ at }) => !surfaces.has(nameOf(at))).length;
  const even = moving ? null : evenOf(k, seen, shown);
  return {
    k,
    x: view.x * port.dpr,
    y: view.y * port.dpr,
    whole: { x0: 0, y0: 0, x1: width, y1: height },
    shown,
    seen,
    level: pictured > few ? levelFor(k) : 0,
    even,
    beside: even ? areaIn(even.part) * even.scale ** 2 : 0,
  };
}

/** Sharply at the next whole scale, then smoothly down: all cells get the same size. Null: they do anyway, nobody
 * sees it, or it is too dear. */
function evenOf(k: number, seen: readonly Area[], shown: Rect): Plan['even'] {
  if (Math.abs(k - Math.round(k)) < 1e-6 || k < 1 || k >= EVEN_FROM || seen.length === 0) return null;
  const part = {
    x0: Math.max(shown.x0, Math.min(...seen.map(({ area }) => area.x0))),
    y0: Math.max(shown.y0, Math.min(...seen.map(({ area }) => area.y0))),
    x1: Math.min(shown.x1, Math.max(...seen.map(({ area }) => area.x1))),
    y1: Math.min(shown.y1, Math.max(...seen.map(({ area }) => area.y1))),
  };
  const scale = Math.ceil(k);
  return areaIn(part) * scale ** 2 > SCRATCH_MAX ? null : { part, scale };
}

/** Equal for plans that draw the same but for what is on the boards. */
export const nameOfPlan = ({ k, x, y, whole, seen, level }: Plan): string =>
  [k, x, y, whole.x1, whole.y1, level, ...seen.map(({ at }) => nameOf(at))].join();

/** The whole pixels around this and so many more, as far as there are any. */
export function boxIn(all: Rect, x0: number, y0: number, x1: number, y1: number, more: number): Rect {
  return {
    x0: Math.max(all.x0, Math.floor(x0) - more),
    y0: Math.max(all.y0, Math.floor(y0) - more),
    x1: Math.min(all.x1, Math.ceil(x1) + more),
    y1: Math.min(all.y1, Math.ceil(y1) + more),
  };
}

/** The columns that these boxes lie in, each as high as its box. */
export function columnsOf({ whole }: Plan, boxes: readonly Rect[]): Rect[] {
  const columns: Rect[] = [];
  for (const { x0, y0, x1, y1 } of boxes) {
    for (let left = x0 - (x0 % COLUMN); left < x1; left += COLUMN) {
      columns.push({ x0: left, y0, x1: Math.min(left + COLUMN, whole.x1), y1 });
    }
  }
  return columns;
}

/** The hairline around the canvases, not between them. */
export function outlineOf({ size, canvases }: Scenery, { shown, k, x, y }: Plan): Path2D {
  const names = new Set(canvases.map(nameOf));
  const path = new Path2D();
  for (const at of canvases) {
    const area = areaOf(at, size);
    if (!overlap(grow(area, 1), shown)) continue;
    const left = Math.round(x + area.x0 * k);
    const top = Math.round(y + area.y0 * k);
    const right = Math.round(x + area.x1 * k);
    const bottom = Math.round(y + area.y1 * k);
    const alone = (dx: number, dy: number) => !names.has(nameOf({ x: at.x + dx, y: at.y + dy }));
    if (alone(-1, 0)) path.rect(left - 1, top - 1, 1, bottom - top + 2);
    if (alone(1, 0)) path.rect(right, top - 1, 1, bottom - top + 2);
    if (alone(0, -1)) path.rect(left - 1, top - 1, right - left + 2, 1);
    if (alone(0, 1)) path.rect(left - 1, bottom, right - left + 2, 1);
  }
  return path;
}

/** Whether a box of the window lies within one of the canvases, so that no hairline does in it. */
export const isInside = ({ seen, k, x, y }: Plan, { x0, y0, x1, y1 }: Rect): boolean =>
  seen.some(
    ({ area }) =>
      x + area.x0 * k + 1 < x0 && y + area.y0 * k + 1 < y0 && x1 < x + area.x1 * k - 1 && y1 < y + area.y1 * k - 1,
  );

/** What of the window is to be drawn again when this changed of the plane. */
export function boxesOf(plan: Plan, changes: readonly Rect[]): Rect[] {
  const { k, x, y, whole, shown } = plan;
  const boxes = changes
    .filter((r) => overlap(grow(r, 1), shown))
    .map(({ x0, y0, x1, y1 }) => boxIn(whole, x + x0 * k, y + y0 * k, x + x1 * k, y + y1 * k, REACH));
  return columnsOf(plan, boxes);
}
