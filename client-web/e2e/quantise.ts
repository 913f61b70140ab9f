// SPDX-License-Identifier: ISC
// A screenshot as a small file: at most so many colours, found by median cut, in a PNG with a palette.

import { deflateSync } from 'node:zlib';
import { decodePng } from '../src/core/png';

/** Colours are counted by the upper bits of each part. */
const BITS = 6;
const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

interface Bin {
  /** The sums of its colours' parts, and how many pixels they are. */
  readonly sum: number[];
  readonly count: number;
  readonly key: number;
}

const binOf = (r: number, g: number, b: number): number =>
  ((r >> (8 - BITS)) << (2 * BITS)) | ((g >> (8 - BITS)) << BITS) | (b >> (8 - BITS));

const mean = (bin: Bin, part: number): number => bin.sum[part]! / bin.count;

function widest(box: Bin[]): { part: number; width: number } {
  const widths = [0, 1, 2].map((part) => {
    const all = box.map((bin) => mean(bin, part));
    return Math.max(...all) - Math.min(...all);
  });
  const width = Math.max(...widths);
  return { part: widths.indexOf(width), width };
}

const pixels = (box: Bin[]): number => box.reduce((sum, { count }) => sum + count, 0);

/** Boxes of colours that are near each other. */
function cut(bins: Bin[], most: number): Bin[][] {
  const boxes = [bins];
  while (boxes.length < most) {
    // Width counts more than how often: a small thing of another colour stays to be seen.
    const worth = boxes.map((box) => (box.length > 1 ? widest(box).width * pixels(box) ** 0.25 : 0));
    const at = worth.indexOf(Math.max(...worth));
    if (worth[at] === 0) break;
    const box = boxes[at]!;
    const { part } = widest(box);
    box.sort((a, b) => mean(a, part) - mean(b, part));
    const middle = (mean(box[0]!, part) + mean(box.at(-1)!, part)) / 2;
    const split = Math.max(1, box.findIndex((bin) => mean(bin, part) > middle));
    boxes.splice(at, 1, box.slice(0, split), box.slice(split));
  }
  return boxes;
}

function chunk(type: string, body: Uint8Array): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(type, 'latin1'), body, Buffer.alloc(4)]);
  bytes.writeUInt32BE(body.length, 0);
  let crc = 0xffffffff;
  for (const byte of bytes.subarray(4, -4)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  bytes.writeUInt32BE(~crc >>> 0, bytes.length - 4);
  return bytes;
}

/** `file`: a PNG as browsers make them of a page: 8 bits, without transparency. */
export async function quantise(file: Buffer, most: number): Promise<Buffer> {
  const size = { width: file.readUInt32BE(16), height: file.readUInt32BE(20) };
  const png = await decodePng(file, size);
  const samples = png.type === 6 ? 4 : 3;
  const counts = new Map<number, { sum: number[]; count: number; key: number }>();
  const keys = new Int32Array(size.width * size.height);
  let n = 0;
  for (const row of png.rows) {
    for (let i = 0; i < row.count; i++) {
      const at = row.at + i * samples;
      const [r, g, b] = png.bytes.subarray(at, at + 3) as unknown as [number, number, number];
      const key = (keys[n++] = binOf(r, g, b));
      const bin = counts.get(key) ?? { sum: [0, 0, 0], count: 0, key };
      counts.set(key, bin);
      bin.sum[0]! += r;
      bin.sum[1]! += g;
      bin.sum[2]! += b;
      bin.count++;
    }
  }
  const boxes = cut([...counts.values()], most);
  const index = new Map(boxes.flatMap((box, i) => box.map(({ key }) => [key, i] as const)));
  const palette = boxes.flatMap((box) =>
    [0, 1, 2].map((part) => Math.round(box.reduce((sum, bin) => sum + bin.sum[part]!, 0) / pixels(box))),
  );
  const rows = Buffer.alloc((size.width + 1) * size.height);
  keys.forEach((key, i) => (rows[i + Math.floor(i / size.width) + 1] = index.get(key)!));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size.width, 0);
  header.writeUInt32BE(size.height, 4);
  header.set([8, 3], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Uint8Array.from(palette)),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
