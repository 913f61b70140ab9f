// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { onTop, stepsOf, undoing, withoutEdits } from '../src/core/undo';

const edit = (x: number, colour: number) => ({ x, y: 0, colour });

test('what was there before comes back, but for what nobody knows', () => {
  const steps = stepsOf([edit(1, 5), edit(2, 5), edit(3, 5)], [0, null, 7]);
  expect(undoing(steps)).toEqual([edit(3, 7), edit(1, 0)]);
});

test('what was not taken is not taken back', () => {
  const steps = stepsOf([edit(1, 5), edit(2, 5)], [0, 0]);
  expect(undoing(withoutEdits(steps, [edit(1, 5)]))).toEqual([edit(2, 0)]);
});

test('nor is what somebody painted over since', () => {
  const steps = stepsOf([edit(1, 5), edit(2, 5)], [0, 0]);
  expect(onTop(steps, () => 5)).toBe(steps);
  expect(undoing(onTop(steps, ({ x }) => (x === 1 ? 9 : 5)))).toEqual([edit(2, 0)]);
});
