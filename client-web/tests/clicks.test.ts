// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { Clicks, DOUBLE_MS } from '../src/core/clicks';

const here = { x: 100, y: 100 };

test('two clicks at once on a place are a double click, and a third begins anew', () => {
  const clicks = new Clicks();
  expect(clicks.isDouble(here, 0)).toBe(false);
  expect(clicks.isDouble({ x: 103, y: 98 }, DOUBLE_MS)).toBe(true);
  expect(clicks.isDouble(here, DOUBLE_MS + 1)).toBe(false);
  expect(clicks.isDouble(here, DOUBLE_MS + 2)).toBe(true);
});

test('two that are far apart, in time or on the screen, are two', () => {
  const clicks = new Clicks();
  expect(clicks.isDouble(here, 0)).toBe(false);
  expect(clicks.isDouble(here, DOUBLE_MS + 1)).toBe(false);
  expect(clicks.isDouble({ x: 120, y: 100 }, DOUBLE_MS + 2)).toBe(false);
});
