// SPDX-License-Identifier: ISC
// The cursor on a made-up history: what it shows is the fold, and it asks for no more than it must.

import { beforeEach, describe, expect, test, vi } from 'vitest';
import { rgbaWord } from '../src/core/board';
import { parseBlock, type Block } from '../src/core/block';
import { BLOCKS_KEPT, Cursor, type CursorSource } from '../src/core/cursor';
import { parseHistoryIndex, type BlockRef, type HistoryIndex } from '../src/core/historyindex';
import { PastBoard } from '../src/core/pastboard';
import { chance, encodeAll, fold, makeIndex, makeRecords, PALETTE_16, SIZE, type RecordOfEdits } from './world';

/** Serves records, as many of them as have been `read` by now. */
class Source implements CursorSource {
  asked: string[] = [];
  /** Requests that fail before one succeeds. */
  failures = 0;
  /** While it is set, answers wait for it. */
  gate: Promise<void> | null = null;
  records: readonly RecordOfEdits[];

  constructor(private readonly all: readonly RecordOfEdits[]) {
    this.records = all;
  }

  read(count: number): void {
    this.records = this.all.slice(0, count);
  }

  private async answer(name: string): Promise<void> {
    this.asked.push(name);
    await this.gate;
    if (this.failures > 0) {
      this.failures--;
      throw new Error(`${name} failed`);
    }
  }

  async index(): Promise<HistoryIndex> {
    await this.answer('index');
    return parseHistoryIndex(makeIndex(this.records));
  }

  async block(ref: BlockRef): Promise<Block> {
    await this.answer(ref.sha256 ? `${ref.number}.bin` : 'tail.bin');
    const all = encodeAll(this.records);
    return parseBlock(all[ref.sha256 ? ref.number : all.length - 1]!.bytes, SIZE);
  }

  async picture(version: number): Promise<Uint8Array> {
    await this.answer(`${version}.png`);
    return fold(this.records, version);
  }

  retryMs(): number {
    return 1;
  }
}

const records = makeRecords(200, 4);
const blocks = encodeAll(records);
const newest = records[records.length - 1]!.offset + 1;
let source: Source;
let board: PastBoard;
let cursor: Cursor;
let troubles: unknown[];

beforeEach(() => {
  source = new Source(records);
  board = new PastBoard(SIZE, PALETTE_16, new ArrayBuffer(4 * SIZE.width * SIZE.height));
  troubles = [];
  cursor = new Cursor(board, source, {
    changed: () => {},
    trouble: (error) => troubles.push(error),
  });
});

async function at(version: number, playing = false): Promise<void> {
  cursor.seek(version, playing);
  await vi.waitFor(() => expect(cursor.settled).toBe(true), { timeout: 5_000, interval: 1 });
  showsRight(version);
}

function showsRight(version: number): void {
  // Not with toEqual(), which takes long to say that two large arrays are equal.
  expect(Buffer.compare(board.indices, fold(source.records, version))).toBe(0);
  const words = new Uint32Array((board as unknown as { words: Uint32Array }).words);
  expect(words.every((word, p) => word === rgbaWord(PALETTE_16[board.indices[p]!]!))).toBe(true);
  const its = source.records.filter(({ offset }) => offset < version).at(-1);
  expect(cursor.shown).toBe(its ? its.offset + 1 : 0);
}

test('every version, forward, backward and by chance, is the fold', async () => {
  expect(blocks.length).toBeGreaterThan(10);
  for (let v = 0; v <= newest; v += 3) await at(v);
  for (let v = newest; v >= 0; v -= 5) await at(v);
  const random = chance(8);
  for (let i = 0; i < 300; i++) await at(Math.floor(random() * (newest + 1)));
});

test('inside a block nobody is asked, in either direction', async () => {
  const { from, to } = blocks[5]!;
  await at(from + 1);
  expect(source.asked).toEqual(['index', '5.bin', `${from}.png`]);
  source.asked = [];
  for (let v = from + 1; v <= to; v++) {
    cursor.seek(v);
    expect(cursor.settled).toBe(true);
    showsRight(v);
  }
  for (let v = to; v > from; v--) {
    cursor.seek(v);
    showsRight(v);
  }
  await at(to);
  expect(source.asked).toEqual([]);
});

test('over the end of a block only the next block is asked for, and back again nobody', async () => {
  await at(blocks[3]!.to);
  source.asked = [];
  await at(blocks[4]!.to);
  expect(source.asked).toEqual(['4.bin']);
  source.asked = [];
  await at(blocks[3]!.from + 1);
  await at(blocks[4]!.from + 1);
  expect(source.asked).toEqual([]);
});

test('while it plays, the next block is there before it is needed, and every block is asked for once', async () => {
  await at(0, true);
  for (let v = 0; v <= newest; v++) {
    cursor.seek(v, true);
    // What was asked for before this has come.
    await new Promise((resolve) => setTimeout(resolve));
    expect(cursor.settled).toBe(true);
    showsRight(v);
  }
  const asked = source.asked.filter((name) => name !== 'index');
  expect(new Set(asked).size).toBe(asked.length);
  expect(asked.filter((name) => name.endsWith('.png'))).toEqual(['0.png']);
  expect(asked.filter((name) => name.endsWith('.bin'))).toHaveLength(blocks.length);
});

test('a few blocks are kept, the oldest of them is asked for again', async () => {
  for (let i = 0; i <= BLOCKS_KEPT; i++) await at(blocks[i]!.to);
  source.asked = [];
  for (let i = 1; i <= BLOCKS_KEPT; i++) await at(blocks[i]!.to - 1);
  expect(source.asked).toEqual([]);
  await at(1);
  expect(source.asked).toContain('0.bin');
});

test('what is shown stays until the new is here, and of many wishes the last counts', async () => {
  await at(blocks[2]!.to);
  let open = () => {};
  source.gate = new Promise((resolve) => (open = resolve));
  source.asked = [];
  for (let i = 0; i < 5; i++) {
    cursor.seek(blocks[8 - i]!.to - 1);
    expect(cursor.settled).toBe(false);
    showsRightStill(blocks[2]!.to);
  }
  // Where everything is here, nothing is waited for.
  cursor.seek(blocks[2]!.from + 1);
  showsRight(blocks[2]!.from + 1);
  cursor.seek(blocks[9]!.to);
  expect(cursor.settled).toBe(false);
  open();
  await at(blocks[9]!.to);
  // The first wish, the last one, and nothing in between.
  expect(source.asked.filter((name) => name.endsWith('.bin'))).toEqual(['8.bin', '9.bin']);
});

function showsRightStill(version: number): void {
  expect(Buffer.compare(board.indices, fold(source.records, version))).toBe(0);
}

test('the tail grows, becomes a block, and is followed', async () => {
  for (let count = 1; count <= 60; count++) {
    source.read(count);
    await at(records[count - 1]!.offset + 1);
    if (count % 7 === 0) await at(records[count - 3]!.offset + 1);
  }
  expect(troubles.filter(Boolean)).toEqual([]);
});

test('a tail that has become a block since the index came is found', async () => {
  const first = blocks[0]!.records.length;
  source.read(first - 1);
  await at(0);
  source.read(first + 3);
  await at(records[first + 2]!.offset + 1);
  source.read(first - 1);
  // Only the cursor's index is of before.
  const fresh = new Cursor(board, source, { changed: () => {}, trouble: (e) => troubles.push(e) });
  await fresh.refresh();
  source.read(first + 3);
  fresh.seek(records[first - 2]!.offset + 1);
  await vi.waitFor(() => expect(fresh.settled).toBe(true), { interval: 1 });
  expect(Buffer.compare(board.indices, fold(records, records[first - 2]!.offset + 1))).toBe(0);
});

test('a version that history has not read yet is waited for, and nothing else shown', async () => {
  source.read(100);
  const known = records[99]!.offset + 1;
  await at(known);
  cursor.seek(newest);
  await vi.waitFor(() => expect(troubles.length).toBeGreaterThan(2));
  expect(cursor.settled).toBe(false);
  showsRightStill(known);
  source.read(200);
  await at(newest);
  expect(troubles.at(-1)).toBeNull();
});

describe('trouble', () => {
  test('is told, tried again, and told to be over', async () => {
    source.failures = 3;
    await at(blocks[4]!.to);
    expect(troubles.filter(Boolean)).toHaveLength(3);
    expect(troubles.at(-1)).toBeNull();
  });

  test('in something wished for before does not matter any more', async () => {
    await at(blocks[2]!.to);
    source.failures = 1e9;
    cursor.seek(blocks[9]!.to);
    await vi.waitFor(() => expect(troubles.length).toBeGreaterThan(1));
    cursor.seek(blocks[2]!.to - 1);
    showsRight(blocks[2]!.to - 1);
    await vi.waitFor(() => expect(troubles.at(-1)).toBeNull());
  });

  test('after the end is nobody\'s', async () => {
    source.failures = 1e9;
    cursor.seek(newest);
    await vi.waitFor(() => expect(troubles.length).toBeGreaterThan(1));
    cursor.stop();
    const before = source.asked.length;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(source.asked.length).toBe(before);
    expect(board.indices.every((colour) => colour === 0)).toBe(true);
  });
});

test('the time and the next record are those of what is shown', async () => {
  await at(blocks[1]!.from + 1);
  const i = records.findIndex(({ offset }) => offset + 1 > blocks[1]!.from + 1);
  const [before, after] = [records[i - 1]!, records[i]!];
  if (before.offset + 1 > blocks[1]!.from) expect(cursor.time).toBe(before.time);
  expect(cursor.next).toBe(after.offset + 1);
  await at(after.offset + 1);
  expect(cursor.time).toBe(after.time);
  await at(0);
  expect(cursor.time).toBeNull();
  expect(cursor.next).toBe(records[0]!.offset + 1);
});

test('a canvas that nobody painted is blank at every version', async () => {
  source = new Source([]);
  const blank = new Cursor(board, source, { changed: () => {}, trouble: (e) => troubles.push(e) });
  blank.seek(0);
  await vi.waitFor(() => expect(blank.settled).toBe(true));
  expect(blank.shown).toBe(0);
  expect([blank.time, blank.next]).toEqual([null, null]);
});

test('only what changed is drawn again', async () => {
  await at(blocks[5]!.to);
  board.takeDirty();
  cursor.seek(blocks[5]!.to);
  expect(board.takeDirty()).toEqual([]);
  const last = blocks[5]!.records.at(-1)!;
  cursor.seek(last.offset);
  const xs = last.edits.map(({ x }) => x);
  const ys = last.edits.map(({ y }) => y);
  expect(board.takeDirty()).toEqual([
    { x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs) + 1, y1: Math.max(...ys) + 1 },
  ]);
});
