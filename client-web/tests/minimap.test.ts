// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { centred, centreOf, frameOf, inFrame, overview, planePoint, stepped } from '../src/core/minimap';

const bounds = { x0: -1000, y0: 0, x1: 2000, y1: 1000 };
const port = { width: 1200, height: 800, dpr: 2 };
const insets = { top: 50, right: 10, bottom: 110, left: 10 };

test('the overview shows all there is in its proportions', () => {
  expect(overview(bounds, 150)).toEqual({ width: 150, height: 50, scale: 0.05 });
  expect(overview({ x0: 0, y0: 0, x1: 1000, y1: 1000 }, 150)).toEqual({ width: 150, height: 150, scale: 0.15 });
  // A very long plane still has something to point at.
  expect(overview({ x0: 0, y0: 0, x1: 20_000, y1: 1000 }, 160).height).toBe(40);
});

test('the frame is where the view is', () => {
  const map = overview(bounds, 150);
  // 600 x 400 cells from (0, 100) on.
  expect(frameOf({ k: 2, x: 0, y: -200 }, port, bounds, map)).toEqual({ x0: 50, y0: 5, x1: 80, y1: 25 });
});

test('the frame stays on the overview and can always be seen', () => {
  const map = overview(bounds, 150);
  for (const view of [
    { k: 64, x: 600, y: 400 },
    { k: 64, x: 64 * 1000 + 600, y: 400 },
    { k: 64, x: -64 * 2000 + 600, y: -64 * 1000 + 400 },
    { k: 0.05, x: 500, y: 300 },
  ]) {
    const frame = frameOf(view, port, bounds, map);
    expect(frame.x0).toBeGreaterThanOrEqual(0);
    expect(frame.y0).toBeGreaterThanOrEqual(0);
    expect(frame.x1).toBeLessThanOrEqual(map.width);
    expect(frame.y1).toBeLessThanOrEqual(map.height);
    expect(frame.x1 - frame.x0).toBeGreaterThanOrEqual(4);
    expect(frame.y1 - frame.y0).toBeGreaterThanOrEqual(4);
  }
});

test('what somebody points at comes to the middle of the room', () => {
  const map = overview(bounds, 150);
  const at = planePoint({ x: 75, y: 25 }, bounds, map);
  expect(at).toEqual({ x: 500, y: 500 });
  const view = centred({ k: 3.3, x: 0, y: 0 }, at, port, insets, bounds);
  expect(view.k).toBe(3.3);
  const centre = centreOf(view, port, insets);
  expect(centre.x).toBeCloseTo(500);
  expect(centre.y).toBeCloseTo(500);
});

test('nobody is led out of the plane', () => {
  const view = centred({ k: 4, x: 0, y: 0 }, { x: 99_999, y: -500 }, port, insets, bounds);
  expect((port.width / 2 - view.x) / view.k).toBe(2000);
  expect((port.height / 2 - view.y) / view.k).toBe(0);
});

test('a key moves by a part of what is in view', () => {
  expect(stepped({ k: 4, x: -2000, y: -2000 }, 1, 0, port, bounds)).toEqual({ k: 4, x: -2150, y: -2000 });
  expect(stepped({ k: 4, x: -2000, y: -2000 }, 0, -1, port, bounds)).toEqual({ k: 4, x: -2000, y: -1900 });
});

test('a press in the frame takes hold of it', () => {
  const frame = { x0: 10, y0: 10, x1: 20, y1: 20 };
  expect(inFrame({ x: 10, y: 19 }, frame)).toBe(true);
  expect(inFrame({ x: 20, y: 19 }, frame)).toBe(false);
});
