// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { Unsaved } from '../src/core/unsaved';

const at = (x: number, colour: number) => ({ x, y: 0, colour });

test('keeps what was in doubt until it is placed again', () => {
  const unsaved = new Unsaved();
  unsaved.add([at(1, 5), at(2, 6)]);
  unsaved.add([at(3, 7)]);
  expect(unsaved.size).toBe(3);
  expect(unsaved.take()).toEqual([at(1, 5), at(2, 6), at(3, 7)]);
  expect(unsaved.size).toBe(0);
});

test('of several edits of a cell the last one counts', () => {
  const unsaved = new Unsaved();
  unsaved.add([at(1, 5), at(2, 6), at(1, 7)]);
  expect(unsaved.take()).toEqual([at(2, 6), at(1, 7)]);
});

test('what the board shows was saved after all', () => {
  const unsaved = new Unsaved();
  unsaved.add([at(1, 5), at(2, 6)]);
  expect(unsaved.settle((x) => (x === 1 ? 5 : 0))).toBe(true);
  expect(unsaved.settle((x) => (x === 1 ? 5 : 0))).toBe(false);
  expect(unsaved.take()).toEqual([at(2, 6)]);
});

test('a cell that is placed anew is not in doubt any more', () => {
  const unsaved = new Unsaved();
  unsaved.add([at(1, 5), at(2, 6)]);
  unsaved.supersede([at(1, 9), at(3, 3)]);
  expect(unsaved.take()).toEqual([at(2, 6)]);
});
