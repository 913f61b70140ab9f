// SPDX-License-Identifier: ISC
import { describe, expect, test } from 'vitest';
import { available, charges, costOf, needed, notches, reach, spend, waitFor } from '../src/core/energy';
import type { Energy } from '../src/core/limits';

const energy = (values: Partial<Energy>): Energy => ({
  policy: 'custom',
  capacity: 10_000,
  blank: 400,
  painted: 1_000,
  curve: [],
  energy: 10_000,
  ...values,
});
const blank = { blank: true, factor: 1 };
const painted = { blank: false, factor: 1 };

describe('what there is', () => {
  test('grows by 1 ms a ms, up to the capacity, also out of debt', () => {
    const account = { limits: energy({ energy: -2_000 }), at: 500 };
    expect(available(account, 500)).toBe(-2_000);
    expect(available(account, 3_500)).toBe(1_000);
    expect(available(account, 12_500)).toBe(10_000);
    expect(available(account, 1e9)).toBe(10_000);
  });

  test('never falls because a clock went back', () => {
    expect(available({ limits: energy({ energy: 70 }), at: 500 }, 400)).toBe(70);
  });

  test('spending lets the rest go on growing', () => {
    const account = spend({ limits: energy({ energy: 9_000 }), at: 0 }, 1_000, 5_000);
    expect(available(account, 5_000)).toBe(9_000);
    expect(available(account, 5_500)).toBe(9_500);
    expect(available(spend(account, -1_000, 5_500), 5_500)).toBe(10_000);
  });
});

describe('a pixel', () => {
  test('costs by what is below it and by its region, rounded up', () => {
    const limits = energy({ blank: 333 });
    expect(needed(limits, [blank, painted, painted])).toBe(2_333);
    expect(needed(limits, [{ blank: true, factor: 1.5 }])).toBe(500);
    expect(needed(limits, [{ blank: false, factor: 0 }])).toBe(0);
    expect(needed(limits, [])).toBe(0);
  });

  test('can be placed now, at a moment, or never', () => {
    const account = { limits: energy({ energy: 999 }), at: 0 };
    expect(waitFor(account, [blank], 0)).toBe(0);
    expect(waitFor(account, [painted], 0)).toBe(1);
    expect(waitFor(account, [painted], 1)).toBe(0);
    expect(waitFor(account, Array(10).fill(painted), 0)).toBe(9_001);
    expect(waitFor(account, Array(11).fill(painted), 0)).toBe(Infinity);
    expect(waitFor({ ...account, limits: energy({ energy: -5 }) }, [], 0)).toBe(0);
  });

  test('that a region makes dearer than all there can be needs a full charge', () => {
    const dear = { blank: false, factor: 20 };
    const account = { limits: energy({ energy: 9_000 }), at: 0 };
    expect(waitFor(account, [dear], 0)).toBe(1_000);
    expect(costOf(account.limits, [dear], 10_000)).toBe(20_000);
    expect(waitFor(account, [dear, blank], 0)).toBe(Infinity);
  });

  test('that costs nothing can be placed in debt', () => {
    const account = { limits: energy({ energy: -5_000 }), at: 0 };
    expect(waitFor(account, [{ blank: false, factor: 0 }], 0)).toBe(0);
  });
});

test('a line reaches as far as the energy', () => {
  const account = { limits: energy({ energy: 2_500 }), at: 0 };
  expect(reach(account, [painted, painted, blank, blank], 0)).toBe(3);
  expect(reach(account, Array(100).fill(blank), 0)).toBe(6);
  expect(reach(account, [], 0)).toBe(0);
  expect(reach(account, Array(100).fill(blank), 100_000)).toBe(25);
});

test('charges are whole pixels of what there is and of what can be saved up', () => {
  const account = { limits: energy({ energy: 3_999 }), at: 0 };
  expect(charges(account, painted, 0)).toEqual({ now: 3, most: 10 });
  expect(charges(account, blank, 0)).toEqual({ now: 9, most: 25 });
  expect(charges(account, { blank: true, factor: 0 }, 0)).toEqual({ now: Infinity, most: Infinity });
  expect(charges({ ...account, limits: energy({ energy: -1 }) }, painted, 0).now).toBe(0);
});

describe('a stacking curve', () => {
  const curve = [1_000, 2_000, 4_000];
  const stack = (value: number) => ({ limits: energy({ capacity: 7_000, curve, energy: value }), at: 0 });

  test('gives further pixels ever more slowly', () => {
    expect([999, 1_000, 2_999, 3_000, 6_999, 7_000, 9_000].map((e) => charges(stack(e), painted, 0).now)).toEqual(
      [0, 1, 1, 2, 2, 3, 3],
    );
    expect(charges(stack(0), painted, 0).most).toBe(3);
  });

  test('placing takes the dearest away and keeps the progress to the next', () => {
    const { limits } = stack(0);
    expect(costOf(limits, [painted], 7_000)).toBe(4_000);
    expect(costOf(limits, [painted, painted], 7_000)).toBe(6_000);
    expect(costOf(limits, [painted], 3_500)).toBe(2_000);
    expect(costOf(limits, [painted], 500)).toBe(1_000);
    expect(costOf(limits, [{ blank: false, factor: 0 }], 500)).toBe(0);
    // Progress of 1,500 would be pixel 1 again: 999 of it are kept.
    expect(costOf(limits, [painted], 2_500)).toBe(1_000 + 1_500 - 999);
    expect(costOf(limits, [{ blank: false, factor: 0.5 }], 7_000)).toBe(2_000);
    expect(costOf(limits, [{ blank: false, factor: 2.5 }], 7_000)).toBe(4_000 + 2_000 + 500);
  });

  test('says when so many pixels are there', () => {
    expect(waitFor(stack(500), [painted], 0)).toBe(500);
    expect(waitFor(stack(500), [painted, blank], 0)).toBe(2_500);
    expect(waitFor(stack(500), Array(4).fill(painted), 0)).toBe(Infinity);
    expect(reach(stack(3_100), Array(4).fill(painted), 0)).toBe(2);
  });
});

describe('notches', () => {
  test('divide the bar into pixels', () => {
    expect(notches(energy({ capacity: 4_000 }))).toEqual([0.25, 0.5, 0.75]);
    expect(notches(energy({ capacity: 2_500 }))).toEqual([0.4, 0.8]);
    expect(notches(energy({ capacity: 7_000, curve: [1_000, 2_000, 4_000] }))).toEqual([1 / 7, 3 / 7]);
  });

  test('are left out where there is one part, or too many', () => {
    expect(notches(energy({ capacity: 300_000, painted: 300_000 }))).toEqual([]);
    expect(notches(energy({ capacity: 100_000 }))).toEqual([]);
    expect(notches(energy({ painted: 0 }))).toEqual([]);
  });
});
