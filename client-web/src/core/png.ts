// SPDX-License-Identifier: ISC
// The picture's PNG (4-bit palette) to colour indices. Not through a canvas: browsers that resist
// fingerprinting add noise to what a canvas gives back, and the board must be the server's, byte for
// byte (https://bugzilla.mozilla.org/show_bug.cgi?id=1816189).

import type { Size } from './edit';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const CHUNK_OVERHEAD = 12;
const DEPTH = 4;
const PALETTE_TYPE = 3;

/** width * height indices, row by row. Throws when it is not a picture of this canvas. */
export async function decodePng(file: Uint8Array, size: Size): Promise<Uint8Array> {
  const data = readChunks(file, size);
  const stride = Math.ceil(size.width / 2);
  const rows = await inflate(data, (stride + 1) * size.height);
  unfilter(rows, stride, size.height);
  const indices = new Uint8Array(size.width * size.height);
  for (let y = 0, p = 0; y < size.height; y++) {
    const row = y * (stride + 1) + 1;
    for (let x = 0; x < size.width; x++, p++) {
      const byte = rows[row + (x >> 1)]!;
      indices[p] = x & 1 ? byte & 15 : byte >> 4;
    }
  }
  return indices;
}

/** Checks the header and returns the compressed parts in order. */
function readChunks(file: Uint8Array, size: Size): Uint8Array[] {
  if (SIGNATURE.some((byte, i) => file[i] !== byte)) throw new Error('not a PNG');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const parts: Uint8Array[] = [];
  for (let at = SIGNATURE.length; at + CHUNK_OVERHEAD <= file.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...file.subarray(at + 4, at + 8));
    const body = file.subarray(at + 8, at + 8 + length);
    if (body.length !== length) break;
    if (type === 'IHDR') checkHeader(body, size);
    else if (type === 'IDAT') parts.push(body);
    else if (type === 'IEND') return parts;
    at += CHUNK_OVERHEAD + length;
  }
  throw new Error('PNG cut short');
}

function checkHeader(body: Uint8Array, size: Size): void {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const right =
    body.length === 13 &&
    view.getUint32(0) === size.width &&
    view.getUint32(4) === size.height &&
    body[8] === DEPTH &&
    body[9] === PALETTE_TYPE &&
    body[12] === 0;
  if (!right) throw new Error('PNG of another size or kind');
}

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

/** Undoes the row filters in place. At 4 bits a pixel, "left" is the byte before. */
function unfilter(rows: Uint8Array, stride: number, height: number): void {
  for (let y = 0; y < height; y++) {
    const start = y * (stride + 1) + 1;
    const filter = rows[start - 1]!;
    if (filter === 0) continue;
    if (filter > 4) throw new Error('PNG row filter unknown');
    for (let i = 0; i < stride; i++) {
      const left = i > 0 ? rows[start + i - 1]! : 0;
      const up = y > 0 ? rows[start + i - stride - 1]! : 0;
      const corner = i > 0 && y > 0 ? rows[start + i - stride - 2]! : 0;
      rows[start + i]! += predict(filter, left, up, corner);
    }
  }
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
