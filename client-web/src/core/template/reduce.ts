// SPDX-License-Identifier: ISC
// From a picture to one pixel a cell. Templates are often handed around enlarged, each cell a block
// of one colour or, as Pxls styles them, a dot or a symbol of its colour in a transparent block.

import type { Size } from '../edit';
import { OPAQUE_FROM, type Pixels } from './cells';
import { LIGHT } from './colours';

/** No style makes blocks that are larger. */
const SCALE_MOST = 64;
/** In smaller blocks there is no room for a symbol: what looks like one is a pattern of the picture. */
const STYLED_FROM = 3;
/** Fewer blocks than these prove nothing. */
const BLOCKS_LEAST = 8;
/** From this part of blocks with a single colour on, a picture is enlarged and no photograph. */
const PLAIN = 0.9;
/** So many blocks are looked at before it is given up as one. */
const SAMPLE = 2_000;

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** A pixel's red, green and blue, or -1 where it is transparent. */
function colourAt({ rgba }: Pixels, p: number): number {
  const at = p * 4;
  if (rgba[at + 3]! < OPAQUE_FROM) return -1;
  return (rgba[at]! << 16) | (rgba[at + 1]! << 8) | rgba[at + 2]!;
}

/** How many pixels wide a cell of this picture is; 1 where it does not look enlarged. */
export function scaleOf(pixels: Pixels): number {
  const plain = plainScale(pixels);
  return plain > 1 ? plain : styledScale(pixels);
}

/** The side of the largest blocks of a single colour that all of the picture is made of. */
export function plainScale(pixels: Pixels): number {
  const { width, height } = pixels;
  let scale = gcd(width, height);
  const across = runs(pixels, scale, width, 1, height, width);
  scale = across.scale;
  const down = scale > 1 ? runs(pixels, scale, height, width, width, 1) : across;
  scale = down.scale;
  // A picture of one colour, or of very few blocks, is what it is.
  const changes = across.changed || down.changed;
  return changes && (width / scale) * (height / scale) >= BLOCKS_LEAST ? scale : 1;
}

/** What divides the places at which the colour changes, along all lines of one direction. */
function runs(pixels: Pixels, scale: number, length: number, step: number, lines: number, next: number) {
  let changed = false;
  for (let line = 0; line < lines && scale > 1; line++) {
    let p = line * next;
    let before = colourAt(pixels, p);
    for (let i = 1; i < length; i++) {
      p += step;
      const colour = colourAt(pixels, p);
      if (colour === before) continue;
      before = colour;
      changed = true;
      if (i % scale !== 0 && (scale = gcd(scale, i)) === 1) return { scale, changed };
    }
  }
  return { scale, changed };
}

/**
 * The side of the blocks of a styled template: all pixels of a block that are not transparent have
 * one colour, and blocks of the same colour have the same shape. 1: it is not one.
 */
export function styledScale(pixels: Pixels): number {
  const { width, height } = pixels;
  const most = Math.min(SCALE_MOST, gcd(width, height));
  let best = 1;
  let fullest = 0;
  for (let scale = STYLED_FROM; scale <= most; scale++) {
    if (width % scale !== 0 || height % scale !== 0) continue;
    const full = fullness(pixels, scale);
    // Smaller blocks would leave most of them empty, larger ones are no fuller.
    if (full > fullest * 1.01) {
      fullest = full;
      best = scale;
    }
  }
  return best;
}

/** The part of blocks that have something in them; 0 when they are no styled cells. */
function fullness(pixels: Pixels, scale: number): number {
  const columns = pixels.width / scale;
  const rows = pixels.height / scale;
  const shapes = new Map<number, number>();
  let full = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const block = shapeOf(pixels, column * scale, row * scale, scale);
      if (!block) return 0;
      if (block.count === 0) continue;
      full++;
      const known = shapes.get(block.colour);
      if (known === undefined) shapes.set(block.colour, block.shape);
      else if (known !== block.shape) return 0;
      if (block.count === scale * scale) return 0;
    }
  }
  return full >= BLOCKS_LEAST ? full / (columns * rows) : 0;
}

/** The one colour of a block and a number for its shape; null when there are several. */
function shapeOf(pixels: Pixels, x0: number, y0: number, scale: number) {
  let colour = -1;
  let shape = 0;
  let count = 0;
  for (let y = 0; y < scale; y++) {
    for (let x = 0; x < scale; x++) {
      const here = colourAt(pixels, (y0 + y) * pixels.width + x0 + x);
      if (here < 0) continue;
      if (colour >= 0 && here !== colour) return null;
      colour = here;
      count++;
      shape = (Math.imul(shape, 31) + y * scale + x + 1) | 0;
    }
  }
  return { colour, shape, count };
}

/** How many cells it has when it is so many wide. */
export function sizeFor({ width, height }: Size, cells: number): Size {
  return { width: cells, height: Math.max(1, Math.round((height * cells) / width)) };
}

/** The picture with so many pixels across, each of them a cell. */
export function reduce(pixels: Pixels, cells: number): Pixels {
  if (cells === pixels.width) return pixels;
  const size = sizeFor(pixels, cells);
  if (cells > pixels.width) return repeat(pixels, size);
  const scale = pixels.width / cells;
  return (Number.isInteger(scale) ? vote(pixels, size, scale) : null) ?? average(pixels, size);
}

function repeat(pixels: Pixels, size: Size): Pixels {
  const from = new Uint32Array(wordsOf(pixels));
  const to = new Uint32Array(size.width * size.height);
  for (let y = 0, p = 0; y < size.height; y++) {
    const row = Math.floor((y * pixels.height) / size.height) * pixels.width;
    for (let x = 0; x < size.width; x++) {
      to[p++] = from[row + Math.floor((x * pixels.width) / size.width)]!;
    }
  }
  return { ...size, rgba: new Uint8Array(to.buffer) };
}

/** The bytes in a buffer of their own, as words can be read from that. */
const wordsOf = ({ rgba }: Pixels): ArrayBuffer => rgba.slice().buffer as ArrayBuffer;

/** Each cell is what most of its block is, what is transparent not counted; null: it is a photograph. */
function vote(pixels: Pixels, size: Size, scale: number): Pixels | null {
  const rgba = new Uint8Array(size.width * size.height * 4);
  const votes = new Map<number, number>();
  let plain = 0;
  let full = 0;
  for (let row = 0, at = 0; row < size.height; row++) {
    const y1 = Math.min(pixels.height, (row + 1) * scale);
    for (let column = 0; column < size.width; column++, at += 4) {
      votes.clear();
      for (let y = row * scale; y < y1; y++) {
        for (let x = column * scale; x < (column + 1) * scale; x++) {
          const colour = colourAt(pixels, y * pixels.width + x);
          if (colour >= 0) votes.set(colour, (votes.get(colour) ?? 0) + 1);
        }
      }
      if (votes.size === 0) continue;
      full++;
      if (votes.size === 1) plain++;
      if (full > SAMPLE && plain < (full * PLAIN) / 2) return null;
      let [best, most] = [0, 0];
      for (const [colour, count] of votes) if (count > most) [best, most] = [colour, count];
      rgba[at] = best >> 16;
      rgba[at + 1] = (best >> 8) & 0xff;
      rgba[at + 2] = best & 0xff;
      rgba[at + 3] = 255;
    }
  }
  return plain >= full * PLAIN ? { ...size, rgba } : null;
}

const toByte = (light: number): number =>
  Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));

/** Each cell is the mean light of what it covers, pixels in part included. */
function average(pixels: Pixels, size: Size): Pixels {
  const { rgba, width, height } = pixels;
  const out = new Uint8Array(size.width * size.height * 4);
  const across = width / size.width;
  const down = height / size.height;
  for (let row = 0, at = 0; row < size.height; row++) {
    const [y0, y1] = [row * down, Math.min(height, (row + 1) * down)];
    for (let column = 0; column < size.width; column++, at += 4) {
      const [x0, x1] = [column * across, Math.min(width, (column + 1) * across)];
      let [r, g, b, a, all] = [0, 0, 0, 0, 0];
      for (let y = Math.floor(y0); y < y1; y++) {
        const high = Math.min(y + 1, y1) - Math.max(y, y0);
        for (let x = Math.floor(x0); x < x1; x++) {
          const part = high * (Math.min(x + 1, x1) - Math.max(x, x0));
          const from = (y * width + x) * 4;
          const weight = (part * rgba[from + 3]!) / 255;
          r += weight * LIGHT[rgba[from]!]!;
          g += weight * LIGHT[rgba[from + 1]!]!;
          b += weight * LIGHT[rgba[from + 2]!]!;
          a += weight;
          all += part;
        }
      }
      if (a <= 0) continue;
      out[at] = toByte(r / a);
      out[at + 1] = toByte(g / a);
      out[at + 2] = toByte(b / a);
      out[at + 3] = Math.round((255 * a) / all);
    }
  }
  return { ...size, rgba: out };
}
