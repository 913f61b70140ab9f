// SPDX-License-Identifier: ISC
import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decodePng } from '../src/core/png';

const size = { width: 7, height: 10 };
const stride = 4;
const indices = Uint8Array.from({ length: 70 }, (_, p) => (p * p * 5 + 3) % 16);

/** The unfiltered rows of 4-bit pixels. */
function rows(): Uint8Array[] {
  return Array.from({ length: size.height }, (_, y) => {
    const row = new Uint8Array(stride);
    for (let x = 0; x < size.width; x++) {
      row[x >> 1]! |= indices[y * size.width + x]! << (x & 1 ? 0 : 4);
    }
    return row;
  });
}

function paeth(a: number, b: number, c: number): number {
  const p = a + b - c;
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/** Rows with this filter each, as an encoder writes them. */
function filtered(filter: (y: number) => number): Uint8Array {
  const plain = rows();
  const out = new Uint8Array((stride + 1) * size.height);
  plain.forEach((row, y) => {
    const type = filter(y);
    out[y * (stride + 1)] = type;
    row.forEach((value, i) => {
      const a = i > 0 ? row[i - 1]! : 0;
      const b = y > 0 ? plain[y - 1]![i]! : 0;
      const c = i > 0 && y > 0 ? plain[y - 1]![i - 1]! : 0;
      const guess = [0, a, b, (a + b) >> 1, paeth(a, b, c)][type] ?? 0;
      out[y * (stride + 1) + 1 + i] = value - guess;
    });
  });
  return out;
}

function chunk(type: string, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + body.length);
  new DataView(bytes.buffer).setUint32(0, body.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(body, 8);
  return bytes;
}

function png(raw: Uint8Array, header: Partial<{ width: number; depth: number }> = {}): Uint8Array {
  const ihdr = new Uint8Array(13);
  const view = new DataView(ihdr.buffer);
  view.setUint32(0, header.width ?? size.width);
  view.setUint32(4, size.height);
  ihdr.set([header.depth ?? 4, 3, 0, 0, 0], 8);
  const data = deflateSync(raw);
  return Buffer.concat([
    new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', ihdr),
    chunk('PLTE', new Uint8Array(48)),
    chunk('tEXt', new TextEncoder().encode('version\x005')),
    chunk('IDAT', data.subarray(0, 9)),
    chunk('IDAT', data.subarray(9)),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

test.each([0, 1, 2, 3, 4])('gives back the indices of rows with filter %i', async (filter) => {
  expect(await decodePng(png(filtered(() => filter)), size)).toEqual(indices);
});

test('filters may change from row to row', async () => {
  expect(await decodePng(png(filtered((y) => y % 5)), size)).toEqual(indices);
});

test('what is not a picture of this canvas is refused', async () => {
  const good = png(filtered(() => 0));
  await expect(decodePng(new Uint8Array(100), size)).rejects.toThrow('not a PNG');
  await expect(decodePng(good.subarray(0, good.length - 13), size)).rejects.toThrow('cut short');
  await expect(decodePng(good, { width: 8, height: 10 })).rejects.toThrow('size or kind');
  const raw = filtered(() => 0);
  await expect(decodePng(png(raw, { depth: 8 }), size)).rejects.toThrow('size or kind');
  await expect(decodePng(png(new Uint8Array(1e6)), size)).rejects.toThrow('too much');
  await expect(decodePng(png(raw.subarray(1)), size)).rejects.toThrow('too little');
  raw[0] = 9;
  await expect(decodePng(png(raw), size)).rejects.toThrow('filter');
});
