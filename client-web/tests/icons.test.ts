// SPDX-License-Identifier: ISC
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { encodePng, paintIcon, readDrawing } from '../build-plugins/icons';
import { decodePng } from '../src/core/png';

const drawing = readDrawing(readFileSync(new URL('../public/favicon.svg', import.meta.url), 'utf8'));

const at = (pixels: Uint8Array, size: number, x: number, y: number) => [...pixels.subarray(4 * (y * size + x), 4 * (y * size + x) + 4)];

test('the icon is made of rectangles in the colours of the palette', () => {
  expect(drawing.side).toBe(8);
  expect(drawing.boxes.length).toBeGreaterThan(4);
});

test('rounded corners are clear, a mask is filled to its corners', () => {
  const round = paintIcon(drawing, { size: 192, corner: 0.2, scale: 1 });
  expect(at(round, 192, 0, 0)[3]).toBe(0);
  expect(at(round, 192, 96, 0)[3]).toBe(255);
  const mask = paintIcon(drawing, { size: 512, corner: 0, scale: 0.85 });
  expect(at(mask, 512, 0, 0)).toEqual([0x22, 0x22, 0x22, 255]);
  // What is drawn stays in the circle that every mask leaves.
  let farthest = 0;
  for (let i = 0; i < 512 * 512; i++) {
    if (mask[4 * i] === 0x22 && mask[4 * i + 1] === 0x22) continue;
    farthest = Math.max(farthest, Math.hypot((i % 512) - 255.5, Math.floor(i / 512) - 255.5));
  }
  expect(farthest).toBeLessThan(0.4 * 512);
});

test('the PNG says what was painted', async () => {
  const pixels = paintIcon(drawing, { size: 16, corner: 0, scale: 1 });
  const size = { width: 16, height: 16 };
  const { rows, bytes } = await decodePng(new Uint8Array(encodePng(16, pixels)), size);
  for (const { y, at } of rows) {
    expect(bytes.slice(at, at + 64)).toEqual(pixels.slice(64 * y, 64 * (y + 1)));
  }
});

test.each(['<svg viewBox="0 0 8 9">', '<svg viewBox="0 0 8 8"><circle r="1" /></svg>', '<svg viewBox="0 0 8 8"><path fill="#000000" d="M0 0l1 1z" /></svg>'])(
  '%s is no icon',
  (svg) => {
    expect(() => readDrawing(svg)).toThrow();
  },
);
