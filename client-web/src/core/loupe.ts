// SPDX-License-Identifier: ISC
// The loupe: what a finger covers, larger, beside the finger. Where it stands and how much it
// enlarges, in CSS pixels.

import type { Cell, Size } from './edit';
import type { Point, View } from './view';

export const LOUPE_PX = 96;
/** Between the finger's middle and the loupe. */
const GAP_PX = 36;
const EDGE_PX = 8;
/** At most so many cells lie side by side in it; more could not be told apart. */
const CELLS_MOST = 9;
const SCALE_MOST = 32;

/** The loupe's middle: above the finger, and below it where there is no room above. */
export function loupeAt(finger: Point, port: Size): Point {
  const half = LOUPE_PX / 2;
  const least = half + EDGE_PX;
  const above = finger.y - GAP_PX - half;
  return {
    x: Math.max(least, Math.min(port.width - least, finger.x)),
    y: above >= least ? above : finger.y + GAP_PX + half,
  };
}

/** The size of a cell in it: twice that of the view, within what can be told apart. */
export const loupeScale = (k: number): number =>
  Math.max(LOUPE_PX / CELLS_MOST, Math.min(SCALE_MOST, 2 * k));

/** The plane as the loupe shows it: the middle of this cell in the loupe's middle. */
export function loupeView(cell: Cell, k: number, at: Point): View {
  const scale = loupeScale(k);
  return { k: scale, x: at.x - (cell.x + 0.5) * scale, y: at.y - (cell.y + 0.5) * scale };
}
