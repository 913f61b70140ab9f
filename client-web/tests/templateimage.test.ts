// SPDX-License-Identifier: ISC
import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decodePng } from '../src/core/png';
import { readDataUrl, writeDataUrl } from '../src/core/template/dataurl';
import { EMPTY } from '../src/core/template/cells';
import { Nearest } from '../src/core/template/colours';
import { encodeCells } from '../src/core/template/encode';
import { mapNearest } from '../src/core/template/map';
import { pixelsOf, readImage, transparencyOf } from '../src/core/template/image';

function chunk(type: string, body: number[] | Uint8Array): Buffer {
  const bytes = Buffer.alloc(12 + body.length);
  bytes.writeUInt32BE(body.length, 0);
  bytes.write(type, 4);
  bytes.set(body, 8);
  return bytes;
}

/** Rows are given with their filter bytes. */
function png(width: number, height: number, depth: number, type: number, rows: number[], ...more: Buffer[]): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, type], 8);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  const body = chunk('IDAT', deflateSync(Buffer.from(rows)));
  return Uint8Array.from(Buffer.concat([signature, chunk('IHDR', header), ...more, body, chunk('IEND', [])]));
}

async function pixels(file: Uint8Array): Promise<number[]> {
  const { width, height } = readImage(file) as { width: number; height: number };
  return [...pixelsOf(await decodePng(file, { width, height }), transparencyOf(file)).rgba];
}

test('PNGs of every kind become red, green, blue and alpha', async () => {
  const palette = chunk('PLTE', [255, 0, 0, 0, 0, 255, 1, 2, 3]);
  const clear = chunk('tRNS', [255, 0]);
  // Two bits a pixel: 0, 1, 2.
  expect(await pixels(png(3, 1, 2, 3, [0, 0b00011000], palette, clear))).toEqual([255, 0, 0, 255, 0, 0, 255, 0, 1, 2, 3, 255]);
  expect(await pixels(png(2, 1, 8, 3, [0, 1, 2], palette))).toEqual([0, 0, 255, 255, 1, 2, 3, 255]);
  expect(await pixels(png(2, 1, 1, 0, [0, 0b01000000], chunk('tRNS', [0, 1])))).toEqual([0, 0, 0, 255, 255, 255, 255, 0]);
  expect(await pixels(png(1, 1, 8, 2, [0, 9, 8, 7]))).toEqual([9, 8, 7, 255]);
  expect(await pixels(png(1, 1, 8, 2, [0, 9, 8, 7], chunk('tRNS', [0, 9, 0, 8, 0, 7])))).toEqual([9, 8, 7, 0]);
  expect(await pixels(png(1, 1, 8, 4, [0, 9, 77]))).toEqual([9, 9, 9, 77]);
  expect(await pixels(png(1, 1, 8, 6, [0, 9, 8, 7, 77]))).toEqual([9, 8, 7, 77]);
  expect(await pixels(png(1, 1, 16, 6, [0, 9, 1, 8, 1, 7, 1, 77, 1]))).toEqual([9, 8, 7, 77]);
  expect(await pixels(png(1, 1, 16, 2, [0, 9, 1, 8, 1, 7, 1], chunk('tRNS', [9, 1, 8, 1, 7, 2])))).toEqual([9, 8, 7, 255]);
});

test('a file is judged before it is decoded', () => {
  expect(readImage(png(3, 1, 2, 3, [0, 0]))).toEqual({ type: 'image/png', width: 3, height: 1 });
  expect(readImage(Buffer.from('GIF89a\x07\x00\x05\x01rest', 'latin1'))).toEqual({ type: 'image/gif', width: 7, height: 261 });
  expect(readImage(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'))).toBe('kind');
  expect(readImage(new Uint8Array(0))).toBe('kind');
  expect(readImage(png(50_000, 50_000, 8, 6, [0]))).toBe('pixels');
  expect(readImage(png(1, 1_000_000, 8, 6, [0]))).toBe('pixels');
  expect(readImage(png(0, 10, 8, 6, [0]))).toBe('broken');
  expect(readImage(png(3, 1, 2, 3, [0, 0]).subarray(0, 20))).toBe('broken');
  expect(readImage({ length: 40_000_000 } as Uint8Array)).toBe('bytes');
});

test('chunks that lie about their length are no trouble', () => {
  const file = png(3, 1, 2, 3, [0, 0], chunk('tRNS', [1, 2]));
  new DataView(file.buffer).setUint32(8, 0xffffffff);
  expect(transparencyOf(file)).toBeNull();
  expect(transparencyOf(file.subarray(0, 9))).toBeNull();
});

test('pictures that are whole in an address', () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => i & 0xff);
  expect(readDataUrl(writeDataUrl(bytes, 'image/png'))).toEqual(bytes);
  expect(readDataUrl('data:image/gif,GIF89a%00')).toEqual(Uint8Array.from(Buffer.from('GIF89a\0')));
  for (const bad of ['data:image/png;base64,@@', 'data:text/html,x', 'http://a.test/', 'data:image/png,%zz']) {
    expect(readDataUrl(bad), bad).toBeNull();
  }
});

test('cells become a small file, and that the same cells', async () => {
  const palette = ['#ffffff', '#e4e4e4', '#888888', '#222222', '#ffa7d1', '#e50009'];
  for (const few of [2, 3, 5, 7]) {
    const indices = Uint8Array.from({ length: 7 * 5 }, (_, i) => ((i * 7) % few === 6 ? EMPTY : (i * 5 + (i >> 2)) % Math.min(few, 6)));
    indices[3] = few > 2 ? EMPTY : 1;
    const cells = { width: 7, height: 5, indices };
    const file = await encodeCells(cells, palette);
    expect(file.length).toBeLessThan(160);
    const png = await decodePng(file, { width: 7, height: 5 });
    expect(mapNearest(pixelsOf(png, transparencyOf(file)), new Nearest(palette, null))).toEqual(cells);
  }
});
