// SPDX-License-Identifier: ISC
// What can be paid for, and when: the arithmetic of energy, in milliseconds of refill. The server is
// asked about nothing; it reports now and then, and what it says counts.

import type { Energy } from './limits';

/** What the server reported, and when that was by the page's clock. */
export interface Account {
  readonly limits: Energy;
  readonly at: number;
}

/** A pixel to be paid for. */
export interface Item {
  /** Nobody has painted it, or it was painted white again. */
  readonly blank: boolean;
  /** What the region that it is in multiplies its cost by. */
  readonly factor: number;
}

const MOST_NOTCHES = 24;

/** What there is now; below 0: debt. */
export function available({ limits, at }: Account, now: number): number {
  return Math.min(limits.capacity, limits.energy + Math.max(0, now - at));
}

/** The same account after something was spent (or, below 0, given back). */
export function spend(account: Account, cost: number, now: number): Account {
  const energy = available(account, now) - cost;
  return { limits: { ...account.limits, energy }, at: now };
}

/** How many pixels the energy stands for, where each further one takes longer than the one before. */
function stacked(curve: readonly number[], energy: number): number {
  let n = 0;
  for (let sum = 0; n < curve.length; n++) {
    sum += curve[n]!;
    if (sum > energy) break;
  }
  return n;
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** What one pixel costs by itself, where that is always the same. */
const priceOf = ({ blank, painted }: Energy, item: Item): number =>
  Math.ceil((item.blank ? blank : painted) * item.factor);

/** What has to be there for these pixels to be placed. */
export function needed(limits: Energy, items: readonly Item[]): number {
  const { curve } = limits;
  if (curve.length === 0) return sumOf(items.map((item) => priceOf(limits, item)));
  const pixels = items.filter(({ factor }) => factor > 0).length;
  return pixels > curve.length ? Infinity : sumOf(curve.slice(0, pixels));
}

/** What placing these pixels takes away when so much is there. */
export function costOf(limits: Energy, items: readonly Item[], energy: number): number {
  const { curve } = limits;
  if (curve.length === 0) return needed(limits, items);
  const pixels = items.filter(({ factor }) => factor > 0).length;
  const have = Math.max(pixels, stacked(curve, energy));
  return sumOf(curve.slice(have - pixels, have));
}

/** How long until these pixels can be placed: 0 is now, Infinity never. */
export function waitFor(account: Account, items: readonly Item[], now: number): number {
  const need = needed(account.limits, items);
  if (need === 0) return 0;
  if (need > account.limits.capacity) return Infinity;
  return Math.max(0, need - available(account, now));
}

/** How many of these pixels, from the first on, can be placed now. */
export function reach(account: Account, items: readonly Item[], now: number): number {
  let n = 0;
  while (n < items.length && waitFor(account, items.slice(0, n + 1), now) === 0) n++;
  return n;
}

/** How many pixels like this one can be placed now, and at most ever. */
export function charges(account: Account, item: Item, now: number): { now: number; most: number } {
  const { limits } = account;
  if (limits.curve.length > 0) {
    return { now: stacked(limits.curve, available(account, now)), most: limits.curve.length };
  }
  const price = priceOf(limits, item);
  if (price === 0) return { now: Infinity, most: Infinity };
  return {
    now: Math.max(0, Math.floor(available(account, now) / price)),
    most: Math.floor(limits.capacity / price),
  };
}

/** Where a bar of the capacity is to be divided, from 0 to 1: a part is a pixel. None where there
 * would be only one part, or too many to be seen. */
export function notches({ capacity, painted, curve }: Energy): number[] {
  let ends: number[];
  if (curve.length > 0) {
    let sum = 0;
    ends = curve.map((ms) => (sum += ms));
  } else {
    const parts = painted > 0 ? Math.floor(capacity / painted) : 0;
    if (parts > MOST_NOTCHES) return [];
    ends = Array.from({ length: parts }, (_, i) => (i + 1) * painted);
  }
  const inside = ends.filter((end) => end < capacity);
  return inside.length < MOST_NOTCHES ? inside.map((end) => end / capacity) : [];
}
