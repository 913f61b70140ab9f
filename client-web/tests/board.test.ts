// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { Board, rgbaWord } from '../src/core/board';
import { packEdit, type Edit } from '../src/core/edit';

const size = { width: 1000, height: 1000 };
const palette = ['#ffffff', '#e4e4e4', '#e50009'];

function make() {
  const pixels = new ArrayBuffer(size.width * size.height * 4);
  return { board: new Board(size, palette, pixels), bytes: new Uint8Array(pixels) };
}

function pack(...edits: Edit[]): Uint8Array {
  const bytes = new Uint8Array(edits.length * 3);
  edits.forEach((edit, i) => packEdit(edit, bytes, i * 3));
  return bytes;
}

/** The checksum as PROTOCOL.md writes it, from all pixels, in big integers. */
function slowSum(board: Board): string {
  const word = (v: bigint) => v & 0xffffffffn;
  let low = 0n;
  let high = 0n;
  for (let p = 0; p < size.width * size.height; p++) {
    const colour = board.at(p % 1000, Math.floor(p / 1000));
    if (colour === 0) continue;
    const v = word((BigInt(p) << 4n) | BigInt(colour));
    let h = v ^ 0x9e3779b9n;
    h = word((h ^ (h >> 16n)) * 0x85ebca6bn);
    h = word((h ^ (h >> 13n)) * 0xc2b2ae35n);
    low ^= h ^ (h >> 16n);
    h = v ^ 0x7f4a7c15n;
    h = word((h ^ (h >> 16n)) * 0x7feb352dn);
    h = word((h ^ (h >> 15n)) * 0x846ca68bn);
    high ^= h ^ (h >> 16n);
  }
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}

test('a colour becomes the bytes red, green, blue, opaque', () => {
  expect([...new Uint8Array(new Uint32Array([rgbaWord('#e50109')]).buffer)]).toEqual([
    0xe5, 0x01, 0x09, 0xff,
  ]);
});

test('a new board is blank, all of it to be drawn, with checksum 0', () => {
  const { board, bytes } = make();
  expect([...bytes.subarray(0, 4)]).toEqual([255, 255, 255, 255]);
  expect(board.takeDirty()).toEqual([{ x0: 0, y0: 0, x1: 1000, y1: 1000 }]);
  expect(board.takeDirty()).toEqual([]);
  expect(board.sum()).toBe('0000000000000000');
});

test('edits are applied in order, and only what they changed is to be drawn', () => {
  const { board, bytes } = make();
  board.takeDirty();
  board.apply(
    pack(
      { x: 5, y: 7, colour: 1 },
      { x: 900, y: 3, colour: 2 },
      { x: 5, y: 7, colour: 2 },
    ),
  );
  expect(board.at(5, 7)).toBe(2);
  expect([...bytes.subarray((7 * 1000 + 5) * 4, (7 * 1000 + 5) * 4 + 4)]).toEqual([0xe5, 0, 9, 255]);
  expect(board.takeDirty()).toEqual([
    { x0: 5, y0: 7, x1: 6, y1: 8 },
    { x0: 900, y0: 3, x1: 901, y1: 4 },
  ]);
});

test('an edit that changes nothing needs no drawing', () => {
  const { board } = make();
  board.takeDirty();
  board.put(3, 3, 0);
  expect(board.takeDirty()).toEqual([]);
});

test('the checksum kept edit by edit is the one of the whole picture', () => {
  const { board } = make();
  const edits: Edit[] = [];
  for (let i = 0; i < 3000; i++) {
    edits.push({ x: (i * 7919) % 1000, y: (i * 104729) % 977, colour: (i * 31) % 16 });
  }
  board.apply(pack(...edits));
  const sum = board.sum();
  expect(sum).toBe(slowSum(board));

  const indices = new Uint8Array(size.width * size.height);
  for (let p = 0; p < indices.length; p++) indices[p] = board.at(p % 1000, Math.floor(p / 1000));
  const { board: loaded } = make();
  loaded.put(1, 1, 9);
  loaded.load(indices);
  expect(loaded.sum()).toBe(sum);
});

test('painting over and back gives the checksum back', () => {
  const { board } = make();
  board.put(999, 999, 15);
  const before = board.sum();
  board.put(0, 1, 4);
  expect(board.sum()).not.toBe(before);
  board.put(0, 1, 0);
  expect(board.sum()).toBe(before);
});

test('a colour that the palette does not name looks blank but is kept', () => {
  const { board, bytes } = make();
  board.put(0, 0, 12);
  expect(board.at(0, 0)).toBe(12);
  expect([...bytes.subarray(0, 4)]).toEqual([255, 255, 255, 255]);
});
