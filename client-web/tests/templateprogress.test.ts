// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { EMPTY } from '../src/core/template/cells';
import { leftOf, Progress, RIGHT } from '../src/core/template/progress';

const BOARD = 100;

/** A number generator of its own seed. */
function random(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
}

const cells = (width: number, ...indices: number[]) => ({
  width,
  height: indices.length / width,
  indices: Uint8Array.from(indices),
});

test('cells are right, wrong or missing, and beside the plane nothing counts', () => {
  const progress = new Progress(cells(3, 5, 5, EMPTY, 0, 3, 3), { x: 98, y: 10 }, 0);
  expect(progress.of(null)).toEqual({ right: 0, wrong: 0, missing: 0, unknown: 0, beyond: 5, all: 5 });
  const plane = { x0: 0, y0: 0, x1: BOARD, y1: BOARD };
  progress.open(plane);
  expect(progress.of(null)).toMatchObject({ unknown: 4, beyond: 1 });
  progress.scan(plane, (x, y) => (x === 99 && y === 10 ? 7 : 0));
  // 98,10 is to be 5 and blank; 99,10 is to be 5 and 7; 98,11 is to be 0 and is; 99,11 is to be 3.
  expect(progress.of(null)).toEqual({ right: 1, wrong: 1, missing: 2, unknown: 0, beyond: 1, all: 5 });
  expect(progress.of(5)).toEqual({ right: 0, wrong: 1, missing: 1, unknown: 0, beyond: 0, all: 2 });
  expect(progress.edited(99, 10, 5)).toBe(true);
  expect(progress.edited(99, 10, 5)).toBe(false);
  expect(progress.edited(100, 10, 5)).toBe(false);
  expect(progress.edited(97, 10, 5)).toBe(false);
  expect(progress.of(5)).toMatchObject({ right: 1, missing: 1 });
  expect(progress.wanted({ x: 98, y: 11 })).toBe(0);
  expect(progress.wanted({ x: 100, y: 10 })).toBeNull();
});

test('what edits make of the counts is what counting anew makes of them, and the nearest is the nearest', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const next = random(seed);
    const [width, height] = [1 + next(90), 1 + next(90)];
    const template = cells(width, ...Array.from({ length: width * height }, () => (next(4) === 0 ? EMPTY : next(16))));
    const at = { x: next(60) - 20, y: next(60) - 20 };
    const board = Uint8Array.from({ length: BOARD * BOARD }, () => next(16));
    const plane = { x0: 0, y0: 0, x1: BOARD, y1: BOARD };
    const anew = () => {
      const progress = new Progress(template, at, 0);
      progress.open(plane);
      progress.scan(plane, (x, y) => board[y * BOARD + x]!);
      return progress;
    };
    const progress = anew();
    for (let i = 0; i < 3000; i++) {
      const [x, y, colour] = [next(BOARD), next(BOARD), next(16)];
      board[y * BOARD + x] = colour;
      progress.edited(x, y, colour);
    }
    const again = anew();
    for (const colour of [null, 0, 3, 15]) {
      expect(progress.of(colour)).toEqual(again.of(colour));
      const from = { x: next(BOARD), y: next(BOARD) };
      const skip = ({ x, y }: { x: number; y: number }) => (x + y) % 3 === 0;
      let least = Infinity;
      for (let p = 0; p < template.indices.length; p++) {
        const index = template.indices[p]!;
        const [x, y] = [at.x + (p % width), at.y + Math.floor(p / width)];
        if (index === EMPTY || (colour !== null && index !== colour) || skip({ x, y })) continue;
        if (x < 0 || y < 0 || x >= BOARD || y >= BOARD || board[y * BOARD + x] === index) continue;
        least = Math.min(least, (x - from.x) ** 2 + (y - from.y) ** 2);
      }
      const found = progress.nearest(from, colour, skip);
      expect(found ? (found.x - from.x) ** 2 + (found.y - from.y) ** 2 : Infinity).toBe(least);
    }
  }
});

test('when nothing is left there is no next one', () => {
  const progress = new Progress(cells(2, 4, 4), { x: 0, y: 0 }, 0);
  const plane = { x0: 0, y0: 0, x1: 2, y1: 1 };
  progress.open(plane);
  expect(progress.nearest({ x: 0, y: 0 }, null)).toBeNull();
  progress.scan(plane, () => 0);
  expect(progress.nearest({ x: 9, y: 0 }, 4)).toEqual({ x: 1, y: 0 });
  progress.scan(plane, () => 4);
  expect(progress.nearest({ x: 9, y: 0 }, null)).toBeNull();
  expect(leftOf(progress.of(null))).toBe(0);
  expect(progress.stateAt(0)).toBe(RIGHT);
});
