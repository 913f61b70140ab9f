// SPDX-License-Identifier: ISC
// Which device pixels a cell covers. At fractions of a pixel a canvas would draw a blurred edge on
// both sides; the picture gives each pixel to the cell that the pixel's middle lies in, and what is
// drawn over it does the same.

import type { Cell } from './edit';

/** In device pixels, all whole numbers. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the plane lies: cell x begins at x * k + left, in device pixels. */
export interface Grid {
  readonly k: number;
  readonly left: number;
  readonly top: number;
}

/** The first pixel whose middle is at or behind this place. */
const firstPixel = (at: number): number => Math.ceil(at - 0.5);

/** At least one pixel, so that from afar a cell is still seen. */
export function cellBox({ k, left, top }: Grid, { x, y }: Cell): Box {
  const x0 = firstPixel(x * k + left);
  const y0 = firstPixel(y * k + top);
  return {
    x: x0,
    y: y0,
    width: Math.max(1, firstPixel((x + 1) * k + left) - x0),
    height: Math.max(1, firstPixel((y + 1) * k + top) - y0),
  };
}

/** A square of at least this many pixels about the middle of the cell, or the cell where that is more. */
export function atLeast(box: Box, side: number): Box {
  if (box.width >= side && box.height >= side) return box;
  const whole = Math.round(side);
  return {
    x: box.x - Math.floor((whole - box.width) / 2),
    y: box.y - Math.floor((whole - box.height) / 2),
    width: whole,
    height: whole,
  };
}
