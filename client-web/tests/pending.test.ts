// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { Pending } from '../src/core/pending';

const at = (x: number, colour: number) => ({ x, y: 0, colour });

test('an own pixel shows at once; ids start at 1 and grow', () => {
  const pending = new Pending();
  expect(pending.add([at(1, 5)], 0)).toBe(1);
  expect(pending.add([at(2, 6), at(3, 7)], 0)).toBe(2);
  expect(pending.at(1, 0)).toBe(5);
  expect(pending.at(3, 0)).toBe(7);
  expect(pending.at(4, 0)).toBeUndefined();
});

test('the newest edit of a cell is on top', () => {
  const pending = new Pending();
  pending.add([at(1, 5)], 0);
  pending.add([at(1, 6)], 0);
  expect(pending.at(1, 0)).toBe(6);
});

test('placed settles only when the board has reached its version', () => {
  const pending = new Pending();
  pending.add([at(1, 5)], 0);
  pending.placed(1, 100, 99);
  expect(pending.at(1, 0)).toBe(5);
  expect(pending.settle(99)).toBe(false);
  expect(pending.settle(100)).toBe(true);
  expect(pending.size).toBe(0);
});

test('placed for a version that the board has settles at once', () => {
  const pending = new Pending();
  pending.add([at(1, 5)], 0);
  pending.placed(1, 100, 100);
  expect(pending.size).toBe(0);
});

test('placed is cumulative but says nothing about later messages', () => {
  const pending = new Pending();
  for (let i = 1; i <= 3; i++) pending.add([at(i, 5)], 0);
  pending.placed(2, 10, 10);
  expect([...pending]).toEqual([at(3, 5)]);
});

test('a later placed does not move the version of an earlier one', () => {
  const pending = new Pending();
  pending.add([at(1, 5)], 0);
  pending.add([at(2, 5)], 0);
  pending.placed(1, 10, 0);
  pending.placed(2, 20, 0);
  pending.settle(10);
  expect([...pending]).toEqual([at(2, 5)]);
});

test('refused takes back its own message and no other', () => {
  const pending = new Pending();
  pending.add([at(1, 5)], 0);
  pending.add([at(1, 6), at(2, 6)], 0);
  pending.add([at(2, 7)], 0);
  expect(pending.refused(2)).toEqual([at(1, 6), at(2, 6)]);
  expect(pending.at(1, 0)).toBe(5);
  expect(pending.at(2, 0)).toBe(7);
  expect(pending.refused(2)).toBeNull();
});

test('when the connection is lost the edits that were not confirmed are in doubt; ids start again', () => {
  const pending = new Pending();
  pending.add([at(1, 5)], 0);
  pending.add([at(2, 6), at(3, 7)], 0);
  pending.placed(1, 10, 5); // in the log, and the board does not show it yet
  expect(pending.drop()).toEqual([at(2, 6), at(3, 7)]);
  expect(pending.size).toBe(0);
  expect(pending.add([at(1, 5)], 0)).toBe(1);
});

test('how long the oldest edit waits of which nothing was heard', () => {
  const pending = new Pending();
  expect(pending.waitingSince).toBeNull();
  pending.add([at(1, 5)], 100);
  pending.add([at(2, 5)], 200);
  expect(pending.waitingSince).toBe(100);
  pending.placed(1, 10, 5);
  expect(pending.waitingSince).toBe(200);
  pending.refused(2);
  expect(pending.waitingSince).toBeNull();
});
