// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { wayOut } from '../src/core/clear';

const WINDOW = { width: 320, height: 568 };
const cell = (x: number, y: number) => ({ x0: x, y0: y, x1: x + 16, y1: y + 16 });
const pill = { x0: 100, y0: 330, x1: 220, y1: 378 };
const palette = { x0: 0, y0: 380, x1: 320, y1: 568 };
const words = { x0: 20, y0: 280, x1: 300, y1: 350 };

test('what nothing covers stays where it is', () => {
  expect(wayOut(cell(100, 100), [pill, palette], WINDOW)).toBeNull();
  expect(wayOut(cell(84, 340), [pill, palette], WINDOW)).toBeNull();
});

test('what is covered moves out by the shortest way, with a margin', () => {
  expect(wayOut(cell(150, 332), [pill, palette], WINDOW)).toEqual({ x: 0, y: 330 - 8 - 348 });
  expect(wayOut(cell(95, 345), [pill, palette], WINDOW)).toEqual({ x: 100 - 8 - 111, y: 0 });
});

test('out from under one surface does not mean under the next', () => {
  expect(wayOut(cell(155, 332), [pill, words, palette], WINDOW)).toEqual({ x: 0, y: 280 - 8 - 348 });
});

test('it stays within the window', () => {
  const side = { x0: 0, y0: 100, x1: 58, y1: 300 };
  expect(wayOut(cell(20, 200), [side], WINDOW)).toEqual({ x: 58 + 8 - 20, y: 0 });
});

test('where there is no place left, nothing moves', () => {
  const all = { x0: 0, y0: 0, x1: 320, y1: 568 };
  expect(wayOut(cell(20, 200), [all], WINDOW)).toBeNull();
});
