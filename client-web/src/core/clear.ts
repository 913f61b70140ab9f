// SPDX-License-Identifier: ISC
// What is aimed at may not be hidden: the shortest way out from under the surfaces that cover it.

import type { Rect, Size } from './edit';
import type { Point } from './view';

/** Kept free around what is aimed at, in CSS pixels. */
const MARGIN = 8;

export const meet = (a: Rect, b: Rect): boolean => a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;

/** How far a box has to move to be under none of the covers and within the window. Null: it need not, or
 * there is no such place. Everything in CSS pixels of the window. */
export function wayOut(box: Rect, covers: readonly Rect[], { width, height }: Size): Point | null {
  if (!covers.some((cover) => meet(box, cover))) return null;
  const wide = box.x1 - box.x0 + 2 * MARGIN;
  const high = box.y1 - box.y0 + 2 * MARGIN;
  const from = { x: box.x0 - MARGIN, y: box.y0 - MARGIN };
  // The best place touches a cover, or is no further along than the box was.
  const xs = [from.x, ...covers.flatMap(({ x0, x1 }) => [x0 - wide, x1])];
  const ys = [from.y, ...covers.flatMap(({ y0, y1 }) => [y0 - high, y1])];
  let best: Point | null = null;
  let least = Infinity;
  for (const x of xs) {
    for (const y of ys) {
      const way = { x: x - from.x, y: y - from.y };
      const far = Math.hypot(way.x, way.y);
      const place = { x0: x, y0: y, x1: x + wide, y1: y + high };
      const inside = x >= 0 && y >= 0 && place.x1 <= width && place.y1 <= height;
      if (far >= least || !inside || covers.some((cover) => meet(place, cover))) continue;
      least = far;
      best = way;
    }
  }
  return best;
}
