// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { gridLines, gridStrength, otherWish } from '../src/core/grid';

test('lines come softly with the scale, earlier for who asked for them', () => {
  expect(gridStrength('auto', 12)).toBe(0);
  expect(gridStrength('auto', 13)).toBeGreaterThan(0);
  expect(gridStrength('auto', 13)).toBeLessThan(0.1);
  expect(gridStrength('on', 4)).toBe(0);
  expect(gridStrength('on', 64)).toBe(1);
  expect(gridStrength('on', 8)).toBeGreaterThan(gridStrength('auto', 8));
  expect(gridStrength('off', 64)).toBe(0);
});

test('asking for the other always changes what is to be seen, where it can', () => {
  for (const wish of ['auto', 'on', 'off'] as const) {
    for (const k of [6, 8, 12, 16, 40]) {
      const before = gridStrength(wish, k) > 0;
      expect(gridStrength(otherWish(wish, k), k) > 0).toBe(!before);
    }
  }
});

test('from far away the wish is kept for when one is near', () => {
  expect(otherWish('auto', 1)).toBe('on');
  expect(otherWish('off', 1)).toBe('on');
});

test('a line is where its cell begins, on whole device pixels', () => {
  const lines = [...gridLines(9, 11, 10.4, 0.3)];
  // The first pixel whose middle is in the cell.
  for (const [i, { at }] of lines.entries()) {
    const start = 0.3 + (9 + i) * 10.4;
    expect(at + 0.5).toBeGreaterThanOrEqual(start);
    expect(at - 0.5).toBeLessThan(start);
  }
  expect(lines.map(({ tenth }) => tenth)).toEqual([false, true, false]);
  expect([...gridLines(-10, -9, 16, 0)].map(({ tenth }) => tenth)).toEqual([true, false]);
});
