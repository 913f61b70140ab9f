// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import type { Region } from '../src/core/info';
import { ruleAt } from '../src/core/regions';

const region = (values: Partial<Region>): Region => ({
  name: 'r',
  x: 0,
  y: 0,
  w: 10,
  h: 10,
  closed: false,
  factor: 1,
  colours: null,
  from: null,
  until: null,
  words: '',
  ...values,
});

test('a region holds inside its rectangle, negative coordinates too', () => {
  const closed = region({ x: -5, y: -5, closed: true });
  const at = (x: number, y: number) => ruleAt([closed], { x, y }, null, 0).closed;
  expect(at(-5, -5)).toBe(closed);
  expect(at(4, 4)).toBe(closed);
  expect(at(5, 4)).toBeNull();
  expect(at(-6, 0)).toBeNull();
});

test('a region holds from its beginning to before its end', () => {
  const closed = region({ closed: true, from: 100, until: 200 });
  const at = (now: number) => ruleAt([closed], { x: 0, y: 0 }, null, now).closed;
  expect([99, 100, 199, 200].map((now) => at(now) !== null)).toEqual([false, true, true, false]);
});

test('colours that are not in the list are not allowed', () => {
  const regions = [region({ colours: [1, 2] }), region({ x: 50, colours: [] })];
  expect(ruleAt(regions, { x: 1, y: 1 }, 2, 0)).toEqual({ closed: null, colourless: null, factor: 1 });
  expect(ruleAt(regions, { x: 1, y: 1 }, 3, 0).colourless).toBe(regions[0]);
  expect(ruleAt(regions, { x: 1, y: 1 }, null, 0).colourless).toBeNull();
});

test('the dearest of several regions counts, but one that costs as everywhere has no say', () => {
  const at = (...factors: number[]) =>
    ruleAt(factors.map((factor) => region({ factor })), { x: 1, y: 1 }, 2, 0).factor;
  expect([at(1), at(0.5, 1), at(0, 0.5), at(2, 0.5), at(1, 3, 0)]).toEqual([1, 0.5, 0.5, 2, 3]);
});

test('of several closed ones the one that is so for the longest is named', () => {
  const until = (time: number | null) => region({ closed: true, until: time });
  const name = (...regions: Region[]) => ruleAt(regions, { x: 1, y: 1 }, null, 0).closed!.until;
  expect(name(until(100), until(300), until(200))).toBe(300);
  expect(name(until(100), until(null), until(200))).toBeNull();
});
