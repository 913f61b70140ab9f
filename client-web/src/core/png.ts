// SPDX-License-Identifier: ISC
// PNG files of every kind (colour types, depths, interlacing) to rows of samples. Not through a
// canvas: browsers that resist fingerprinting add noise to what a canvas gives back, and the board
// must be the server's, byte for byte (https://bugzilla.mozilla.org/show_bug.cgi?id=1816189).

import type { Size } from './edit';

export const GREY = 0;
export const RGB = 2;
export const PALETTE = 3;

/** One row of the picture, or of one pass over it: `count` pixels from x on, every `step`-th one. */
export interface Row {
  readonly x: number;
  readonly y: number;
  readonly step: number;
  readonly count: number;
  /** The row's samples begin at this byte of Png.bytes. */
  readonly at: number;
}

export interface Png extends Size {
  readonly depth: number;
  readonly type: number;
  /** Three bytes a colour; empty without a PLTE chunk. */
  readonly palette: Uint8Array;
  /** The tEXt chunks. */
  readonly text: ReadonlyMap<string, string>;
  readonly bytes: Uint8Array;
  readonly rows: readonly Row[];
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const CHUNK_OVERHEAD = 12;
/** Samples a pixel, by colour type. */
const CHANNELS: Record<number, number> = { [GREY]: 1, [RGB]: 3, [PALETTE]: 1, 4: 2, 6: 4 };
const DEPTHS: Record<number, readonly number[]> = {
  [GREY]: [1, 2, 4, 8, 16],
  [RGB]: [8, 16],
  [PALETTE]: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
/** Adam7: first x and y, and the steps to the next. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;
const WHOLE = [[0, 0, 1, 1]] as const;

interface Header extends Size {
  readonly depth: number;
  readonly type: number;
  readonly interlaced: boolean;
}

/** Bits that one pixel of this picture takes. */
export const pixelBits = (png: { depth: number; type: number }): number =>
  png.depth * CHANNELS[png.type]!;

/** Throws when it is not a picture of this size that every PNG reader can read. */
export async function decodePng(file: Uint8Array, size: Size): Promise<Png> {
  if (SIGNATURE.some((byte, i) => file[i] !== byte)) throw new Error('not a PNG');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const parts: Uint8Array[] = [];
  const text = new Map<string, string>();
  let header: Header | null = null;
  let palette = new Uint8Array(0);
  for (let at = SIGNATURE.length; at + CHUNK_OVERHEAD <= file.length; ) {
    const length = view.getUint32(at);
    const type = latin1(file.subarray(at + 4, at + 8));
    const body = file.subarray(at + 8, at + 8 + length);
    if (body.length !== length) break;
    if (type === 'IHDR') header = readHeader(body, size);
    else if (type === 'PLTE') palette = body.slice();
    else if (type === 'IDAT') parts.push(body);
    else if (type === 'tEXt') {
      const [key, value] = latin1(body).split('\0');
      text.set(key!, value ?? '');
    } else if (type === 'IEND') {
      if (!header) throw new Error('PNG without a header');
      const { rows, total } = layOut(header);
      const bytes = await inflate(parts, total);
      unfilter(bytes, rows, pixelBits(header));
      return { ...header, palette, text, bytes, rows };
    }
    at += CHUNK_OVERHEAD + length;
  }
  throw new Error('PNG cut short');
}

const latin1 = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');

function readHeader(body: Uint8Array, size: Size): Header {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const [depth, type, compression, filters, interlace] = body.subarray(8);
  const right =
    body.length === 13 &&
    view.getUint32(0) === size.width &&
    view.getUint32(4) === size.height &&
    DEPTHS[type!]?.includes(depth!) &&
    compression === 0 &&
    filters === 0 &&
    interlace! <= 1;
  if (!right) throw new Error('PNG of another size or kind');
  return { ...size, depth: depth!, type: type!, interlaced: interlace === 1 };
}

/** Where the rows are in the inflated data: each has a filter byte before it. */
function layOut(header: Header): { rows: Row[]; total: number } {
  const rows: Row[] = [];
  let total = 0;
  for (const [x, y0, step, down] of header.interlaced ? PASSES : WHOLE) {
    const count = Math.ceil((header.width - x) / step);
    if (count <= 0) continue;
    for (let y = y0; y < header.height; y += down) {
      rows.push({ x, y, step, count, at: total + 1 });
      total += 1 + rowBytes(count, pixelBits(header));
    }
  }
  return { rows, total };
}

const rowBytes = (count: number, bits: number): number => Math.ceil((count * bits) / 8);

async function inflate(parts: Uint8Array[], expected: number): Promise<Uint8Array> {
  const source = new Blob(parts as Uint8Array<ArrayBuffer>[]).stream();
  const reader = source.pipeThrough(new DecompressionStream('deflate')).getReader();
  const out = new Uint8Array(expected);
  let filled = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (filled + value.length > expected) {
      await reader.cancel();
      throw new Error('PNG holds too much');
    }
    out.set(value, filled);
    filled += value.length;
  }
  if (filled !== expected) throw new Error('PNG holds too little');
  return out;
}

/** Undoes the row filters in place. "Left" is the byte of the pixel before, or the byte before. */
function unfilter(bytes: Uint8Array, rows: readonly Row[], bits: number): void {
  const left = Math.max(1, bits >> 3);
  rows.forEach((row, r) => {
    const filter = bytes[row.at - 1]!;
    if (filter === 0) return;
    if (filter > 4) throw new Error('PNG row filter unknown');
    const before = rows[r - 1];
    // The first row of a pass has nothing above it.
    const above = before && before.y < row.y && before.step === row.step && before.x === row.x;
    const length = rowBytes(row.count, bits);
    for (let i = 0; i < length; i++) {
      const a = i >= left ? bytes[row.at + i - left]! : 0;
      const b = above ? bytes[before.at + i]! : 0;
      const c = above && i >= left ? bytes[before.at + i - left]! : 0;
      bytes[row.at + i]! += predict(filter, a, b, c);
    }
  });
}

function predict(filter: number, left: number, up: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}
