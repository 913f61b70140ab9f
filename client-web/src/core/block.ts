// SPDX-License-Identifier: ISC
// A block of history (PROTOCOL.md, "A block"): some 65,536 edits of one canvas with the records that
// they came in, as columns. Whatever does not check ends in an error that says what, never in a guess.

import { EDIT_BYTES, validEdits, type Size } from './edit';
import type { Position } from './info';

export interface Block {
  readonly at: Position;
  /** 32 hex digits. */
  readonly genesis: string;
  readonly number: number;
  /** Version of the canvas before the first record and after the last one. */
  readonly from: number;
  readonly to: number;
  /** The version after each record. */
  readonly versions: Float64Array;
  /** When each record was written, in ms since 1970; -1: unknown. */
  readonly times: Float64Array;
  /** How many edits there are up to the end of each record. */
  readonly ends: Uint32Array;
  readonly edits: Uint8Array;
}

const MAGIC = 'placedhb';
const FORMAT = 1;
const HEADER = 64;
const RECORD_BYTES = 8 + 8 + 4;

/** How long a block of so many records and edits is. */
export const blockBytes = (records: number, edits: number): number =>
  HEADER + records * RECORD_BYTES + edits * EDIT_BYTES;

/** Throws an Error that names what is wrong. */
export function parseBlock(bytes: Uint8Array, size: Size): Block {
  if (bytes.length < HEADER) throw new Error(`block of ${bytes.length} bytes, its header has ${HEADER}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < MAGIC.length; i++) {
    if (bytes[i] !== MAGIC.charCodeAt(i)) throw new Error('not a block');
  }
  const format = view.getUint16(8, true);
  if (format !== FORMAT) throw new Error(`block of format ${format}, known is ${FORMAT}`);
  const records = view.getUint32(56, true);
  const edits = view.getUint32(60, true);
  const length = blockBytes(records, edits);
  if (bytes.length !== length) {
    throw new Error(`block of ${bytes.length} bytes, its counts say ${length}`);
  }
  const from = readU64(view, 40, 'first version');
  const to = readU64(view, 48, 'last version');
  const block: Block = {
    at: { x: view.getInt16(10, true), y: view.getInt16(12, true) },
    genesis: Array.from(bytes.subarray(16, 32), (b) => b.toString(16).padStart(2, '0')).join(''),
    number: readU64(view, 32, 'number'),
    from,
    to,
    ...readRecords(view, records, edits, from, to),
    edits: bytes.subarray(length - edits * EDIT_BYTES),
  };
  if (!validEdits(block.edits, size)) throw new Error('block with an edit outside the canvas');
  return block;
}

function readRecords(view: DataView, n: number, edits: number, from: number, to: number) {
  const versions = new Float64Array(n);
  const times = new Float64Array(n);
  const ends = new Uint32Array(n);
  const timesAt = HEADER + 8 * n;
  const countsAt = timesAt + 8 * n;
  let last = from;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const version = readU64(view, HEADER + 8 * i, 'offset') + 1;
    if (version <= last) throw new Error(`block whose record ${i} is not after the one before`);
    last = versions[i] = version;
    times[i] = readTime(view, timesAt + 8 * i);
    const count = view.getUint32(countsAt + 4 * i, true);
    if (count === 0) throw new Error(`block whose record ${i} has no edits`);
    sum += count;
    if (sum > edits) throw new Error('block whose records have more edits than it says');
    ends[i] = sum;
  }
  if (sum !== edits) throw new Error('block whose records have fewer edits than it says');
  if (last !== to) throw new Error(`block up to version ${to} whose last record ends at ${last}`);
  return { versions, times, ends };
}

function readU64(view: DataView, at: number, what: string): number {
  const value = view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
  if (!Number.isSafeInteger(value + 1)) throw new Error(`block with the ${what} ${value}`);
  return value;
}

/** A time that no date can hold is as good as unknown. */
function readTime(view: DataView, at: number): number {
  const value = view.getInt32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
  return value >= 0 && value <= 8.64e15 ? value : -1;
}

/** How many of the ascending values are at most this one. */
export function countUpTo(values: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
