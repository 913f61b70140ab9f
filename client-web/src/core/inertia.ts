// SPDX-License-Identifier: ISC
// What a picture that was thrown does: how fast it was when it was let go, and how it comes to rest.
// Speeds are CSS pixels a second, times milliseconds.

import type { Point } from './view';

interface Sample {
  readonly point: Point;
  readonly time: number;
}

/** Where a pointer was in the last moments, the oldest first. */
export type Trail = readonly Sample[];

export const NO_TRAIL: Trail = [];

const WINDOW_MS = 160;
/** A pointer that rested for so long before it was lifted throws nothing. */
const REST_MS = 80;
export const MAX_SPEED = 1_400;
export const DECELERATION = 2_500;
/** Slower than this, nothing would be seen. */
const MIN_SPEED = 60;

export function moved(trail: Trail, point: Point, time: number): Trail {
  const last = trail[trail.length - 1];
  // Where a pointer goes up it has not moved since it was reported last.
  if (last && last.point.x === point.x && last.point.y === point.y) return trail;
  return [...trail.filter((sample) => time - sample.time <= WINDOW_MS), { point, time }];
}

/** The speed of a pointer that was lifted at this time, or null if it stood still. */
export function glide(trail: Trail, time: number): Point | null {
  const recent = trail.filter((sample) => time - sample.time <= WINDOW_MS);
  const first = recent[0];
  const last = recent[recent.length - 1];
  if (!first || !last || first === last || time - last.time > REST_MS) return null;
  const seconds = (last.time - first.time) / 1_000;
  if (seconds <= 0) return null;
  const vx = (last.point.x - first.point.x) / seconds;
  const vy = (last.point.y - first.point.y) / seconds;
  const speed = Math.hypot(vx, vy);
  if (speed < MIN_SPEED) return null;
  const by = Math.min(1, MAX_SPEED / speed);
  return { x: vx * by, y: vy * by };
}

/** How long something of this speed takes to come to rest. */
export const glideMs = ({ x, y }: Point): number => (Math.hypot(x, y) / DECELERATION) * 1_000;

/** How far it has come after this time: it slows down evenly, which eases out. */
export function glided(velocity: Point, ms: number): Point {
  const whole = glideMs(velocity);
  const t = Math.min(Math.max(0, ms), whole);
  const seconds = (t - (t * t) / (2 * Math.max(whole, 1e-9))) / 1_000;
  return { x: velocity.x * seconds, y: velocity.y * seconds };
}
