// SPDX-License-Identifier: ISC
import { describe, expect, test } from 'vitest';
import { Axis } from '../src/core/axis';
import type { Activity, Sample } from '../src/core/historyindex';
import { advance } from '../src/core/player';
import { chance } from './world';

const T0 = Date.UTC(2026, 3, 1);
const HOUR = 3_600_000;

/** An axis of samples with these pauses (in ms) before each; every one of them is a version. */
function axisOf(pauses: readonly number[], step = 1): Axis {
  let time = T0;
  const samples = pauses.map((ms, i) => ({ version: i + 1, time: (time += ms) }));
  const activity: Activity = { step, samples };
  return new Axis([activity], { version: 0, time: T0 }, samples[samples.length - 1]!);
}

test('an even history is an even axis', () => {
  const axis = axisOf(Array(100).fill(1_000));
  expect(axis.idle).toEqual([]);
  expect(axis.placeOf(0)).toBe(0);
  expect(axis.placeOf(50)).toBeCloseTo(0.5);
  expect(axis.placeOf(100)).toBe(1);
  expect(axis.timeOf(25)).toBe(T0 + 25_000);
  expect(axis.versionOfTime(T0 + 25_999)).toBe(25);
  expect(axis.activeMs).toBeCloseTo(100_000);
});

test('a long pause takes a small share, and is marked', () => {
  const pauses = Array<number>(100).fill(1_000);
  pauses[50] = 30 * 24 * HOUR;
  const axis = axisOf(pauses);
  expect(axis.idle).toHaveLength(1);
  const [{ from, to }] = axis.idle as [{ from: number; to: number }];
  expect(to - from).toBeCloseTo(0.015);
  expect(axis.placeOf(50)).toBeCloseTo(from);
  expect(axis.placeOf(51)).toBeCloseTo(to);
  expect(axis.activeMs).toBeCloseTo(99_000, -1);
  // In the middle of the pause it is half over, and nothing has been painted since it began.
  const middle = (from + to) / 2;
  expect(axis.timeAt(middle)).toBeCloseTo(T0 + 50_000 + 15 * 24 * HOUR, -5);
  expect(axis.versionAt(middle)).toBe(50);
});

test('many pauses together leave most of the axis to what happened', () => {
  const pauses = Array.from({ length: 300 }, (_, i) => (i % 3 === 2 ? 9 * HOUR : 1_000));
  const axis = axisOf(pauses);
  expect(axis.idle).toHaveLength(100);
  const idle = axis.idle.reduce((sum, { from, to }) => sum + to - from, 0);
  expect(idle).toBeCloseTo(0.3);
});

test('a pause that is no longer than the others are is none', () => {
  expect(axisOf(Array(50).fill(9 * HOUR)).idle).toEqual([]);
  expect(axisOf([1_000, 9_000, 1_000, 8_000]).idle).toEqual([]);
});

describe('a history without extent in time', () => {
  test('is spread by versions', () => {
    const axis = axisOf([0, 0, 0, 0]);
    expect(axis.placeOf(1)).toBeCloseTo(0.25);
    expect(axis.versionAt(0.5)).toBe(2);
    expect(axis.versionAt(1)).toBe(4);
    expect(axis.unitMs).toBe(1);
  });

  test('or has but one version', () => {
    const axis = new Axis([], { version: 0, time: 0 }, { version: 0, time: 0 });
    expect([axis.first, axis.last, axis.versionAt(0.7), axis.placeOf(0)]).toEqual([0, 0, 0, 0]);
    expect([...axis.bars(3)]).toEqual([0, 0, 0]);
    expect(axis.activeMs).toBe(0);
  });
});

test('places, versions and times lead to each other and never fall, on any history', () => {
  const random = chance(11);
  for (let round = 0; round < 60; round++) {
    const activities: Activity[] = Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
      let version = 0;
      let time = T0;
      const samples: Sample[] = Array.from({ length: 1 + Math.floor(random() * 60) }, () => {
        version += 1 + Math.floor(random() * 50);
        // Clocks go wrong: some times fall.
        time += random() < 0.1 ? -5_000 : random() < 0.1 ? 20 * HOUR : Math.floor(random() * 3_000);
        return { version, time: Math.max(0, time) };
      });
      return { step: 3, samples };
    });
    const all = activities.flatMap(({ samples }) => samples);
    const last = {
      version: Math.max(...all.map(({ version }) => version)),
      time: Math.max(...all.map(({ time }) => time)),
    };
    const axis = new Axis(activities, { version: 0, time: T0 }, last);
    const versions = Array.from({ length: last.version + 1 }, (_, v) => v);
    const places = versions.map((v) => axis.placeOf(v));
    expect(places.every((place, v) => v === 0 || place > places[v - 1]!)).toBe(true);
    expect(places.map((place) => axis.versionAt(place))).toEqual(versions);
    expect(places[last.version]).toBe(1);
    let time = 0;
    for (let i = 0; i <= 200; i++) {
      expect(axis.timeAt(i / 200)).toBeGreaterThanOrEqual(time);
      time = axis.timeAt(i / 200);
    }
  }
});

test('a minute later is a minute later, or the next version where the minute holds none', () => {
  const axis = axisOf(Array(100).fill(10_000));
  const from = (version: number, ms: number) => axis.later(axis.placeOf(version), version, ms);
  expect(from(50, 60_000)).toBe(56);
  expect(from(50, -60_000)).toBe(44);
  expect(from(50, 600_000)).toBe(100);
  expect(from(3, -60_000)).toBe(0);
  const slow = axisOf(Array(50).fill(9 * HOUR));
  expect(slow.later(slow.placeOf(7), 7, 60_000)).toBe(8);
  expect(slow.later(slow.placeOf(7), 7, -60_000)).toBe(6);
  // Through a pause of a month there is one step.
  const pauses = Array<number>(100).fill(10_000);
  pauses[50] = 30 * 24 * HOUR;
  const paused = axisOf(pauses);
  expect(paused.later(paused.placeOf(50), 50, 60_000)).toBe(51);
  expect(paused.later(paused.placeOf(51), 51, -60_000)).toBe(50);
});

test('bars show where it was busy', () => {
  const busy = axisOf([...Array(50).fill(100), ...Array(10).fill(1_000)], 5);
  const bars = busy.bars(30);
  expect(Math.max(...bars)).toBe(1);
  expect(bars[1]).toBeGreaterThan(3 * bars[28]!);
  // Everything is counted somewhere.
  const total = (b: Float64Array) => b.reduce((sum, v) => sum + v, 0) / b.length;
  expect(total(busy.bars(7))).toBeGreaterThan(0.3);
});

describe('playing', () => {
  const even = axisOf(Array(100).fill(1_000));

  test('at the speed of then, a second is a second', () => {
    const place = advance(even, 0, 10_000, 1);
    expect(even.timeAt(place) - T0).toBeGreaterThan(9_400);
    expect(even.timeAt(place) - T0).toBeLessThan(10_600);
    expect(advance(even, 0, 1_000, 10)).toBeCloseTo(place);
  });

  test('it ends at the end', () => {
    expect(advance(even, 0.99, 100_000, 1_000)).toBe(1);
    expect(advance(even, 1, 16, 1)).toBe(1);
  });

  test('a pause of a month is over in a moment, at every speed', () => {
    const pauses = Array<number>(300).fill(1_000);
    pauses[10] = 30 * 24 * HOUR;
    const axis = axisOf(pauses);
    const [{ from, to }] = axis.idle as [{ from: number; to: number }];
    expect(advance(axis, from, 400, 1)).toBeCloseTo((from + to) / 2);
    expect(advance(axis, from, 800, 1)).toBeCloseTo(to);
    // From before it to after it in one go.
    const after = advance(axis, from - 0.01, 60_000, 1);
    expect(after).toBeGreaterThan(to);
  });

  test('in many small steps one comes as far as in a large one', () => {
    const random = chance(3);
    const axis = axisOf(Array.from({ length: 80 }, () => (random() < 0.1 ? 5 * HOUR : 500 + random() * 900)));
    let place = 0;
    for (let i = 0; i < 1_000; i++) place = advance(axis, place, 16, 10);
    expect(place).toBeCloseTo(advance(axis, 0, 16_000, 10), 6);
    expect(place).toBeGreaterThan(0.1);
  });
});
