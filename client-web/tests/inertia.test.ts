// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { DECELERATION, glide, glided, glideMs, MAX_SPEED, moved, NO_TRAIL, type Trail } from '../src/core/inertia';

/** A pointer that moves by this much every ten milliseconds, until the time 200. */
function pulled(dx: number, dy = 0): Trail {
  let trail = NO_TRAIL;
  for (let i = 0; i <= 20; i++) trail = moved(trail, { x: i * dx, y: i * dy }, 10 * i);
  return trail;
}

test('the speed is that of the last 160 ms', () => {
  expect(glide(pulled(5), 200)).toEqual({ x: 500, y: 0 });
  let trail = NO_TRAIL;
  // Quick at first, slow in the end.
  for (let i = 0; i <= 40; i++) trail = moved(trail, { x: i <= 20 ? 50 * i : 1_000 + i, y: 0 }, 10 * i);
  expect(glide(trail, 400)!.x).toBeCloseTo(100);
});

test('it is 1,400 pixels a second at most, in the same direction', () => {
  const { x, y } = glide(pulled(30, -40), 200)!;
  expect(Math.hypot(x, y)).toBeCloseTo(MAX_SPEED);
  expect(y / x).toBeCloseTo(-4 / 3);
});

test('nothing is thrown that stood still, crept, or was only touched', () => {
  expect(glide(pulled(5), 290)).toBeNull();
  expect(glide(pulled(0.2), 200)).toBeNull();
  expect(glide(moved(NO_TRAIL, { x: 1, y: 1 }, 0), 0)).toBeNull();
  expect(glide(NO_TRAIL, 0)).toBeNull();
  expect(glide(moved(moved(NO_TRAIL, { x: 1, y: 1 }, 5), { x: 9, y: 9 }, 5), 5)).toBeNull();
});

test('it slows down evenly: first at its full speed, in the end at none', () => {
  const velocity = { x: 1_000, y: 0 };
  const whole = glideMs(velocity);
  expect(whole).toBeCloseTo((1_000 / DECELERATION) * 1_000);
  expect(glided(velocity, 1).x).toBeCloseTo(1, 1);
  expect(glided(velocity, whole).x).toBeCloseTo(1_000 ** 2 / (2 * DECELERATION));
  expect(glided(velocity, whole).x - glided(velocity, whole - 1).x).toBeLessThan(0.01);
  expect(glided(velocity, 10 * whole)).toEqual(glided(velocity, whole));
  expect(glided({ x: 0, y: 0 }, 5)).toEqual({ x: 0, y: 0 });
});
