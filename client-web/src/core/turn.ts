// SPDX-License-Identifier: ISC
// Turning the wheel about one point. All notches since the first one are added up, and the view is made
// of their sum: however many go in, as many out lead back exactly, whatever was at the limit in between.

import type { Rect, Size } from './edit';
import { clamp, limited, scaleAbout, type Point, type View } from './view';

export interface Turn {
  /** The view before the first notch, and the point of the screen that is held still. */
  readonly start: View;
  readonly point: Point;
  /** The sum of all notches, in the wheel's pixels; up is negative. */
  readonly delta: number;
  readonly view: View;
}

/** So many of its pixels double the scale: a notch is a hundred or a little more. */
const DOUBLE_PX = 500;
/** A hand that turns a wheel does not hold the mouse quite still. */
const SAME_PX = 2;

/** Turns on from the view `now`, or anew where the last turn did not lead to it. */
export function turned(
  last: Turn | null,
  now: View,
  point: Point,
  delta: number,
  port: Size,
  bounds: Rect,
): Turn {
  const goesOn =
    last !== null &&
    last.view === now &&
    Math.hypot(last.point.x - point.x, last.point.y - point.y) <= SAME_PX;
  const from = goesOn ? last : { start: now, point, delta: 0 };
  const sum = from.delta + delta;
  const wanted = from.start.k * 2 ** (-sum / DOUBLE_PX);
  const k = limited(wanted, port, bounds);
  // What was turned in vain need not be turned back.
  const counted = k === wanted ? sum : -DOUBLE_PX * Math.log2(k / from.start.k);
  const view = sum === 0 ? from.start : clamp(scaleAbout(from.start, k, from.point), port, bounds);
  return { start: from.start, point: from.point, delta: counted, view };
}
