// SPDX-License-Identifier: ISC
import { describe, expect, test } from 'vitest';
import { parseBlock } from '../src/core/block';
import { stepsOf, Trail } from '../src/core/celltrail';
import { parseHistoryIndex } from '../src/core/historyindex';
import type { History } from '../src/net/history';
import { CellTrail } from '../src/parts/past/celltrail';
import { encodeAll, encodeBlock, makeIndex, makeRecords, SIZE } from './world';

const block = parseBlock(
  encodeBlock(
    [
      { offset: 10, time: 1_000, edits: [{ x: 3, y: 4, colour: 1 }, { x: 4, y: 3, colour: 9 }] },
      { offset: 12, time: -1, edits: [{ x: 3, y: 4, colour: 2 }, { x: 3, y: 4, colour: 5 }] },
      { offset: 20, time: 3_000, edits: [{ x: 4, y: 3, colour: 9 }] },
      { offset: 21, time: 3_100, edits: [{ x: 4, y: 3, colour: 9 }, { x: 3, y: 4, colour: 5 }] },
    ],
    0,
    5,
  ),
  SIZE,
);

test('the steps of a cell are its edits, of a record the last one', () => {
  expect(stepsOf(block, { x: 3, y: 4 })).toEqual([
    { version: 11, time: 1_000, colour: 1 },
    { version: 13, time: null, colour: 5 },
    { version: 22, time: 3_100, colour: 5 },
  ]);
  expect(stepsOf(block, { x: 0, y: 0 })).toEqual([]);
});

test('a trail has each step once, whatever order they came in', () => {
  const trail = new Trail();
  const steps = stepsOf(block, { x: 3, y: 4 });
  trail.add(steps.slice(1));
  trail.add(steps);
  expect(trail.steps.map(({ version }) => version)).toEqual([11, 13, 22]);
});

test('from any version a trail leads to the next step in both directions', () => {
  const trail = new Trail();
  trail.add(stepsOf(block, { x: 3, y: 4 }));
  const next = (version: number, direction: 1 | -1) => trail.next(version, direction)?.version ?? null;
  expect([5, 11, 12, 13, 22, 30].map((version) => next(version, 1))).toEqual([11, 13, 13, 22, null, null]);
  expect([5, 11, 12, 13, 22, 30].map((version) => next(version, -1))).toEqual([null, null, 11, 11, 13, 22]);
  expect(trail.at(12)?.colour).toBe(1);
  expect(trail.at(10)).toBeNull();
});

describe('a cell that is followed through blocks', () => {
  const records = makeRecords(400, 7);
  const blocks = encodeAll(records, 64).map(({ bytes }) => parseBlock(bytes, SIZE));
  const index = parseHistoryIndex(makeIndex(records, undefined, 64));
  const cell = { x: 3, y: 4 };
  const all = blocks.flatMap((block) => stepsOf(block, cell));
  let asked: number[];

  function follow(): CellTrail {
    asked = [];
    const block = async ({ number }: { number: number }) => {
      asked.push(number);
      return blocks[number]!;
    };
    return new CellTrail({ block } as unknown as History, cell, () => index, () => {});
  }

  test('has all its edits in the end, each block asked for once', async () => {
    expect(blocks.length).toBeGreaterThan(4);
    expect(all.length).toBeGreaterThan(0);
    const trail = follow();
    await trail.lookAround(index.version / 2);
    expect(trail.steps).toEqual(all);
    expect(new Set(asked).size).toBe(asked.length);
    expect(asked.length).toBe(blocks.length);
  });

  test('is stepped through in both directions, from edit to edit, as far as there are any', async () => {
    const trail = follow();
    const forward: number[] = [];
    for (let at = 0; ; ) {
      const step = await trail.step(at, 1);
      if (!step) break;
      forward.push((at = step.version));
    }
    expect(forward).toEqual(all.map(({ version }) => version));
    const back = follow();
    const backward: number[] = [];
    for (let at = index.version + 1; ; ) {
      const step = await back.step(at, -1);
      if (!step) break;
      backward.push((at = step.version));
    }
    expect(backward.reverse()).toEqual(forward);
  });
});
