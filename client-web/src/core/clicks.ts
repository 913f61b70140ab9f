// SPDX-License-Identifier: ISC
// Which clicks (and taps) are the second half of a double click.

import type { Point } from './view';

/** Longer than this, two clicks are two clicks. */
export const DOUBLE_MS = 250;
const DOUBLE_PX = 12;

export class Clicks {
  private last: { point: Point; time: number } | null = null;

  /** Whether the click ends a double click. A third one begins anew. */
  isDouble(point: Point, time: number): boolean {
    const { last } = this;
    const near =
      last !== null &&
      time - last.time <= DOUBLE_MS &&
      Math.hypot(point.x - last.point.x, point.y - last.point.y) <= DOUBLE_PX;
    this.last = near ? null : { point, time };
    return near;
  }
}
