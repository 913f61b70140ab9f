// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { areaIn, cheapest, Dirty } from '../src/core/dirty';
import type { Rect } from '../src/core/edit';

const SIZE = { width: 1000, height: 70 };
const at = (x0: number, y0: number, x1 = x0 + 1, y1 = y0 + 1): Rect => ({ x0, y0, x1, y1 });

function fresh(): Dirty {
  const dirty = new Dirty(SIZE);
  dirty.take();
  return dirty;
}

test('at first it is all of it, and then nothing', () => {
  const dirty = new Dirty(SIZE);
  expect(dirty.take()).toEqual([at(0, 0, 1000, 70)]);
  expect(dirty.take()).toEqual([]);
});

test('cells that lie far apart are not all that lies between them', () => {
  const dirty = fresh();
  dirty.add(0, 0);
  dirty.add(999, 69);
  expect(dirty.take()).toEqual([at(0, 0), at(999, 69)]);
  expect(dirty.take()).toEqual([]);
});

test('cells that lie close together are one rectangle', () => {
  const dirty = fresh();
  for (const [x, y] of [[20, 5], [17, 3], [31, 15]] as const) dirty.add(x, y);
  expect(dirty.take()).toEqual([at(17, 3, 32, 16)]);
});

test('every cell that changed is in one of the rectangles, which do not overlap', () => {
  const dirty = fresh();
  const cells = new Set<string>();
  for (let i = 0, n = 1; i < 500; i++, n = (n * 48271) % 0x7fffffff) {
    const [x, y] = [n % SIZE.width, (n >> 12) % SIZE.height];
    dirty.add(x, y);
    cells.add(`${x},${y}`);
  }
  const rects = dirty.take();
  const covered = new Set<string>();
  for (const { x0, y0, x1, y1 } of rects) {
    for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) covered.add(`${x},${y}`);
  }
  expect(covered.size).toBe(rects.reduce((sum, r) => sum + areaIn(r), 0));
  expect([...cells].filter((cell) => !covered.has(cell))).toEqual([]);
});

test('once it is all of it, single cells count for nothing', () => {
  const dirty = fresh();
  dirty.add(3, 3);
  dirty.addAll();
  dirty.add(4, 4);
  expect(dirty.take()).toEqual([at(0, 0, 1000, 70)]);
  expect(dirty.take()).toEqual([]);
});

test('changes in very many places are changes of all', () => {
  const dirty = new Dirty({ width: 1000, height: 1000 });
  dirty.take();
  for (let i = 0; i < 513; i++) dirty.add((16 * i) % 992, 16 * Math.floor((16 * i) / 992));
  expect(dirty.take()).toEqual([at(0, 0, 1000, 1000)]);
  dirty.add(20, 20);
  expect(dirty.take()).toEqual([at(20, 20)]);
});

test('many small rectangles become the one around them where that is cheaper', () => {
  const near = [at(0, 0), at(5, 5)];
  const far = [at(0, 0), at(900, 60)];
  expect(cheapest(near, 100)).toEqual([at(0, 0, 6, 6)]);
  expect(cheapest(far, 100)).toBe(far);
  expect(cheapest([], 100)).toEqual([]);
});
