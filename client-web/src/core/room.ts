// SPDX-License-Identifier: ISC
// What the surfaces leave of the window.

import type { Size } from './edit';
import type { Insets, Point } from './view';

/** Kept free around the fitted plane and the reticle, beside what the surfaces take. */
const MARGIN = 16;
/** So high stands the header. */
const TOP = 56;

/** What the dock covers: the bottom of the window, or its right edge on a phone on its side. Nothing,
 * where there is none. */
export function insetsFor(
  dock: (Pick<Insets, 'left' | 'top'> & Size) | undefined,
  { width, height }: Size,
): Insets {
  if (!dock?.height) return { top: MARGIN, right: MARGIN, bottom: MARGIN, left: MARGIN };
  const atSide = dock.height > height / 2;
  return {
    top: atSide ? MARGIN : TOP,
    left: MARGIN,
    right: MARGIN + (atSide ? width - dock.left : 0),
    bottom: MARGIN + (atSide ? 0 : height - dock.top),
  };
}

/** The middle of what is left. */
export function middleOf({ width, height }: Size, { top, right, bottom, left }: Insets): Point {
  return { x: (left + width - right) / 2, y: (top + height - bottom) / 2 };
}
