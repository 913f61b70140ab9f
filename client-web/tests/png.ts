// SPDX-License-Identifier: ISC
// A PNG of what a board shows, as the server makes them: 4 bits a pixel, with a palette; and back, at
// once, for tests whose clock is theirs.

import { deflateSync, inflateSync } from 'node:zlib';
import type { Board } from '../src/core/board';
import type { Size } from '../src/core/edit';

function chunk(type: string, body: Uint8Array): Buffer {
  const bytes = Buffer.alloc(12 + body.length);
  bytes.writeUInt32BE(body.length, 0);
  bytes.write(type, 4);
  bytes.set(body, 8);
  return bytes;
}

/** `board` null: blank. The width must be even. */
export function pngOf(
  { width, height }: Size,
  palette: readonly string[],
  board: Board | null,
): Uint8Array<ArrayBuffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([4, 3, 0, 0, 0], 8);
  const rows = Buffer.alloc((width / 2 + 1) * height);
  for (let y = 0; board && y < height; y++) {
    for (let x = 0; x < width; x += 2) {
      rows[y * (width / 2 + 1) + 1 + x / 2] = (board.at(x, y) << 4) | board.at(x + 1, y);
    }
  }
  const bytes = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.map((rgb) => rgb.slice(1)).join(''), 'hex')),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return Uint8Array.from(bytes);
}

/** The colour indices of what pngOf() made; throws when it is something else. */
export function indicesOf(file: Uint8Array, { width, height }: Size): Uint8Array {
  const bytes = Buffer.from(file);
  const at = bytes.indexOf('IDAT');
  if (at < 0) throw new Error('not a picture of these tests');
  const rows = inflateSync(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at - 4)));
  const indices = new Uint8Array(width * height);
  for (let p = 0; p < indices.length; p++) {
    const pair = rows[Math.floor(p / width) * (width / 2 + 1) + 1 + ((p % width) >> 1)]!;
    indices[p] = p % 2 === 0 ? pair >> 4 : pair & 15;
  }
  return indices;
}
