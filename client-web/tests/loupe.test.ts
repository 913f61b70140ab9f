// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { labelAt } from '../src/core/label';
import { loupeAt, LOUPE_PX, loupeScale, loupeView } from '../src/core/loupe';

const port = { width: 390, height: 844 };
const half = LOUPE_PX / 2;

test('stands above the finger, clear of it', () => {
  const at = loupeAt({ x: 200, y: 400 }, port);
  expect(at.x).toBe(200);
  expect(at.y + half).toBeLessThanOrEqual(400 - 30);
});

test('flips below where there is no room above', () => {
  const at = loupeAt({ x: 200, y: 100 }, port);
  expect(at.y - half).toBeGreaterThanOrEqual(100 + 30);
});

test.each([0, 3, 387, 390])('all of it is in the window with the finger at x %d', (x) => {
  for (const y of [0, 130, 145, 800]) {
    const at = loupeAt({ x, y }, port);
    expect(at.x - half).toBeGreaterThanOrEqual(0);
    expect(at.x + half).toBeLessThanOrEqual(port.width);
    expect(at.y - half).toBeGreaterThanOrEqual(0);
  }
});

test('enlarges, but not to a single cell', () => {
  expect(loupeScale(0.4)).toBeGreaterThan(10);
  expect(loupeScale(8)).toBe(16);
  expect(LOUPE_PX / loupeScale(64)).toBeGreaterThanOrEqual(3);
});

test('the cell is in its middle', () => {
  const view = loupeView({ x: 100, y: 200 }, 8, { x: 60, y: 70 });
  expect([100.5 * view.k + view.x, 200.5 * view.k + view.y]).toEqual([60, 70]);
});

test('words at the pointer stay in the window and clear of a finger', () => {
  const size = { width: 60, height: 14 };
  expect(labelAt({ x: 100, y: 100 }, size, port, false)).toEqual({ x: 114, y: 86 });
  expect(labelAt({ x: 380, y: 2 }, size, port, false)).toEqual({ x: 306, y: 15 });
  expect(labelAt({ x: 380, y: 100 }, size, port, true)).toEqual({ x: 322, y: 52 });
  expect(labelAt({ x: 2, y: 20 }, size, port, true)).toEqual({ x: 8, y: 68 });
});
