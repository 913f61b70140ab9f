// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { lineBetween } from '../src/core/line';

const at = (x: number, y: number) => ({ x, y });

test('straight lines and diagonals, in every direction', () => {
  expect(lineBetween(at(1, 1), at(3, 1), 99)).toEqual([at(1, 1), at(2, 1), at(3, 1)]);
  expect(lineBetween(at(0, 0), at(-2, -2), 99)).toEqual([at(0, 0), at(-1, -1), at(-2, -2)]);
  expect(lineBetween(at(0, 1), at(0, -1), 99)).toEqual([at(0, 1), at(0, 0), at(0, -1)]);
  expect(lineBetween(at(5, 5), at(5, 5), 99)).toEqual([at(5, 5)]);
});

test.each([
  [at(0, 0), at(7, 3)],
  [at(-5, 9), at(2, -20)],
  [at(1003, 998), at(990, 1001)],
])('from %j to %j each cell touches the next', (from, to) => {
  const cells = lineBetween(from, to, 99);
  expect(cells[0]).toEqual(from);
  expect(cells.at(-1)).toEqual(to);
  expect(cells).toHaveLength(1 + Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y)));
  for (let i = 1; i < cells.length; i++) {
    expect(Math.abs(cells[i]!.x - cells[i - 1]!.x)).toBeLessThanOrEqual(1);
    expect(Math.abs(cells[i]!.y - cells[i - 1]!.y)).toBeLessThanOrEqual(1);
  }
});

test('ends where there is no more to spend', () => {
  expect(lineBetween(at(0, 0), at(1000, 0), 3)).toEqual([at(0, 0), at(1, 0), at(2, 0)]);
});
