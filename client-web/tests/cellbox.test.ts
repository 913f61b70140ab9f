// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { atLeast, cellBox } from '../src/core/cellbox';
import { cellAt } from '../src/core/view';

const RATIOS = [1, 1.25, 1.5, 2, 3];

test.each(RATIOS)('at ratio %d each pixel is of the cell that its middle lies in', (dpr) => {
  for (const view of [
    { k: 8.8, x: -31.27, y: 12.61 },
    { k: 4, x: 0.3, y: -17.9 },
    { k: 13.37, x: 5, y: 5 },
  ]) {
    const grid = { k: view.k * dpr, left: view.x * dpr, top: view.y * dpr };
    for (let p = 0; p < 400; p++) {
      const cell = cellAt(view, { x: (p + 0.5) / dpr, y: (p + 0.5) / dpr });
      const box = cellBox(grid, cell);
      expect(p).toBeGreaterThanOrEqual(box.x);
      expect(p).toBeLessThan(box.x + box.width);
      expect(p).toBeGreaterThanOrEqual(box.y);
      expect(p).toBeLessThan(box.y + box.height);
    }
  }
});

test('cells lie side by side, without a gap and without a pixel of two', () => {
  const grid = { k: 7.3, left: -3.41, top: 0.77 };
  for (let x = 0; x < 50; x++) {
    const { x: left, width } = cellBox(grid, { x, y: x });
    expect(left + width).toBe(cellBox(grid, { x: x + 1, y: x }).x);
  }
});

test('from afar a cell is one pixel', () => {
  expect(cellBox({ k: 0.25, left: 0, top: 0 }, { x: 5, y: 9 })).toMatchObject({ width: 1, height: 1 });
});

test('what is too small to be seen is made larger about its middle', () => {
  const box = { x: 10, y: 20, width: 2, height: 2 };
  expect(atLeast(box, 12)).toEqual({ x: 5, y: 15, width: 12, height: 12 });
  expect(atLeast({ ...box, width: 16, height: 16 }, 12)).toEqual({ ...box, width: 16, height: 16 });
});
