// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { delayFor } from '../src/core/backoff';

test('the wait grows up to a limit and stays there', () => {
  const waits = Array.from({ length: 40 }, (_, i) => delayFor(i, 1006, 0.5));
  for (let i = 1; i < waits.length; i++) expect(waits[i]).toBeGreaterThanOrEqual(waits[i - 1]!);
  expect(waits[0]).toBeLessThan(1_000);
  expect(waits[3]).toBeGreaterThan(waits[0]! * 4);
  expect(waits[39]).toBeLessThanOrEqual(30_000);
});

test('no two clients wait alike', () => {
  expect(delayFor(4, 1006, 0)).toBeLessThan(delayFor(4, 1006, 0.99) * 0.6);
});

test('a restarting server is met by a spread crowd', () => {
  expect(delayFor(0, 1012, 0)).toBe(0);
  expect(delayFor(0, 1012, 0.999)).toBeGreaterThan(2_500);
  expect(delayFor(3, 1012, 0)).toBeGreaterThan(1_000);
});

test('a crowded server is left alone for longer', () => {
  expect(delayFor(0, 1013, 0)).toBeGreaterThan(delayFor(0, 1006, 0.999));
});
