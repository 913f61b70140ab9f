// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { addActivity, blocksOfTime } from '../src/core/activity';
import { parseBlock } from '../src/core/block';
import type { HistoryIndex } from '../src/core/historyindex';
import { encodeBlock, SIZE } from './world';

const block = parseBlock(
  encodeBlock(
    [
      { offset: 0, time: 1_000, edits: [{ x: 5, y: 5, colour: 1 }, { x: 9, y: 9, colour: 1 }] },
      { offset: 1, time: 1_500, edits: [{ x: 6, y: 5, colour: 2 }] },
      { offset: 2, time: -1, edits: [{ x: 6, y: 6, colour: 2 }] },
      { offset: 3, time: 2_000, edits: [{ x: 5, y: 5, colour: 3 }, { x: 5, y: 6, colour: 3 }] },
      { offset: 4, time: 2_001, edits: [{ x: 5, y: 5, colour: 4 }] },
    ],
    0,
    0,
  ),
  SIZE,
);
const area = { x0: 5, y0: 5, x1: 7, y1: 7 };

function counted(parts: number, from: number, to: number): number[] {
  const counts = new Float64Array(parts);
  addActivity(counts, block, area, { from, to });
  return [...counts];
}

test('edits inside the area are counted in their part of the time, both ends included', () => {
  expect(counted(2, 1_000, 2_000)).toEqual([1, 3]);
  expect(counted(4, 1_000, 2_000)).toEqual([1, 0, 1, 2]);
  expect(counted(1, 0, 5_000)).toEqual([5]);
});

test('what is outside of the time, or has none, is not counted', () => {
  expect(counted(1, 1_001, 1_999)).toEqual([1]);
  expect(counted(3, 5_000, 6_000)).toEqual([0, 0, 0]);
});

test('a moment without any length has one part', () => {
  expect(counted(3, 1_500, 1_500)).toEqual([1, 0, 0]);
});

test('the blocks of a time come with the newest first; one whose times are unknown may be of any', () => {
  const ref = (number: number, time: number | null, timeTo: number | null) => ({
    number,
    from: 10 * number,
    to: 10 * number + 10,
    sha256: '',
    time,
    timeTo,
  });
  const index = {
    blocks: [ref(0, 100, 200), ref(1, 200, 300), ref(2, null, null)],
    tail: ref(3, 400, 450),
  } as unknown as HistoryIndex;
  const numbers = (from: number, to: number) => blocksOfTime(index, { from, to }).map(({ number }) => number);
  expect(numbers(0, 1_000)).toEqual([3, 2, 1, 0]);
  expect(numbers(200, 399)).toEqual([2, 1, 0]);
  expect(numbers(201, 299)).toEqual([2, 1]);
  expect(numbers(451, 999)).toEqual([2]);
});
