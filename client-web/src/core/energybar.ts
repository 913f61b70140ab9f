// SPDX-License-Identifier: ISC
// What is shown of the energy: how full it is, what the pixels that are aimed at would take away, how long
// until the next one, and when that is to be looked at again.

import { available, charges, costOf, notches, waitFor, type Account, type Item } from './energy';

export interface EnergyShown {
  /** Of the capacity, from 0 to 1: what is there, and of that the last part, which the aim would cost; 0 if
   * it costs nothing or cannot be paid for. */
  readonly share: number;
  readonly cost: number;
  /** Where the bar is divided. */
  readonly notches: readonly number[];
  /** How many plain pixels that is now, and at most. */
  readonly pixels: number;
  readonly most: number;
  /** Until what is aimed at, or a plain pixel, can be paid for: 0 is now, Infinity never. */
  readonly wait: number;
  /** Until nothing is missing any more. */
  readonly full: number;
  /** When it has to be asked again, in milliseconds; Infinity: not at all. */
  readonly again: number;
}

/** What a pixel costs as a rule. */
export const PLAIN: Item = { blank: false, factor: 1 };

const SECOND = 1_000;
/** No finer than anybody can see, so that what looks the same is the same. */
const round = (share: number): number => Math.round(10_000 * Math.max(0, Math.min(1, share))) / 10_000;

export function energyShown(account: Account, aimed: readonly Item[], now: number): EnergyShown {
  const { limits } = account;
  const { capacity } = limits;
  const energy = available(account, now);
  const payable = waitFor(account, aimed, now) === 0;
  const cost = payable ? Math.min(energy, costOf(limits, aimed, energy)) : 0;
  const wait = waitFor(account, aimed.length > 0 ? aimed.slice(0, 1) : [PLAIN], now);
  const { now: pixels, most } = charges(account, PLAIN, now);
  const full = capacity - energy;
  const counts = wait > 0 && wait < Infinity;
  return {
    share: round(energy / capacity),
    cost: round(cost / capacity),
    notches: notches(limits),
    pixels: Math.min(pixels, capacity),
    most: Math.min(most, capacity),
    wait,
    full,
    // The next whole second of what is counted down; or else a second, as long as it grows.
    again: full <= 0 ? Infinity : counts ? wait % SECOND || SECOND : Math.min(SECOND, full),
  };
}
