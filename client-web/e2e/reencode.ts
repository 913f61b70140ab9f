// SPDX-License-Identifier: ISC
// An "image optimiser" on the way: the same picture as another kind of PNG.

import { deflateSync } from 'node:zlib';
import { decodePicture } from '../src/core/picture';

const SIZE = { width: 1000, height: 1000 };

function chunk(type: string, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + body.length);
  new DataView(bytes.buffer).setUint32(0, body.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(body, 8);
  return bytes;
}

/** A palette picture with this palette, as 8-bit RGBA. Browsers do not mind that there are no CRCs. */
export async function reencode(file: Uint8Array, palette: readonly string[]): Promise<Buffer> {
  const { indices } = await decodePicture(file, SIZE, palette);
  const colours = palette.map((rgb) => Buffer.from(`${rgb.slice(1)}ff`, 'hex'));
  const stride = 1 + 4 * SIZE.width;
  const rows = Buffer.alloc(stride * SIZE.height);
  indices.forEach((index, p) => {
    const [x, y] = [p % SIZE.width, Math.floor(p / SIZE.width)];
    colours[index]!.copy(rows, y * stride + 1 + 4 * x);
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIZE.width, 0);
  header.writeUInt32BE(SIZE.height, 4);
  header.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
