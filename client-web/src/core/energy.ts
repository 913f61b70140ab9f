// SPDX-License-Identifier: ISC
// What can be paid for, and when: the arithmetic of energy, in milliseconds of refill (PROTOCOL.md,
// "Energy"). The server reports now and then, and what it says counts.

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

/** Of what a pixel costs as a rule, in percent: whole numbers, as the server counts. */
const percentOf = ({ factor }: Item): number => Math.round(100 * factor);

const priceOf = ({ blank, painted }: Energy, item: Item): number =>
  Math.ceil(((item.blank ? blank : painted) * percentOf(item)) / 100);

/** What has to be there for these pixels to be placed; Infinity where that can never be. */
export function needed(limits: Energy, items: readonly Item[]): number {
  const { curve, capacity } = limits;
  let need = sumOf(items.map((item) => priceOf(limits, item)));
  if (curve.length > 0) {
    const pixels = Math.ceil(sumOf(items.map(percentOf)) / 100);
    need = pixels > curve.length ? Infinity : sumOf(curve.slice(0, pixels));
  }
  if (need <= capacity) return need;
  // One that was made dearer than all there can be needs a full charge, and leaves a debt.
  return items.length === 1 ? capacity : Infinity;
}

/** What one pixel more takes away, where further ones take longer: the one that was gained last. The
 * progress to the next is kept, but makes none by itself. */
function takePixel(curve: readonly number[], energy: number): number {
  const n = stacked(curve, energy);
  if (n === 0) return curve[0]!;
  const last = curve[n - 1]!;
  const over = energy - sumOf(curve.slice(0, n));
  return last + over - Math.min(over, last - 1);
}

/** What placing these pixels takes away when so much is there. */
export function costOf(limits: Energy, items: readonly Item[], energy: number): number {
  const { curve, capacity } = limits;
  if (curve.length === 0) return sumOf(items.map((item) => priceOf(limits, item)));
  let percents = sumOf(items.map(percentOf));
  let left = Math.min(energy, capacity);
  let cost = 0;
  for (let i = 0; i < curve.length && percents >= 100; i++, percents -= 100) {
    const taken = takePixel(curve, left);
    cost += taken;
    left -= taken;
  }
  if (percents === 0) return cost;
  const pixel = percents < 100 ? takePixel(curve, left) : curve[0]!;
  return cost + Math.ceil((pixel * percents) / 100);
}

/** How long until these pixels can be placed: 0 is now, Infinity never. */
export function waitFor(account: Account, items: readonly Item[], now: number): number {
  const need = needed(account.limits, items);
  if (need === 0) return 0;
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
