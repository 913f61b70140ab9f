// SPDX-License-Identifier: ISC
import { describe, expect, test } from 'vitest';
import {
  areaOf,
  boundsOf,
  byDistance,
  canvasOf,
  folderOf,
  levelFor,
  onCanvas,
  pictureOf,
  splitByCanvas,
} from '../src/core/plane';

const size = { width: 1000, height: 1000 };
const at = (x: number, y: number) => ({ x, y });

test.each([
  [0, 0, 0, 0, 0, 0],
  [999, 1000, 0, 1, 999, 0],
  [-1, -1000, -1, -1, 999, 0],
  [-1001, 2500, -2, 2, 999, 500],
])('cell %i, %i is on canvas %i, %i at %i, %i', (X, Y, gx, gy, x, y) => {
  expect(canvasOf(at(X, Y), size)).toEqual(at(gx, gy));
  expect(onCanvas(at(X, Y), size)).toEqual(at(x, y));
});

test('the first canvas has its paths at the top', () => {
  expect(folderOf(at(0, 0))).toBe('');
  expect(folderOf(at(-1, 7))).toBe('c/-1,7/');
  expect(pictureOf(at(0, 0))).toBe('canvas.png');
  expect(pictureOf(at(-1, 7))).toBe('c/-1,7/canvas.png');
});

test('canvases and squares of them cover their part of the plane', () => {
  expect(areaOf(at(-1, 2), size)).toEqual({ x0: -1000, y0: 2000, x1: 0, y1: 3000 });
  expect(areaOf(at(-1, 0), size, 2)).toEqual({ x0: -4000, y0: 0, x1: 0, y1: 4000 });
  expect(boundsOf([at(-1, 2), at(1, 0)], size)).toEqual({ x0: -1000, y0: 0, x1: 2000, y1: 3000 });
});

test('a line across the corner of four canvases is a part for each, in order', () => {
  const edits = [-2, -1, 0, 1].map((d) => ({ x: d, y: d, colour: d + 2 }));
  edits.push({ x: 5, y: -5, colour: 9 });
  expect([...splitByCanvas(edits, size).values()]).toEqual([
    {
      at: at(-1, -1),
      edits: [
        { x: 998, y: 998, colour: 0 },
        { x: 999, y: 999, colour: 1 },
      ],
    },
    {
      at: at(0, 0),
      edits: [
        { x: 0, y: 0, colour: 2 },
        { x: 1, y: 1, colour: 3 },
      ],
    },
    { at: at(0, -1), edits: [{ x: 5, y: 995, colour: 9 }] },
  ]);
});

describe('the nearest canvases', () => {
  const all = Array.from({ length: 20 }, (_, i) => at((i % 5) - 2, Math.floor(i / 5) - 2));

  test('are those that the view shows, nearest to its middle first', () => {
    const area = { x0: -100, y0: -100, x1: 300, y1: 100 };
    const near = byDistance(all, size, area, at(100, 0));
    expect(near.map(({ x, y }) => `${x},${y}`).sort()).toEqual(['-1,-1', '-1,0', '0,-1', '0,0']);
    expect(near[0]!.x).toBe(0);
    expect(near[2]!.x).toBe(-1);
  });

  test('are none where there are none', () => {
    const area = { x0: 9000, y0: 0, x1: 9100, y1: 100 };
    expect(byDistance(all, size, area, at(9050, 50))).toEqual([]);
  });
});

test.each([
  [16, 0],
  [1, 0],
  [0.51, 0],
  [0.5, 1],
  [0.26, 1],
  [0.25, 2],
  [1 / 3000, 11],
  [1e-9, 11],
])('at %f device pixels a cell the pictures of level %i have pixels enough', (scale, level) => {
  expect(levelFor(scale)).toBe(level);
});
