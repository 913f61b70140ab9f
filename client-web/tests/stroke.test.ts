// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { beginStroke, needed, payable, strokeTo, withoutRepeats } from '../src/core/stroke';

const at = (x: number, y = 0) => ({ x, y });

test('straight, it is the line from where it began to where the drag is', () => {
  let stroke = beginStroke(at(0));
  stroke = strokeTo(stroke, at(3, 3), true, 99);
  stroke = strokeTo(stroke, at(3), true, 99);
  expect(stroke.cells).toEqual([at(0), at(1), at(2), at(3)]);
});

test('with the pencil it is the way that was taken, each cell once', () => {
  let stroke = beginStroke(at(0));
  stroke = strokeTo(stroke, at(2), false, 99);
  stroke = strokeTo(stroke, at(2, 2), false, 99);
  stroke = strokeTo(stroke, at(2), false, 99);
  expect(stroke.cells).toEqual([at(0), at(1), at(2), at(2, 1), at(2, 2)]);
});

test('a drag that stays on its cell changes nothing', () => {
  const stroke = strokeTo(beginStroke(at(0)), at(1), false, 99);
  expect(strokeTo(stroke, at(1), false, 99)).toBe(stroke);
});

test('neither is longer than may be', () => {
  expect(strokeTo(beginStroke(at(0)), at(50), false, 8).cells).toHaveLength(8);
  expect(strokeTo(beginStroke(at(0)), at(50), true, 8).cells).toHaveLength(8);
});

test('what shows the colour already is not sent', () => {
  const shown = ({ x }: { x: number }) => (x === 1 ? 5 : x === 2 ? null : 0);
  expect(needed([at(0), at(1), at(2)], 5, shown)).toEqual([
    { x: 0, y: 0, colour: 5 },
    { x: 2, y: 0, colour: 5 },
  ]);
});

test('of several edits of one cell only the last is, and not where it shows already', () => {
  const edits = [
    { x: 0, y: 0, colour: 1 },
    { x: 1, y: 0, colour: 5 },
    { x: 0, y: 0, colour: 2 },
  ];
  expect(withoutRepeats(edits, ({ x }) => (x === 1 ? 5 : 0))).toEqual([{ x: 0, y: 0, colour: 2 }]);
});

test('it ends before the first cell that cannot be paid for', () => {
  const cells = [at(0), at(1), at(2), at(3)];
  // The second one has the colour already and costs nothing.
  const edits = [at(0), at(2), at(3)].map((cell) => ({ ...cell, colour: 5 }));
  expect(payable(cells, edits, 2)).toEqual([at(0), at(1), at(2)]);
  expect(payable(cells, edits, 0)).toEqual([]);
  expect(payable(cells, edits, 3)).toEqual(cells);
});
