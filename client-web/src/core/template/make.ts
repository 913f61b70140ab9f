// SPDX-License-Identifier: ISC
// From the pixels of a picture to the cells of a template, as somebody wants them.

import type { Size } from '../edit';
import { CELLS_MOST, coloursOf, SIDE_MOST, type Cells, type Pixels } from './cells';
import { Nearest } from './colours';
import { mapDithered, mapNearest } from './map';
import { reduce, scaleOf, sizeFor, styledScale } from './reduce';

export interface Wish {
  /** In cells; null: as the picture says itself. */
  readonly width: number | null;
  /** A picture that nobody said the width of may be enlarged; else only a styled one is. */
  readonly guess: boolean;
  readonly dithered: boolean;
  /** `#rrggbb` by index. */
  readonly palette: readonly string[];
  /** The colours that may be used; null: all. */
  readonly allowed: readonly number[] | null;
}

export interface Made {
  readonly cells: Cells;
  /** How many of them are to have which colour. */
  readonly colours: Uint32Array;
  /** Of the picture, in pixels. */
  readonly natural: Size;
  /** All of its pixels have colours of the palette already: there is nothing to dither. */
  readonly exact: boolean;
}

/** How many cells wide the picture is to be, within what can be shown. */
export function widthFor(pixels: Pixels, { width, guess }: Wish): number {
  const scale = width !== null ? 1 : guess ? scaleOf(pixels) : styledScale(pixels);
  return mostWide(pixels, width ?? pixels.width / scale);
}

/** This width, or the largest that is not too large. */
export function mostWide(pixels: Size, wanted: number): number {
  const slope = pixels.height / pixels.width;
  const area = Math.floor(Math.sqrt(CELLS_MOST / slope));
  let width = Math.max(1, Math.min(wanted, SIDE_MOST, Math.floor(SIDE_MOST / slope), area));
  const { height } = sizeFor(pixels, width);
  if (width * height > CELLS_MOST) width = Math.max(1, width - 1);
  return width;
}

export function makeCells(pixels: Pixels, wish: Wish): Made {
  const nearest = new Nearest(wish.palette, wish.allowed);
  const small = reduce(pixels, widthFor(pixels, wish));
  const cells = wish.dithered ? mapDithered(small, nearest) : mapNearest(small, nearest);
  const { width, height } = pixels;
  return { cells, colours: coloursOf(cells), natural: { width, height }, exact: isExact(small, wish.palette) };
}

function isExact({ rgba }: Pixels, palette: readonly string[]): boolean {
  const known = new Set(palette.map((rgb) => Number.parseInt(rgb.slice(1), 16)));
  let last = -1;
  for (let at = 0; at < rgba.length; at += 4) {
    if (rgba[at + 3]! < 128) continue;
    const rgb = (rgba[at]! << 16) | (rgba[at + 1]! << 8) | rgba[at + 2]!;
    if (rgb !== last && !known.has(rgb)) return false;
    last = rgb;
  }
  return true;
}
