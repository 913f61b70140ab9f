// SPDX-License-Identifier: ISC
import { describe, expect, test } from 'vitest';
import { blockBytes, countUpTo, parseBlock } from '../src/core/block';
import { chance, encodeBlock, GENESIS, makeRecords, SIZE } from './world';

const records = makeRecords(40);
const edits = records.flatMap((record) => record.edits);
const last = records[records.length - 1]!;
const good = encodeBlock(records, 7, 0, { x: -3, y: 1023 });

test('every column of a block is what was written', () => {
  const block = parseBlock(good, SIZE);
  expect(block).toMatchObject({ at: { x: -3, y: 1023 }, genesis: GENESIS, number: 7, from: 0 });
  expect(block.to).toBe(last.offset + 1);
  expect([...block.versions]).toEqual(records.map(({ offset }) => offset + 1));
  expect([...block.times]).toEqual(records.map(({ time }) => time));
  let sum = 0;
  expect([...block.ends]).toEqual(records.map((record) => (sum += record.edits.length)));
  expect(block.edits.length).toBe(3 * edits.length);
  expect(good.length).toBe(blockBytes(records.length, edits.length));
});

test('a block may begin anywhere in the bytes that hold it', () => {
  const wide = new Uint8Array(good.length + 20);
  wide.set(good, 11);
  expect(parseBlock(wide.subarray(11, 11 + good.length), SIZE).number).toBe(7);
});

test('a block without records ends where it begins', () => {
  const block = parseBlock(encodeBlock([], 3, 99), SIZE);
  expect(block).toMatchObject({ number: 3, from: 99, to: 99 });
  expect(block.edits.length).toBe(0);
});

test('a time that the log does not know is -1, and so is one that no date can hold', () => {
  const unknown = encodeBlock([{ offset: 0, time: -1, edits: [edits[0]!] }], 0, 0);
  expect([...parseBlock(unknown, SIZE).times]).toEqual([-1]);
  const far = encodeBlock([{ offset: 0, time: 8.7e15, edits: [edits[0]!] }], 0, 0);
  expect([...parseBlock(far, SIZE).times]).toEqual([-1]);
});

/** The good block with some of its bytes changed. */
function changed(change: (view: DataView, bytes: Uint8Array) => void): Uint8Array {
  const bytes = good.slice();
  change(new DataView(bytes.buffer), bytes);
  return bytes;
}

const n = records.length;

describe('a block that is wrong is refused, and the error says why', () => {
  test.each([
    ['nothing', new Uint8Array(0), 'its header has 64'],
    ['half a header', good.slice(0, 63), 'its header has 64'],
    ['one byte less', good.slice(0, -1), 'its counts say'],
    ['one byte more', new Uint8Array([...good, 0]), 'its counts say'],
    ['another magic', changed((_, b) => (b[7] = 0x63)), 'not a block'],
    ['another format', changed((v) => v.setUint16(8, 2, true)), 'format 2'],
    ['a record more', changed((v) => v.setUint32(56, n + 1, true)), 'its counts say'],
    ['counts that wrap', changed((v) => v.setUint32(60, 0xffffffff, true)), 'its counts say'],
    ['a version past 2^53', changed((v) => v.setUint32(52, 0x7fffffff, true)), 'last version'],
    ['an offset past 2^53', changed((v) => v.setUint32(68, 0xffffffff, true)), 'offset'],
    ['records out of order', changed((v) => v.setBigUint64(72, 0n, true)), 'not after'],
    ['a record before it begins', changed((v) => v.setBigUint64(40, 1_000n, true)), 'not after'],
    ['another end', changed((v) => v.setBigUint64(48, 1n, true)), 'whose last record ends'],
    ['a record without edits', changed((v) => v.setUint32(64 + 16 * n, 0, true)), 'has no edits'],
    ['more edits', changed((v) => v.setUint32(64 + 16 * n, 0xffffffff, true)), 'more edits'],
    ['an edit beside the canvas', changed((_, b) => b.fill(0xff, 64 + 20 * n)), 'outside'],
  ])('%s', (_, bytes, why) => {
    expect(() => parseBlock(bytes, SIZE)).toThrow(why);
  });

  test('fewer edits', () => {
    // The count of the last record, one less, and one edit of the header's more than all records have.
    const bytes = changed((v) => {
      const at = 64 + 16 * n + 4 * (n - 1);
      v.setUint32(at, v.getUint32(at, true) - 1, true);
    });
    expect(() => parseBlock(bytes, SIZE)).toThrow(/fewer edits|no edits/);
  });
});

test('bytes by chance are a block or an Error, never anything else', () => {
  const random = chance(5);
  let taken = 0;
  for (let i = 0; i < 5_000; i++) {
    const bytes = good.slice(0, random() < 0.2 ? Math.floor(random() * good.length) : good.length);
    for (let j = 0; j < 1 + random() * 4 && bytes.length > 0; j++) {
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    }
    try {
      const block = parseBlock(bytes, SIZE);
      expect(block.ends[block.ends.length - 1]! * 3).toBe(block.edits.length);
      taken++;
    } catch (error) {
      expect((error as Error).message).toMatch(/block/);
    }
  }
  // Changed times and colours are still a block.
  expect(taken).toBeGreaterThan(100);
});

test('counts how many ascending values are at most a value', () => {
  const values = [1, 3, 3, 8];
  expect([0, 1, 2, 3, 7, 8, 9].map((value) => countUpTo(values, value))).toEqual([0, 1, 1, 3, 3, 4, 4]);
  expect(countUpTo([], 5)).toBe(0);
});
