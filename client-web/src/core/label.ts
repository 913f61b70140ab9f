// SPDX-License-Identifier: ISC
// Where a few words at the pointer stand: beside it, above a finger, and within the window.

import type { Size } from './edit';
import type { Point } from './view';

const BESIDE_PX = 14;
const ABOVE_FINGER_PX = 48;
const EDGE_PX = 8;

/** The left end of the words at half of their height, in CSS pixels. */
export function labelAt(point: Point, size: Size, port: Size, byTouch: boolean): Point {
  const most = port.width - EDGE_PX - size.width;
  const low = EDGE_PX + size.height / 2;
  if (byTouch) {
    const above = point.y - ABOVE_FINGER_PX;
    return {
      x: Math.max(EDGE_PX, Math.min(most, point.x - size.width / 2)),
      y: above >= low ? above : point.y + ABOVE_FINGER_PX,
    };
  }
  const right = point.x + BESIDE_PX;
  return {
    x: right <= most ? right : Math.max(EDGE_PX, point.x - BESIDE_PX - size.width),
    y: Math.max(low, Math.min(port.height - low, point.y - BESIDE_PX)),
  };
}
