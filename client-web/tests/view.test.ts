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
  pan,
  recentre,
  scaleAbout,
  step,
  visible,
  zoomAbout,
  type View,
} from '../src/core/view';

const bounds = { x0: 0, y0: 0, x1: 1000, y1: 1000 };
/** Three canvases by two, some of them at negative positions. */
const wide = { x0: -1000, y0: -2000, x1: 2000, y1: 0 };
const port = { width: 1280, height: 800, dpr: 1 };
const phone = { width: 390, height: 844, dpr: 3 };
const insets = { top: 50, right: 16, bottom: 80, left: 16 };
const centre = { x: 640, y: 400 };

test('a point of the screen is in the cell that is drawn there', () => {
  const view = { k: 16, x: -100, y: 32 };
  expect(cellAt(view, { x: -100, y: 32 })).toEqual({ x: 0, y: 0 });
  expect(cellAt(view, { x: -84.01, y: 48 })).toEqual({ x: 0, y: 1 });
  expect(cellAt(view, { x: -101, y: 40 })).toEqual({ x: -1, y: 0 });
  expect(cellAt(view, { x: -100 + 16000, y: 15.9 })).toEqual({ x: 1000, y: -2 });
});

test('the zoomed point stays where it is', () => {
  const before = { k: 3, x: 17, y: -40 };
  const after = scaleAbout(before, 7.5, { x: 300, y: 200 });
  expect((300 - after.x) / after.k).toBeCloseTo((300 - before.x) / before.k);
  expect((200 - after.y) / after.k).toBeCloseTo((200 - before.y) / before.k);
});

describe('fit', () => {
  const ports = [port, phone, { ...port, width: 2560 }, { ...port, width: 1281.6 }];
  const cases = ports.flatMap((p) => [bounds, wide].map((b) => [p, b] as const));

  test.each(cases)('in %j shows all of %j, as large as there is room for', (p, b) => {
    const view = fit(p, insets, b);
    const room = { width: p.width - 32, height: p.height - 130 };
    const width = (b.x1 - b.x0) * view.k;
    const height = (b.y1 - b.y0) * view.k;
    expect(Math.max(width / room.width, height / room.height)).toBeCloseTo(1);
    expect(view.x + b.x0 * view.k).toBeGreaterThanOrEqual(insets.left - 1);
    expect(view.y + b.y0 * view.k).toBeGreaterThanOrEqual(insets.top - 1);
    expect(view.x + b.x1 * view.k).toBeLessThanOrEqual(p.width - insets.right + 1);
    expect(view.y + b.y1 * view.k).toBeLessThanOrEqual(p.height - insets.bottom + 1);
  });

  test('fills the room to the last hair', () => {
    const view = fit(port, insets, bounds);
    expect(view.k * 1000).toBeCloseTo(670, 9);
    expect(view.y).toBeCloseTo(50, 9);
  });
});

describe('steps', () => {
  test('in and out are twice and half, whatever the scale is', () => {
    const view = { k: 5.3, x: 0, y: 0 };
    expect(step(view, 1, centre, port, bounds).k).toBe(10.6);
    expect(step(view, -1, centre, port, bounds).k).toBe(2.65);
  });

  test('as many out as in lead back', () => {
    const start = { k: 2.7, x: 12.3, y: -45.6 };
    let view: View = start;
    for (let i = 0; i < 4; i++) view = step(view, 1, centre, port, bounds);
    for (let i = 0; i < 4; i++) view = step(view, -1, centre, port, bounds);
    expect(Math.abs(view.k - start.k)).toBeLessThan(1e-9);
    expect(Math.hypot(view.x - start.x, view.y - start.y)).toBeLessThan(1e-9);
  });

  test('end at the limits', () => {
    let view: View = { k: 5, x: 0, y: 0 };
    for (let i = 0; i < 20; i++) view = step(view, 1, centre, port, bounds);
    expect(view.k).toBe(MAX_K);
    for (let i = 0; i < 20; i++) view = step(view, -1, centre, port, bounds);
    expect(view.k).toBe(minK(port, bounds));
  });
});

test('nothing that moves a view changes its scale but zooming, and that to what was asked for', () => {
  const view = { k: 3.1415926, x: 0.123, y: -7.89 };
  expect(pan(view, 1.5, -0.25, port, bounds)).toEqual({ k: view.k, x: 1.623, y: -8.14 });
  expect(recentre(view, port, { width: 1000, height: 600 }, bounds).k).toBe(view.k);
  expect(lookAt({ x: 3, y: 4 }, 8.8, centre, port, bounds).k).toBe(8.8);
  expect(zoomAbout(view, 1.01, centre, port, bounds).k).toBe(view.k * 1.01);
});

test('the picture cannot get lost', () => {
  expect(clamp({ k: 1, x: 5000, y: -5000 }, port, bounds)).toEqual({ k: 1, x: 640, y: -600 });
  const fine = { k: 1, x: 0, y: 0 };
  expect(clamp(fine, port, bounds)).toBe(fine);
  expect(clamp({ k: 1, x: 5000, y: -5000 }, port, wide)).toEqual({ k: 1, x: 1640, y: 400 });
});

test('a cell is looked at in its middle', () => {
  const view = lookAt({ x: 500, y: 300 }, 16, centre, port, bounds);
  expect(view).toEqual({ k: 16, x: 640 - 500.5 * 16, y: 400 - 300.5 * 16 });
});

test('the view follows a cell no farther than it must', () => {
  const view = { k: 10, x: 0, y: 0 };
  expect(follow(view, { x: 50, y: 30 }, port, insets, bounds)).toBe(view);
  const right = follow(view, { x: 130, y: 30 }, port, insets, bounds);
  expect(right).toEqual({ k: 10, x: 1280 - 16 - 10 - 1300, y: 0 });
  const up = follow({ k: 10, x: 0, y: -600 }, { x: 50, y: 55 }, port, insets, bounds);
  expect(up.y).toBe(50 - 550);
});

test('another window size keeps the middle in the middle', () => {
  const view = recentre({ k: 4, x: -100, y: -50 }, port, { width: 1000, height: 600 }, bounds);
  expect(view).toEqual({ k: 4, x: -240, y: -150 });
});

test('what the window shows is known in whole cells', () => {
  expect(visible({ k: 10, x: -25, y: 30 }, port)).toEqual({ x0: 2, y0: -3, x1: 131, y1: 77 });
  expect(visible({ k: 0.5, x: 100, y: 100 }, port)).toEqual({
    x0: -200,
    y0: -200,
    x1: 2360,
    y1: 1400,
  });
});
