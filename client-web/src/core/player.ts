// SPDX-License-Identifier: ISC
// Playing: how far along the axis so much time of ours leads, at so many times the speed of then.

import type { Axis } from './axis';

export const SPEEDS = [1, 10, 100, 1_000] as const;
export type Speed = (typeof SPEEDS)[number];
/** An idle stretch is passed within this time, also at the speed of then. */
const IDLE_PASS_MS = 800;

/** The place on the axis after so many milliseconds; 1 at the end. */
export function advance(axis: Axis, place: number, ms: number, speed: Speed): number {
  let at = place;
  let left = ms;
  // Each turn ends at an edge of an idle stretch, or with nothing left.
  for (let i = 0; i <= 2 * axis.idle.length && left > 0 && at < 1; i++) {
    const idle = axis.idle.find(({ from, to }) => at >= from && at < to);
    const edge = idle?.to ?? axis.idle.find(({ from }) => from > at)?.from ?? 1;
    const usual = speed / axis.unitMs;
    const rate = idle ? Math.max(usual, (idle.to - idle.from) / IDLE_PASS_MS) : usual;
    const needed = (edge - at) / rate;
    if (needed > left) return at + left * rate;
    left -= needed;
    at = edge;
  }
  return Math.min(at, 1);
}
