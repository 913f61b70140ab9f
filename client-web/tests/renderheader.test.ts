// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { readImageHeader } from '../src/core/imageheader';

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? Array.from(part, (c) => c.charCodeAt(0)) : part)));
const zeros = (n: number): number[] => Array.from({ length: n }, () => 0);

const PNG = bytes('\x89PNG\r\n\x1a\n', [0, 0, 0, 13], 'IHDR', [0, 0, 3, 32, 0, 0, 1, 244], [8, 2, 0, 0, 0]);
const JPEG = bytes(
  [0xff, 0xd8],
  [0xff, 0xe1, 0, 6, 1, 2, 3, 4],
  // Fill bytes, then tables, whose number is beside those of frames.
  [0xff, 0xff, 0xff, 0xc4, 0, 4, 9, 9],
  [0xff, 0xc2, 0, 11, 8, 1, 244, 3, 32, 3],
);
const riff = (kind: string, ...rest: number[]) => bytes('RIFF', zeros(4), 'WEBP', kind, zeros(4), rest, zeros(12));

test('kind and size of PNG, JPEG and the three kinds of WebP', () => {
  const size = { width: 800, height: 500 };
  expect(readImageHeader(PNG)).toEqual({ type: 'image/png', size });
  expect(readImageHeader(JPEG)).toEqual({ type: 'image/jpeg', size });
  expect(readImageHeader(riff('VP8 ', 0, 0, 0, 0x9d, 1, 0x2a, 0x20, 3, 0xf4, 1))).toEqual({ type: 'image/webp', size });
  const bits = (799 | (499 << 14)) >>> 0;
  const packed = [0x2f, ...[0, 8, 16, 24].map((by) => (bits >>> by) & 255)];
  expect(readImageHeader(riff('VP8L', ...packed))).toEqual({ type: 'image/webp', size });
  expect(readImageHeader(riff('VP8X', 0, 0, 0, 0, 0x1f, 3, 0, 0xf3, 1, 0))).toEqual({ type: 'image/webp', size });
});

test('what is none of these is refused, and what is cut short has no size', () => {
  for (const file of [bytes(), bytes('GIF89a', zeros(30)), bytes('<svg'), bytes('RIFF', zeros(4), 'WAVE', zeros(20))]) {
    expect(readImageHeader(file)).toBeNull();
  }
  for (const file of [PNG, JPEG]) {
    for (let n = 12; n < file.length - 8; n++) expect(readImageHeader(file.subarray(0, n))?.size ?? null).toBeNull();
  }
});

test('no bytes make it fail', () => {
  let seed = 1;
  const random = () => (seed = (seed * 48_271) % 0x7fffffff) & 255;
  for (let i = 0; i < 2_000; i++) {
    const file = Uint8Array.from([PNG, JPEG, riff('VP8X')][i % 3]!.subarray(0, i % 60));
    for (let j = 0; j < 3; j++) file[random() % Math.max(1, file.length)] = random();
    const header = readImageHeader(file);
    if (header?.size) expect(header.size.width).toBeGreaterThanOrEqual(0);
  }
});
