// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { Pace } from '../src/core/pace';

function paced(...frames: number[]): Pace {
  const pace = new Pace();
  for (const ms of frames) pace.frame(ms);
  return pace;
}

const times = (count: number, ms: number): number[] => Array.from({ length: count }, () => ms);

test('a machine that keeps up draws every pixel', () => {
  const pace = paced(...times(300, 16.7));
  expect([1, 1.25, 2, 3].map((dpr) => pace.ratio(dpr))).toEqual([1, 1.25, 2, 3]);
});

test('so does one that is late now and then', () => {
  const pace = paced(...times(40, 16.7).flatMap((ms, i) => (i % 9 === 0 ? [33, ms] : [ms])));
  expect(pace.ratio(2)).toBe(2);
});

test('one that does not keep up draws fewer, but never less than one to a CSS pixel', () => {
  const slow = paced(...times(3, 40));
  expect([1, 1.5, 2, 3].map((dpr) => slow.ratio(dpr))).toEqual([1, 1, 1, 1.5]);
  for (let i = 0; i < 3; i++) slow.frame(40);
  expect(slow.ratio(3)).toBe(1);
  for (let i = 0; i < 100; i++) slow.frame(40);
  expect([0.8, 1, 2, 3].map((dpr) => slow.ratio(dpr))).toEqual([0.8, 1, 1, 1]);
});

test('after a long time without trouble it tries again', () => {
  const pace = paced(...times(3, 40), ...times(1_300, 16.7));
  expect(pace.ratio(2)).toBe(2);
});
