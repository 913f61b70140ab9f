// SPDX-License-Identifier: ISC
// A second opinion about history: every edit that a canvas's stream brings, read by code that shares
// nothing with the page's, and the canvas at any version by the plainest fold. A frame may hold several
// records; where those end, the blocks say, whose edits must be the stream's.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { WAIT_MS } from './page';

const SIDE = 1000;

interface Recorded {
  readonly version: number;
  /** x, y, colour by turns. */
  readonly edits: readonly number[];
}

declare global {
  interface Window {
    recorded?: Recorded[];
  }
}

/** Begins to keep all frames of a canvas from the log's start on, in a page of its own. */
export async function startRecorder(page: Page, url: string, folder = ''): Promise<void> {
  await page.goto(`${url}info`);
  await page.evaluate((address) => {
    const kept: Recorded[] = (window.recorded = []);
    const socket = new WebSocket(address, 'placed.1');
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data === 'string') return;
      const view = new DataView(data);
      const edits: number[] = [];
      for (let at = 8; at < data.byteLength; at += 3) {
        const word = view.getUint8(at) | (view.getUint8(at + 1) << 8) | (view.getUint8(at + 2) << 16);
        edits.push(word & 1023, (word >> 10) & 1023, word >> 20);
      }
      kept.push({ version: Number(view.getBigUint64(0, true)), edits });
    };
  }, `${url.replace('http', 'ws')}${folder}ws?from=0`);
}

/** What was recorded up to this version of the canvas, which must be there by and by. */
export async function recorded(page: Page, version: number, name = '0,0'): Promise<Recording> {
  await page.waitForFunction((v) => (window.recorded!.at(-1)?.version ?? 0) >= v, version, {
    timeout: WAIT_MS,
  });
  const stream = await page.evaluate(() => window.recorded!.flatMap(({ edits }) => [...edits]));
  const records = await readRecords(new URL('.', page.url()), name, version);
  const edits = records.flatMap((record) => [...record.edits]);
  assert.equal(edits.length, stream.length, 'blocks and stream hold as many edits');
  assert.ok(
    edits.every((value, i) => value === stream[i]),
    'blocks and stream hold the same edits',
  );
  return new Recording(records);
}

/** The records of all blocks, once history has read this version. */
async function readRecords(base: URL, name: string, version: number): Promise<Recorded[]> {
  const { genesis } = (await (await fetch(new URL('info', base))).json()) as { genesis: string };
  const folder = new URL(`h/${genesis.slice(0, 16)}/${name}/`, base);
  for (let end = Date.now() + WAIT_MS; ; await sleep(50)) {
    assert.ok(Date.now() < end, `history has not read version ${version}`);
    const answer = await fetch(new URL('index.json', folder));
    if (!answer.ok) continue;
    const index = (await answer.json()) as { version: number; blocks: unknown[] };
    if (index.version < version) continue;
    const names = [...index.blocks.map((_, number) => `${number}.bin`), 'tail.bin'];
    const blocks = await Promise.all(
      names.map(async (file) => (await fetch(new URL(file, folder))).arrayBuffer()),
    );
    const records = blocks.flatMap(recordsOf);
    // A block that was completed between two answers is there twice, or not at all.
    if (records.every(({ version: v }, i) => i === 0 || v > records[i - 1]!.version)) return records;
  }
}

function recordsOf(block: ArrayBuffer): Recorded[] {
  const view = new DataView(block);
  const n = view.getUint32(56, true);
  let at = 64 + 20 * n;
  return Array.from({ length: n }, (_, i) => {
    const edits: number[] = [];
    for (let left = view.getUint32(64 + 16 * n + 4 * i, true); left > 0; left--, at += 3) {
      edits.push(...editOf(view.getUint8(at) | (view.getUint16(at + 1, true) << 8)));
    }
    return { version: Number(view.getBigUint64(64 + 8 * i, true)) + 1, edits };
  });
}

const editOf = (word: number): number[] => [word & 1023, (word >> 10) & 1023, word >> 20];

export class Recording {
  constructor(private readonly records: readonly Recorded[]) {}

  get versions(): number[] {
    return this.records.map(({ version }) => version);
  }

  get newest(): number {
    return this.versions.at(-1) ?? 0;
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
