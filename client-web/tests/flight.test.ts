// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { flight } from '../src/core/flight';
import { scaleAbout, type View } from '../src/core/view';

const port = { width: 1280, height: 800 };
const parts = [0.1, 0.25, 0.5, 0.75, 0.9];
const start: View = { k: 4, x: -100, y: -200 };

test('begins and ends exactly at the two views', () => {
  for (const to of [start, { k: 4, x: 0, y: 5 }, { k: 16, x: 9_000, y: -400 }, { k: 0.7, x: 0, y: 0 }]) {
    const way = flight(start, to, port);
    expect(way(0)).toBe(start);
    expect(way(1)).toBe(to);
    for (const part of parts) {
      const { k, x, y } = way(part);
      expect([k, x, y].every(Number.isFinite)).toBe(true);
    }
  }
});

test('holds the point still about which it zooms', () => {
  const point = { x: 300, y: 250 };
  const way = flight(start, scaleAbout(start, 16, point), port);
  for (const part of parts) {
    const { k, x, y } = way(part);
    expect((point.x - x) / k).toBeCloseTo((300 + 100) / 4);
    expect((point.y - y) / k).toBeCloseTo((250 + 200) / 4);
  }
  expect(way(0.5).k).toBeCloseTo(8);
});

test('goes straight to what is near, at the same scale', () => {
  const way = flight(start, { k: 4, x: 300, y: -200 }, port);
  expect(way(0.5)).toEqual({ k: 4, x: 100, y: -200 });
});

test('goes out on a long way, over the middle of it, and never farther in than both ends', () => {
  const to = { k: 8, x: -9_000, y: -7_000 };
  const way = flight({ k: 8, x: 0, y: 0 }, to, port);
  const { k, x, y } = way(0.5);
  expect(k).toBeLessThan(4);
  expect((port.width / 2 - x) / k).toBeCloseTo((80 + 9_640 / 8) / 2, 0);
  expect((port.height / 2 - y) / k).toBeCloseTo((50 + 7_400 / 8) / 2, 0);
  for (const part of parts) expect(way(part).k).toBeLessThanOrEqual(8 + 1e-9);
  expect(way(1 - 1e-6).x).toBeCloseTo(to.x, 0);
});

test('is smooth: no step is much longer than the ones beside it', () => {
  const way = flight({ k: 2, x: 0, y: 0 }, { k: 16, x: -9_000, y: -12_000 }, port);
  let last = way(0);
  for (let part = 0.01; part <= 1; part += 0.01) {
    const now = way(part);
    expect(Math.abs(Math.log(now.k / last.k))).toBeLessThan(0.2);
    last = now;
  }
});
