// SPDX-License-Identifier: ISC
// A second opinion about history: every record of the log, read by code that shares nothing with the
// page's, and the canvas at any version by the plainest fold.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { LOGCAT, type Server } from './server';

const SIDE = 1000;

interface Recorded {
  /** After the record. */
  readonly version: number;
  readonly canvas: string;
  /** x, y, colour by turns. */
  readonly edits: readonly number[];
}

/** One record's value (PROTOCOL.md, "The log"): edits of canvas 0,0, or a position before them. */
function parse(version: number, value: Buffer): Recorded {
  const placed = value.length % 3 === 1;
  const canvas = placed ? `${value.readInt16LE(0)},${value.readInt16LE(2)}` : '0,0';
  const edits: number[] = [];
  for (let at = placed ? 4 : 0; at < value.length; at += 3) {
    const word = value.readUIntLE(at, 3);
    edits.push(word & 1023, (word >> 10) & 1023, word >> 20);
  }
  return { version, canvas, edits };
}

/** The records of one canvas that are in the server's log by now, to the last one: frames of a stream
 * would not do, because one may hold several records. */
export async function recorded(server: Server, canvas = '0,0'): Promise<Recording> {
  const options = { encoding: 'buffer', maxBuffer: 1 << 28 } as const;
  const { stdout } = await promisify(execFile)(LOGCAT, [join(server.data, 'log')], options);
  const records: Recorded[] = [];
  for (let at = 0; at < stdout.length; ) {
    const end = stdout.indexOf('\n', at);
    const [offset, , length] = stdout.toString('latin1', at, end).split(' ').map(Number);
    at = end + 1 + length!;
    records.push(parse(offset! + 1, stdout.subarray(end + 1, at)));
  }
  return new Recording(records.filter((record) => record.canvas === canvas));
}

export class Recording {
  constructor(private readonly records: readonly Recorded[]) {}

  get versions(): number[] {
    return this.records.map(({ version }) => version);
  }

  get newest(): number {
    return this.versions.at(-1) ?? 0;
  }

  /** The edits of one cell: the version that each came with, and its colour. */
  editsOf(x: number, y: number): { version: number; colour: number }[] {
    return this.records.flatMap(({ version, edits }) => {
      const found: { version: number; colour: number }[] = [];
      for (let at = 0; at < edits.length; at += 3) {
        if (edits[at] === x && edits[at + 1] === y) found.push({ version, colour: edits[at + 2]! });
      }
      return found;
    });
  }

  /** How many edits there are up to this version. */
  edits(version: number): number {
    let sum = 0;
    for (const record of this.records) if (record.version <= version) sum += record.edits.length / 3;
    return sum;
  }

  indices(version: number): Uint8Array {
    const indices = new Uint8Array(SIDE * SIDE);
    const edits = this.upTo(version);
    for (let i = 0; i < edits.length; i += 3) indices[edits[i + 1]! * SIDE + edits[i]!] = edits[i + 2]!;
    return indices;
  }

  heat(version: number): Uint16Array {
    const counts = new Uint16Array(SIDE * SIDE);
    const edits = this.upTo(version);
    for (let i = 0; i < edits.length; i += 3) counts[edits[i + 1]! * SIDE + edits[i]!]!++;
    return counts;
  }

  private upTo(version: number): number[] {
    return this.records.filter((record) => record.version <= version).flatMap(({ edits }) => [...edits]);
  }
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** SHA-256 of what rewind shows of a canvas; null while it shows nothing. */
export const pastSum = (page: Page, name = '0,0') =>
  page.evaluate(async (name) => {
    const canvas = window.placed.past?.rewind.shown?.canvases.get(name);
    if (!canvas || canvas.cursor.shown === null) return null;
    const sum = await crypto.subtle.digest('SHA-256', canvas.board.indices as Uint8Array<ArrayBuffer>);
    return Array.from(new Uint8Array(sum), (b) => b.toString(16).padStart(2, '0')).join('');
  }, name);
