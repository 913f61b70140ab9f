// SPDX-License-Identifier: ISC
// A picture of a canvas: colour indices, and what the file says about itself. Caches and "image
// optimisers" on the way may have encoded it anew, so colours are matched by what they look like.

import type { Size } from './edit';
import { decodePng, GREY, PALETTE, pixelBits, type Png } from './png';
import { parseGenesis, parseVersion } from './version';

export interface Picture {
  /** The file's text chunks `version` and `genesis`, where they are there and well-formed. */
  readonly version: number | null;
  readonly genesis: string | null;
  /** width * height indices, row by row. */
  readonly indices: Uint8Array;
}

const UNKNOWN = 255;

/** Throws when it is not a picture of this size in these colours (`#rrggbb` by index). */
export async function decodePicture(
  file: Uint8Array,
  size: Size,
  palette: readonly string[],
): Promise<Picture> {
  const png = await decodePng(file, size);
  const known = palette.map((rgb) => Number.parseInt(rgb.slice(1), 16));
  return {
    version: parseVersion(png.text.get('version')),
    genesis: parseGenesis(png.text.get('genesis')),
    indices: png.depth > 8 || pixelBits(png) > 8 ? fromColours(png, known) : fromSamples(png, known),
  };
}

/** The colour's index; `guess` where the palette has it there, as in the server's own pictures. */
function indexOf(rgb: number, known: readonly number[], guess: number): number {
  if (known[guess] === rgb) return guess;
  const index = known.indexOf(rgb);
  return index < 0 ? UNKNOWN : index;
}

/** One sample of up to 8 bits a pixel: grey, or an entry of the file's palette. */
function fromSamples(png: Png, known: readonly number[]): Uint8Array {
  const { depth, bytes } = png;
  const mask = (1 << depth) - 1;
  const meaning = new Uint8Array(256).fill(UNKNOWN);
  for (let sample = 0; sample <= mask; sample++) {
    const grey = Math.round((sample * 255) / mask);
    if (png.type === GREY) meaning[sample] = indexOf(grey * 0x010101, known, 0);
    else if (png.type === PALETTE && sample * 3 + 2 < png.palette.length) {
      meaning[sample] = indexOf(rgbAt(png.palette, sample * 3, 1), known, sample);
    }
  }
  const indices = new Uint8Array(png.width * png.height);
  for (const row of png.rows) {
    let p = row.y * png.width + row.x;
    for (let i = 0, bit = 0; i < row.count; i++, bit += depth, p += row.step) {
      const sample = (bytes[row.at + (bit >> 3)]! >> (8 - depth - (bit & 7))) & mask;
      indices[p] = meaning[sample]!;
    }
  }
  return checked(indices);
}

/** More than 8 bits a pixel: red, green and blue, or grey with alpha. Alpha and low bytes do not count. */
function fromColours(png: Png, known: readonly number[]): Uint8Array {
  const { bytes } = png;
  const sample = png.depth >> 3;
  const pixel = pixelBits(png) >> 3;
  const grey = pixel < 3 * sample;
  const indices = new Uint8Array(png.width * png.height);
  let last = -1;
  let index = UNKNOWN;
  for (const row of png.rows) {
    let p = row.y * png.width + row.x;
    for (let i = 0, at = row.at; i < row.count; i++, at += pixel, p += row.step) {
      const rgb = grey ? bytes[at]! * 0x010101 : rgbAt(bytes, at, sample);
      if (rgb !== last) index = indexOf((last = rgb), known, 0);
      indices[p] = index;
    }
  }
  return checked(indices);
}

const rgbAt = (bytes: Uint8Array, at: number, sample: number): number =>
  (bytes[at]! << 16) | (bytes[at + sample]! << 8) | bytes[at + 2 * sample]!;

function checked(indices: Uint8Array): Uint8Array {
  if (indices.includes(UNKNOWN)) throw new Error('PNG has colours that are not in the palette');
  return indices;
}
