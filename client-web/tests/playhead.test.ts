// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { Axis } from '../src/core/axis';
import { Playhead } from '../src/parts/past/playhead';

const T0 = Date.UTC(2026, 3, 1);

/** A record at each of these times, in ms after the beginning. */
function axisOf(times: readonly number[]): Axis {
  const samples = times.map((ms, i) => ({ version: i + 1, time: T0 + ms }));
  return new Axis([{ step: 1, samples }], { version: 0, time: T0 }, samples.at(-1)!);
}

const seconds = (count: number) => Array.from({ length: count }, (_, i) => (i + 1) * 1_000);

function headOn(times: readonly number[]): Playhead {
  const head = new Playhead();
  head.take(axisOf(times));
  return head;
}

test('a version is remembered until its axis is known, and lies on it then', () => {
  const head = new Playhead();
  head.goTo(40);
  expect(head.version).toBe(40);
  head.take(axisOf(seconds(100)));
  expect(head.place).toBeCloseTo(0.4);
  head.goTo(1_000);
  expect([head.version, head.place]).toEqual([100, 1]);
  head.putAt(0.25);
  expect(head.version).toBe(25);
});

test('a long history is walked by minutes, a short one is not', () => {
  const long = headOn(seconds(3_600));
  long.goTo(1_000);
  expect(long.stepBy(1)).toBe(true);
  expect(long.version).toBe(1_060);
  expect(long.stepBy(-10)).toBe(true);
  expect(long.version).toBe(460);
  const short = headOn(seconds(100));
  short.goTo(50);
  expect(short.stepBy(1)).toBe(false);
  expect(short.version).toBe(50);
});

test('playing begins anew at the end, goes on by time, and stops at the end', () => {
  const head = headOn(seconds(100));
  head.speed = 10;
  head.goTo(100);
  expect(head.play(true)).toBe(true);
  expect(head.version).toBe(0);
  expect(head.advance(5_000, false)).toBe(false);
  expect(head.advance(5_250, false)).toBe(true);
  expect(head.version).toBe(2);
  // A frame that comes very late is no leap.
  head.advance(60_000, false);
  expect(head.version).toBeLessThanOrEqual(5);
  head.putAt(0.999);
  expect(head.advance(60_200, false)).toBe(true);
  expect([head.playing, head.version]).toEqual([false, 100]);
  expect(head.advance(60_400, false)).toBe(false);
});

test('for people who do not want things to move it plays a step a second, as far as the second leads', () => {
  const head = headOn(seconds(100));
  head.speed = 1;
  head.goTo(0);
  head.play(true);
  head.advance(1_000, true);
  expect(head.advance(1_900, true)).toBe(false);
  expect(head.advance(2_100, true)).toBe(true);
  expect(head.version).toBe(1);
});

test('more history that comes while it plays moves it to the same time, not to the record before', () => {
  const head = headOn([10_000, 20_000]);
  head.goTo(1);
  head.play(true);
  head.place = head.axis!.placeOfTime(T0 + 15_000);
  const longer = axisOf([10_000, 20_000, 30_000, 40_000]);
  head.take(longer);
  expect(longer.timeAt(head.place)).toBeCloseTo(T0 + 15_000, -2);
});
