// SPDX-License-Identifier: ISC
// The index of one canvas's history (`/h/G/GX,GY/index.json`): its blocks, and how busy it was when.

import { blockBytes } from './block';
import type { Position } from './info';
import { parseGenesis } from './version';

export interface BlockRef {
  readonly number: number;
  readonly from: number;
  readonly to: number;
  /** SHA-256 of its bytes, 64 hex digits; null for the tail, which goes on growing. */
  readonly sha256: string | null;
  /** Times of its first and last record, in ms since 1970; null: unknown, or none. */
  readonly time: number | null;
  readonly timeTo: number | null;
}

/** A version of the canvas, and when it came to be. */
export interface Sample {
  readonly version: number;
  readonly time: number;
}

export interface Activity {
  /** Edits from one sample to the next. */
  readonly step: number;
  readonly samples: readonly Sample[];
}

export interface HistoryIndex {
  readonly genesis: string;
  readonly at: Position;
  readonly version: number;
  /** All records of the plane below this version have been read. */
  readonly read: number;
  /** The complete ones in their order, block 0 first. */
  readonly blocks: readonly BlockRef[];
  readonly tail: BlockRef;
  readonly activity: Activity;
}

/** More would make no difference on any screen. */
const SAMPLES_MAX = 4_096;

const isCount = (v: unknown): v is number => Number.isSafeInteger(v) && (v as number) >= 0;
const isTime = (v: unknown): v is number => isCount(v) && v <= 8.64e15;
const timeOf = (v: unknown): number | null => (isTime(v) ? v : null);
const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null;

/** Throws an Error that names what is wrong. */
export function parseHistoryIndex(value: unknown): HistoryIndex {
  if (!isObject(value)) throw new Error('index that is no object');
  const { canvas, version, read, blocks, tail, activity } = value;
  const genesis = parseGenesis(value.genesis);
  if (!genesis) throw new Error('index without a genesis');
  if (!Array.isArray(canvas) || canvas.length !== 2 || !canvas.every(Number.isInteger)) {
    throw new Error('index without a canvas');
  }
  if (!isCount(version) || !isCount(read) || version > read) {
    throw new Error(`index of version ${String(version)}, read up to ${String(read)}`);
  }
  if (!Array.isArray(blocks)) throw new Error('index without blocks');
  let from = 0;
  const complete = blocks.map((block, number) => {
    const ref = parseRef(block, number, from);
    if (ref.to === from) throw new Error(`index whose block ${number} is empty`);
    if (typeof block.sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(block.sha256)) {
      throw new Error(`index whose block ${number} has no sum`);
    }
    if (block.bytes !== blockBytes(block.records, block.edits)) {
      throw new Error(`index whose block ${number} is of another length than its counts`);
    }
    from = ref.to;
    return { ...ref, sha256: block.sha256 };
  });
  const rest = parseRef(tail, complete.length, from);
  if (rest.to !== version) throw new Error(`index of version ${version} that ends at ${rest.to}`);
  return {
    genesis,
    at: { x: canvas[0], y: canvas[1] },
    version,
    read,
    blocks: complete,
    tail: rest,
    activity: parseActivity(activity, version),
  };
}

function parseRef(value: unknown, number: number, from: number): BlockRef {
  if (!isObject(value) || value.block !== number) throw new Error(`index without block ${number}`);
  if (value.from !== from) {
    throw new Error(`index whose block ${number} begins at ${String(value.from)}, not ${from}`);
  }
  const { to, records, edits } = value;
  if (!isCount(to) || to < from || !isCount(records) || !isCount(edits)) {
    throw new Error(`index whose block ${number} has no counts`);
  }
  return {
    number,
    from,
    to,
    sha256: null,
    time: timeOf(value.time),
    timeTo: timeOf(value.time_to),
  };
}

function parseActivity(value: unknown, end: number): Activity {
  if (!isObject(value)) throw new Error('index without activity');
  const { step, samples } = value;
  if (!isCount(step) || step < 1) throw new Error(`activity in steps of ${String(step)}`);
  if (!Array.isArray(samples) || samples.length > SAMPLES_MAX) throw new Error('activity unreadable');
  const kept: Sample[] = [];
  let last = 0;
  for (const sample of samples) {
    if (!Array.isArray(sample)) throw new Error('activity with something that is no sample');
    const [version, time] = sample as unknown[];
    if (!isCount(version) || version <= last || version > end) {
      throw new Error(`activity with a sample of version ${String(version)} after ${last}`);
    }
    last = version;
    // The log may not know when; then its neighbours tell.
    if (isTime(time)) kept.push({ version, time });
  }
  return { step, samples: kept };
}

/** The block that leads from below this version to it; of version 0, the first. */
export function blockFor(index: HistoryIndex, version: number): BlockRef {
  const { blocks, tail } = index;
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (blocks[middle]!.to < version) low = middle + 1;
    else high = middle;
  }
  return blocks[low] ?? tail;
}
