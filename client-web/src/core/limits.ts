// SPDX-License-Identifier: ISC
// How much one may draw, as the server says it (PROTOCOL.md, "Energy"): checked values or null.

/** In milliseconds of refill: it grows by 1 ms a millisecond, up to the capacity. */
export interface Energy {
  readonly policy: string;
  readonly capacity: number;
  /** What an edit of a pixel that nobody painted costs, and of any other. */
  readonly blank: number;
  readonly painted: number;
  /** What gaining pixel 1, 2, ... takes, where that is not always the same; else empty. */
  readonly curve: readonly number[];
  /** What there was when it was said; below 0: debt. */
  readonly energy: number;
}

const CURVE_MAX = 64;

export const isCount = (v: unknown): v is number => Number.isSafeInteger(v) && (v as number) >= 0;

/** Null where nothing is counted, or nothing is known. */
export function parseEnergy(value: unknown): Energy | null {
  if (typeof value !== 'object' || value === null) return null;
  const { policy, capacity, blank, painted, energy, curve = [] } = value as Record<string, unknown>;
  if (typeof policy !== 'string' || !isCount(capacity) || capacity === 0) return null;
  if (!isCount(blank) || !isCount(painted) || !Number.isSafeInteger(energy)) return null;
  if (!Array.isArray(curve) || curve.length > CURVE_MAX || !curve.every(isCount)) return null;
  return { policy, capacity, blank, painted, curve, energy: energy as number };
}
