// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { turned, type Turn } from '../src/core/turn';
import { cellAt, fit, MAX_K, minK, type Point, type View } from '../src/core/view';

const bounds = { x0: 0, y0: 0, x1: 1000, y1: 1000 };
const port = { width: 1280, height: 800 };
const insets = { top: 56, right: 16, bottom: 90, left: 16 };

/** So many notches of each size, one after the other. */
function turn(start: View, point: Point, ...deltas: number[]): View {
  let last: Turn | null = null;
  let view = start;
  for (const delta of deltas) {
    last = turned(last, view, point, delta, port, bounds);
    view = last.view;
  }
  return view;
}

const notches = (count: number, delta: number): number[] => Array.from({ length: count }, () => delta);

const views: View[] = [
  fit(port, insets, bounds),
  { k: 16, x: -7_000, y: -7_500 },
  { k: 2.718281828, x: -123.456, y: -7.89 },
  { k: 1, x: 640, y: 400 },
];
// The last one is beside the canvas, so that zooming in about it is held back at the canvas's edge.
const points = [{ x: 640, y: 400 }, { x: 311.7, y: 522.3 }, { x: 4, y: 790 }];

test.each(views.flatMap((view) => points.map((point) => [view, point] as const)))(
  'ten notches in and ten out, or out and in, lead from %j about %j back exactly',
  (view, point) => {
    // As browsers report them.
    for (const notch of [100, 120, 53, 66.66666667]) {
      const back = turn(view, point, ...notches(10, -notch), ...notches(10, notch));
      expect(Math.abs(back.k / view.k - 1)).toBeLessThan(1e-9);
      expect(Math.hypot(back.x - view.x, back.y - view.y)).toBeLessThan(1e-6);
    }
    expect(turn(view, point, ...notches(10, -120), ...notches(10, 120))).toBe(view);
  },
);

test('the point stays where it is', () => {
  const point = { x: 311.7, y: 522.3 };
  const view = turn(views[1]!, point, -100, -100, 200, -100);
  expect(cellAt(view, point)).toEqual(cellAt(views[1]!, point));
});

test('five notches of a hundred double the scale', () => {
  expect(turn(views[1]!, points[0]!, ...notches(5, -100)).k).toBe(32);
});

test('at the limits it ends, and what was turned in vain need not be turned back', () => {
  const close = turn(views[1]!, points[0]!, ...notches(30, -100));
  expect(close.k).toBe(MAX_K);
  const back = turn(views[1]!, points[0]!, ...notches(30, -100), 500);
  expect(back.k).toBeCloseTo(MAX_K / 2);
  expect(turn(views[1]!, points[0]!, ...notches(60, 100)).k).toBe(minK(port, bounds));
});

test('from elsewhere or about another point it begins anew', () => {
  const first = turned(null, views[1]!, points[0]!, -100, port, bounds);
  const moved = { ...first.view, x: first.view.x + 10 };
  expect(turned(first, moved, points[0]!, -100, port, bounds).start).toBe(moved);
  expect(turned(first, first.view, points[1]!, -100, port, bounds).start).toBe(first.view);
  expect(turned(first, first.view, { x: 641, y: 401 }, -100, port, bounds).start).toBe(views[1]);
});
