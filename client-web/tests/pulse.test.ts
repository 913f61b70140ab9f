// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { Pulse } from '../src/core/pulse';

test('as long as something comes, nothing is asked', () => {
  const pulse = new Pulse(0.5);
  for (let now = 0; now < 60_000; now += 3_000) {
    pulse.heard(now);
    expect(pulse.due(now + 2_999)).toBeGreaterThan(0);
  }
});

test('after some seconds of silence it is time to ask', () => {
  for (const random of [0, 0.5, 0.999]) {
    const pulse = new Pulse(random);
    pulse.heard(1_000);
    expect(pulse.due(1_000)).toBeGreaterThanOrEqual(4_000);
    expect(pulse.due(6_000)).toBeLessThanOrEqual(0);
  }
});

test('pages that heard the same in the same moment do not ask in one', () => {
  const [one, other] = [new Pulse(0.2), new Pulse(0.8)];
  one.heard(0);
  other.heard(0);
  expect(other.due(0) - one.due(0)).toBeGreaterThan(500);
});

test('while it stays silent, many people ask more seldom, and what comes by itself ends that', () => {
  const pulse = new Pulse(0);
  pulse.heard(0);
  pulse.ask(12_000);
  pulse.heard(4_100);
  expect(pulse.due(4_100)).toBe(12_000);
  pulse.ask(1_000_000);
  pulse.heard(20_000);
  expect(pulse.due(20_000)).toBe(30_000);
  pulse.heard(21_000);
  expect(pulse.due(21_000)).toBe(4_000);
});

test('few people ask as often as that', () => {
  const pulse = new Pulse(0);
  pulse.heard(0);
  pulse.ask(3);
  pulse.heard(4_000);
  expect(pulse.due(4_000)).toBe(4_000);
});
