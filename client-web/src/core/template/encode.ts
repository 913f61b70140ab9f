// SPDX-License-Identifier: ISC
// The cells of a template as a PNG file of one pixel a cell, with a palette: the smallest that it can
// be, so that it fits into a link.

import { EMPTY, type Cells } from './cells';

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let i = 0; i < 8; i++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

function crc(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = CRC[(sum ^ byte) & 0xff]! ^ (sum >>> 8);
  return ~sum >>> 0;
}

function chunk(type: string, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, body.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(body, 8);
  view.setUint32(8 + body.length, crc(bytes.subarray(4, 8 + body.length)));
  return bytes;
}

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** `palette`: `#rrggbb` by index. Only the colours that are there are in the file. */
export async function encodeCells(cells: Cells, palette: readonly string[]): Promise<Uint8Array> {
  const { width, height, indices } = cells;
  // What is transparent comes first, so that one byte tells of it.
  const used = [...new Set(indices)].sort((a, b) => b - a);
  const position = new Map(used.map((index, at) => [index, at]));
  const depth = [1, 2, 4, 8].find((bits) => 1 << bits >= used.length)!;
  const stride = 1 + Math.ceil((width * depth) / 8);
  const rows = new Uint8Array(stride * height);
  for (let y = 0, p = 0; y < height; y++) {
    for (let x = 0; x < width; x++, p++) {
      const bit = x * depth;
      rows[y * stride + 1 + (bit >> 3)]! |= position.get(indices[p]!)! << (8 - depth - (bit & 7));
    }
  }
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header.set([depth, 3], 8);
  const colours = used.flatMap((index) => {
    const rgb = index === EMPTY ? 0 : Number.parseInt(palette[index]?.slice(1) ?? '0', 16);
    return [rgb >> 16, (rgb >> 8) & 0xff, rgb & 0xff];
  });
  const parts = [
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    chunk('PLTE', Uint8Array.from(colours)),
    ...(used[0] === EMPTY ? [chunk('tRNS', Uint8Array.of(0))] : []),
    chunk('IDAT', await deflate(rows)),
    chunk('IEND', new Uint8Array(0)),
  ];
  const file = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => {
    file.set(part, at);
    return at + part.length;
  }, 0);
  return file;
}
