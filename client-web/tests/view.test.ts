// SPDX-License-Identifier: ISC
import { describe, expect, test } from 'vitest';
import {
  cellAt,
  clamp,
  fit,
  follow,
  lookAt,
  MAX_K,
  minK,
  recentre,
  rest,
  scaleAbout,
  step,
  visible,
  type View,
} from '../src/core/view';

const size = { width: 1000, height: 1000 };
const port = { width: 1280, height: 800, dpr: 1 };
const phone = { width: 390, height: 844, dpr: 3 };
const insets = { top: 50, right: 16, bottom: 80, left: 16 };
const centre = { x: 640, y: 400 };

function expectAtRest(view: View, dpr: number): void {
  for (const v of [view.x * dpr, view.y * dpr]) expect(Math.abs(v - Math.round(v))).toBeLessThan(1e-6);
  const k = view.k * dpr;
  if (k >= 1) expect(Math.abs(k - Math.round(k))).toBeLessThan(1e-6);
}

test('a point of the screen is in the cell that is drawn there', () => {
  const view = { k: 16, x: -100, y: 32 };
  expect(cellAt(view, { x: -100, y: 32 }, size)).toEqual({ x: 0, y: 0 });
  expect(cellAt(view, { x: -84.01, y: 48 }, size)).toEqual({ x: 0, y: 1 });
  expect(cellAt(view, { x: -101, y: 40 }, size)).toBeNull();
  expect(cellAt(view, { x: -100 + 16000, y: 40 }, size)).toBeNull();
});

test('the zoomed point stays where it is', () => {
  const before = { k: 3, x: 17, y: -40 };
  const after = scaleAbout(before, 7.5, { x: 300, y: 200 });
  expect((300 - after.x) / after.k).toBeCloseTo((300 - before.x) / before.k);
  expect((200 - after.y) / after.k).toBeCloseTo((200 - before.y) / before.k);
});

describe('fit', () => {
  test.each([port, phone, { ...port, dpr: 1.25 }, { width: 2560, height: 1440, dpr: 1 }])(
    'shows the whole board clear of the surfaces in %j',
    (p) => {
      const view = fit(p, insets, size);
      expectAtRest(view, p.dpr);
      expect(view.x).toBeGreaterThanOrEqual(insets.left - 1);
      expect(view.y).toBeGreaterThanOrEqual(insets.top - 1);
      expect(view.x + 1000 * view.k).toBeLessThanOrEqual(p.width - insets.right + 1);
      expect(view.y + 1000 * view.k).toBeLessThanOrEqual(p.height - insets.bottom + 1);
    },
  );
});

describe('a gesture comes to rest', () => {
  const start = { k: 4, x: 10, y: 20 };

  test('on whole device pixels after a pan', () => {
    const view = rest(start, { k: 4, x: 10.4, y: -3.7 }, port, size);
    expect(view).toEqual({ k: 4, x: 10, y: -4 });
  });

  test('at the next whole scale in its own direction, so that a small step counts', () => {
    const closer = rest(start, scaleAbout(start, 4.2, centre), port, size);
    const farther = rest(start, scaleAbout(start, 3.9, centre), port, size);
    expect(closer.k).toBe(5);
    expect(farther.k).toBe(3);
    expectAtRest(closer, 1);
  });

  test('about the point that it held still', () => {
    const view = rest(start, scaleAbout(start, 7.3, { x: 200, y: 300 }), port, size);
    expect(view.k).toBe(8);
    expect(Math.abs((200 - view.x) / view.k - (200 - start.x) / start.k)).toBeLessThan(0.1);
  });

  test('at thirds of a pixel where there are three device pixels to one', () => {
    const view = rest(start, scaleAbout(start, 4.4, centre), phone, size);
    expect(view.k * 3).toBeCloseTo(14);
    expectAtRest(view, 3);
  });

  test('at any scale below one device pixel a cell', () => {
    const from = { k: 0.7, x: 0, y: 0 };
    expect(rest(from, scaleAbout(from, 0.61, centre), port, size).k).toBe(0.61);
  });
});

describe('steps', () => {
  test('in and out are twice and half, at a scale that may rest', () => {
    const view = { k: 5, x: 0, y: 0 };
    expect(step(view, 1, centre, port, size).k).toBe(10);
    expect(step(view, -1, centre, port, size).k).toBe(2);
  });

  test('end at the limits', () => {
    let view: View = { k: 5, x: 0, y: 0 };
    for (let i = 0; i < 20; i++) view = step(view, 1, centre, port, size);
    expect(view.k).toBe(MAX_K);
    for (let i = 0; i < 20; i++) view = step(view, -1, centre, port, size);
    expect(view.k).toBe(minK(port, size));
  });
});

test('the board cannot get lost', () => {
  expect(clamp({ k: 1, x: 5000, y: -5000 }, port, size)).toEqual({ k: 1, x: 640, y: -600 });
  const fine = { k: 1, x: 0, y: 0 };
  expect(clamp(fine, port, size)).toBe(fine);
});

test('a cell is looked at in its middle', () => {
  const view = lookAt({ x: 500, y: 300 }, 16, centre, port, size);
  expect(view).toEqual({ k: 16, x: 640 - 500.5 * 16, y: 400 - 300.5 * 16 });
});

test('the view follows a cell no farther than it must', () => {
  const view = { k: 10, x: 0, y: 0 };
  expect(follow(view, { x: 50, y: 30 }, port, insets, size)).toBe(view);
  const right = follow(view, { x: 130, y: 30 }, port, insets, size);
  expect(right).toEqual({ k: 10, x: 1280 - 16 - 10 - 1300, y: 0 });
  const up = follow({ k: 10, x: 0, y: -600 }, { x: 50, y: 55 }, port, insets, size);
  expect(up.y).toBe(50 - 550);
});

test('another window size keeps the middle in the middle', () => {
  const view = recentre({ k: 4, x: -100, y: -50 }, port, { width: 1000, height: 600, dpr: 1 }, size);
  expect(view).toEqual({ k: 4, x: -240, y: -150 });
});

test('only what the window shows is drawn', () => {
  expect(visible({ k: 10, x: -25, y: 30 }, port, size)).toEqual({ x0: 2, y0: 0, x1: 131, y1: 77 });
  expect(visible({ k: 0.5, x: 100, y: 100 }, port, size)).toEqual({ x0: 0, y0: 0, x1: 1000, y1: 1000 });
});
