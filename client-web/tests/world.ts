// SPDX-License-Identifier: ISC
// A history made up: records of one canvas, and from them blocks, index and pictures as a server has
// them, written from the formats alone.

import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { packEdit, type Edit, type Size } from '../src/core/edit';

/** What a server without rules says of them. */
export const NO_RULES = {
  rules: 0,
  frozen: false,
  colours: null,
  regions: [],
  energy: null,
  identity: { have: true, needed: 'any' as const, report: false },
};

export const GENESIS = '0123456789abcdef0123456789abcdef';
export const SIZE: Size = { width: 40, height: 30 };
/** What the real ones have is 65,536; nothing depends on it. */
export const BLOCK_EDITS = 64;

export interface RecordOfEdits {
  readonly offset: number;
  readonly time: number;
  readonly edits: readonly Edit[];
}

/** Numbers from 0 to 1 that are the same every time. */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Records with gaps between their offsets, as on a plane of several canvases. */
export function makeRecords(count: number, seed = 1, size = SIZE): RecordOfEdits[] {
  const random = chance(seed);
  const below = (n: number) => Math.floor(random() * n);
  let offset = -1;
  let time = Date.UTC(2026, 3, 1);
  return Array.from({ length: count }, () => {
    offset += 1 + below(3);
    time += below(5_000);
    const edits = Array.from({ length: 1 + below(9) }, () => ({
      x: below(size.width),
      y: below(size.height),
      colour: below(16),
    }));
    return { offset, time, edits };
  });
}

/** The canvas at a version, by the simplest fold there is. */
export function fold(records: readonly RecordOfEdits[], version: number, size = SIZE): Uint8Array {
  const indices = new Uint8Array(size.width * size.height);
  for (const { offset, edits } of records) {
    if (offset >= version) break;
    for (const { x, y, colour } of edits) indices[y * size.width + x] = colour;
  }
  return indices;
}

export function heatOf(records: readonly RecordOfEdits[], version: number, size = SIZE): Uint16Array {
  const counts = new Uint16Array(size.width * size.height);
  for (const { offset, edits } of records) {
    if (offset >= version) break;
    for (const { x, y } of edits) counts[y * size.width + x]!++;
  }
  return counts;
}

/** Groups of records that are a block each; the last one may not be complete. */
export function split(records: readonly RecordOfEdits[], most = BLOCK_EDITS): RecordOfEdits[][] {
  const blocks: RecordOfEdits[][] = [[]];
  let edits = 0;
  for (const record of records) {
    blocks[blocks.length - 1]!.push(record);
    edits += record.edits.length;
    if (edits < most) continue;
    blocks.push([]);
    edits = 0;
  }
  return blocks;
}

export function encodeBlock(
  records: readonly RecordOfEdits[],
  number: number,
  from: number,
  at = { x: 0, y: 0 },
  genesis = GENESIS,
): Uint8Array {
  const edits = records.flatMap((record) => record.edits);
  const bytes = new Uint8Array(64 + 20 * records.length + 3 * edits.length);
  const view = new DataView(bytes.buffer);
  const last = records[records.length - 1];
  bytes.set(new TextEncoder().encode('placedhb'));
  view.setUint16(8, 1, true);
  view.setInt16(10, at.x, true);
  view.setInt16(12, at.y, true);
  bytes.set(Buffer.from(genesis, 'hex'), 16);
  view.setBigUint64(32, BigInt(number), true);
  view.setBigUint64(40, BigInt(from), true);
  view.setBigUint64(48, BigInt(last ? last.offset + 1 : from), true);
  view.setUint32(56, records.length, true);
  view.setUint32(60, edits.length, true);
  records.forEach(({ offset, time, edits: { length } }, i) => {
    view.setBigUint64(64 + 8 * i, BigInt(offset), true);
    view.setBigInt64(64 + 8 * (records.length + i), BigInt(time), true);
    view.setUint32(64 + 16 * records.length + 4 * i, length, true);
  });
  edits.forEach((edit, i) => packEdit(edit, bytes, 64 + 20 * records.length + 3 * i));
  return bytes;
}

export interface Encoded {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
  readonly records: readonly RecordOfEdits[];
}

/** All blocks of these records, the one that is not complete last. */
export function encodeAll(records: readonly RecordOfEdits[], most = BLOCK_EDITS): Encoded[] {
  let from = 0;
  return split(records, most).map((part, number) => {
    const last = part[part.length - 1];
    const to = last ? last.offset + 1 : from;
    const encoded = { bytes: encodeBlock(part, number, from), from, to, records: part };
    from = to;
    return encoded;
  });
}

/** The index as JSON would bring it. */
export function makeIndex(records: readonly RecordOfEdits[], read?: number, most = BLOCK_EDITS) {
  const encoded = encodeAll(records, most);
  const describe = ({ from, to, records, bytes }: Encoded, block: number) => ({
    block,
    from,
    to,
    records: records.length,
    edits: records.reduce((sum, { edits }) => sum + edits.length, 0),
    time: records[0]?.time ?? null,
    time_to: records[records.length - 1]?.time ?? null,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    chain: '0'.repeat(64),
  });
  const all = encoded.map(describe);
  const tail = all[all.length - 1]!;
  const { bytes: _, sha256: __, chain: ___, ...rest } = tail;
  return {
    genesis: GENESIS,
    canvas: [0, 0],
    version: tail.to,
    read: read ?? tail.to,
    edits: all.reduce((sum, { edits }) => sum + edits, 0),
    block_edits: most,
    blocks: all.slice(0, -1),
    tail: rest,
    activity: makeActivity(records),
  };
}

function makeActivity(records: readonly RecordOfEdits[]) {
  let sum = 0;
  const samples = records.map(({ offset, time, edits }) => {
    sum += edits.length;
    return [offset + 1, time] as [number, number];
  });
  return { step: Math.max(1, Math.round(sum / Math.max(1, samples.length))), samples };
}

function chunk(type: string, body: Uint8Array): Buffer {
  const bytes = Buffer.alloc(12 + body.length);
  bytes.writeUInt32BE(body.length, 0);
  bytes.write(type, 4);
  bytes.set(body, 8);
  return bytes;
}

/** A PNG of 8 bits a pixel with a palette, and these text chunks. Checksums are left out. */
export function encodePng(
  samples: Uint8Array,
  palette: readonly string[],
  text: Record<string, string> = {},
  size = SIZE,
  type = 3,
): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size.width, 0);
  header.writeUInt32BE(size.height, 4);
  header.set([8, type, 0, 0, 0], 8);
  const rows = Buffer.alloc((size.width + 1) * size.height);
  for (let y = 0; y < size.height; y++) {
    rows.set(samples.subarray(y * size.width, (y + 1) * size.width), y * (size.width + 1) + 1);
  }
  return Uint8Array.from(
    Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      chunk('IHDR', header),
      chunk('PLTE', Buffer.from(palette.map((rgb) => rgb.slice(1)).join(''), 'hex')),
      ...Object.entries(text).map(([key, value]) => chunk('tEXt', Buffer.from(`${key}\0${value}`))),
      chunk('IDAT', deflateSync(rows)),
      chunk('IEND', Buffer.alloc(0)),
    ]),
  );
}

/** Sixteen colours that are all different. */
export const PALETTE_16 = Array.from({ length: 16 }, (_, i) => `#${(i * 0x101010 + 7).toString(16).padStart(6, '0')}`);
