// SPDX-License-Identifier: ISC
// An image file before it is decoded: is it one, and is it small enough? What decodes it would believe
// any size that the file claims to have.

import type { Size } from '../edit';
import { readImageHeader } from '../imageheader';
import type { Png } from '../png';
import { BYTES_MOST, PIXELS_MOST, SIDE_MOST, type Pixels } from './cells';

/** Why a file is no template. */
export type BadImage = 'kind' | 'bytes' | 'pixels' | 'broken';

export interface ImageFile extends Size {
  readonly type: 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif';
}

/** So many times a side of what is shown: pictures are made smaller, but bands of pixels are none. */
const LENGTH_MOST = SIDE_MOST * 4;

const isGif = (bytes: Uint8Array): boolean =>
  bytes.length >= 10 && /^GIF8[79]a$/.test(String.fromCharCode(...bytes.subarray(0, 6)));

/** What the file says of itself. */
export function readImage(bytes: Uint8Array): ImageFile | BadImage {
  if (bytes.length > BYTES_MOST) return 'bytes';
  const header = isGif(bytes)
    ? {
        type: 'image/gif' as const,
        size: { width: bytes[6]! | (bytes[7]! << 8), height: bytes[8]! | (bytes[9]! << 8) },
      }
    : readImageHeader(bytes);
  if (!header) return 'kind';
  const { type, size } = header;
  if (!size || size.width < 1 || size.height < 1) return 'broken';
  if (size.width * size.height > PIXELS_MOST || Math.max(size.width, size.height) > LENGTH_MOST) return 'pixels';
  return { type, width: size.width, height: size.height };
}

/** The body of a PNG's tRNS chunk; null: it has none. The file is a good one otherwise. */
export function transparencyOf(file: Uint8Array): Uint8Array | null {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = 8; at + 12 <= file.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...file.subarray(at + 4, at + 8));
    if (type === 'tRNS') return file.subarray(at + 8, at + 8 + length);
    if (type === 'IDAT') return null;
    at += 12 + length;
  }
  return null;
}

const GREY_ALPHA = 4;
const RGB_ALPHA = 6;

/** The samples of a PNG as red, green, blue and alpha. */
export function pixelsOf(png: Png, transparency: Uint8Array | null): Pixels {
  const { width, height, depth, type, palette, bytes } = png;
  const rgba = new Uint8Array(width * height * 4);
  const wide = depth === 16 ? 2 : 1;
  const mask = (1 << Math.min(depth, 8)) - 1;
  // A single grey or colour can be transparent; of what is wider, the upper bytes tell.
  const clear = transparency && type !== 3 ? sixteens(transparency) : null;
  for (const { x, y, step, count, at: start } of png.rows) {
    let to = (y * width + x) * 4;
    for (let i = 0; i < count; i++, to += step * 4) {
      let [r, g, b, a] = [0, 0, 0, 255];
      if (depth < 8) {
        const bit = i * depth;
        const sample = (bytes[start + (bit >> 3)]! >> (8 - depth - (bit & 7))) & mask;
        if (type === 3) {
          r = palette[sample * 3] ?? 0;
          g = palette[sample * 3 + 1] ?? 0;
          b = palette[sample * 3 + 2] ?? 0;
          a = transparency?.[sample] ?? 255;
        } else {
          r = g = b = Math.round((sample * 255) / mask);
          if (clear?.[0] === sample) a = 0;
        }
      } else if (type === 3) {
        const sample = bytes[start + i]!;
        r = palette[sample * 3] ?? 0;
        g = palette[sample * 3 + 1] ?? 0;
        b = palette[sample * 3 + 2] ?? 0;
        a = transparency?.[sample] ?? 255;
      } else {
        const channels = type === GREY_ALPHA ? 2 : type === RGB_ALPHA ? 4 : type === 2 ? 3 : 1;
        const from = start + i * channels * wide;
        r = bytes[from]!;
        const coloured = channels >= 3;
        g = coloured ? bytes[from + wide]! : r;
        b = coloured ? bytes[from + 2 * wide]! : r;
        if (type === GREY_ALPHA || type === RGB_ALPHA) a = bytes[from + (channels - 1) * wide]!;
        else if (clear) {
          const full = (at: number) => (wide === 2 ? (bytes[at]! << 8) | bytes[at + 1]! : bytes[at]!);
          let same = true;
          for (let c = 0; c < channels; c++) same &&= full(from + c * wide) === clear[c];
          if (same) a = 0;
        }
      }
      rgba[to] = r;
      rgba[to + 1] = g;
      rgba[to + 2] = b;
      rgba[to + 3] = a;
    }
  }
  return { width, height, rgba };
}

function sixteens(bytes: Uint8Array): number[] {
  const values: number[] = [];
  for (let i = 0; i + 1 < bytes.length; i += 2) values.push((bytes[i]! << 8) | bytes[i + 1]!);
  return values;
}
