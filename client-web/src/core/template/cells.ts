// SPDX-License-Identifier: ISC
// What a template is in the end: which colour each of its cells is to have, or none.

import type { Cell, Rect, Size } from '../edit';

/** The cell is transparent: it may be anything. */
export const EMPTY = 255;

export interface Cells extends Size {
  /** width * height colours by index, or EMPTY. */
  readonly indices: Uint8Array;
}

/** A picture as it was decoded: width * height * 4 bytes of red, green, blue and alpha. */
export interface Pixels extends Size {
  readonly rgba: Uint8Array | Uint8ClampedArray;
}

/** From this alpha on a pixel counts. */
export const OPAQUE_FROM = 128;

/** So many pixels are decoded, and so many cells are shown, at most. */
export const PIXELS_MOST = 25_000_000;
export const CELLS_MOST = 4_000_000;
/** No side is longer: browsers can make no larger surfaces. */
export const SIDE_MOST = 8_000;
/** So many bytes of a file are read. */
export const BYTES_MOST = 32_000_000;

/** What it covers of the plane. */
export const areaAt = (at: Cell, { width, height }: Size): Rect => ({
  x0: at.x,
  y0: at.y,
  x1: at.x + width,
  y1: at.y + height,
});

/** What both cover, or null. */
export function common(a: Rect, b: Rect): Rect | null {
  const r = {
    x0: Math.max(a.x0, b.x0),
    y0: Math.max(a.y0, b.y0),
    x1: Math.min(a.x1, b.x1),
    y1: Math.min(a.y1, b.y1),
  };
  return r.x0 < r.x1 && r.y0 < r.y1 ? r : null;
}

/** How many of its cells are to have which colour. */
export function coloursOf({ indices }: Cells): Uint32Array {
  const counts = new Uint32Array(16);
  for (const index of indices) if (index < 16) counts[index]!++;
  return counts;
}
