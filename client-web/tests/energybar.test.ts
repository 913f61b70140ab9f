// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import type { Account, Item } from '../src/core/energy';
import { energyShown } from '../src/core/energybar';

const account = (energy: number): Account => ({
  limits: { policy: 'custom', capacity: 60_000, blank: 5_000, painted: 10_000, curve: [], energy },
  at: 0,
});
const painted: Item = { blank: false, factor: 1 };
const blank: Item = { blank: true, factor: 1 };

test('what is there, and of that what the aim would cost', () => {
  expect(energyShown(account(30_000), [blank], 0)).toMatchObject({
    share: 0.5,
    cost: 0.0833,
    pixels: 3,
    most: 6,
    wait: 0,
    full: 30_000,
    again: 1_000,
  });
  expect(energyShown(account(30_000), [painted, painted], 0).cost).toBe(0.3333);
  expect(energyShown(account(30_000), [], 0).cost).toBe(0);
  expect(energyShown(account(30_000), [], 0).notches).toHaveLength(5);
});

test('what cannot be paid for costs nothing, and is waited for', () => {
  expect(energyShown(account(2_500), [painted], 0)).toMatchObject({ cost: 0, wait: 7_500, again: 500, pixels: 0 });
  expect(energyShown(account(2_500), [], 0).wait).toBe(7_500);
  expect(energyShown(account(2_500), [blank], 0).wait).toBe(2_500);
  expect(energyShown(account(2_500), [painted], 7_500)).toMatchObject({ wait: 0, cost: 0.1667 });
});

test('a debt shows as nothing', () => {
  expect(energyShown(account(-4_000), [], 0)).toMatchObject({ share: 0, pixels: 0, wait: 14_000, full: 64_000 });
});

test('when it is full there is nothing to look at again', () => {
  expect(energyShown(account(60_000), [], 0)).toMatchObject({ share: 1, full: 0, again: Infinity });
  expect(energyShown(account(59_500), [], 0)).toMatchObject({ full: 500, again: 500 });
  expect(energyShown(account(59_500), [], 500)).toMatchObject({ share: 1, full: 0, again: Infinity });
});

test('what can never be paid for is not counted down', () => {
  const many = Array.from({ length: 7 }, () => painted);
  expect(energyShown(account(60_000), many, 0)).toMatchObject({ cost: 0, wait: 0, again: Infinity });
});
