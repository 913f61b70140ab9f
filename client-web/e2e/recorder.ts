// SPDX-License-Identifier: ISC
// A second opinion about history: every frame that a canvas's stream brings, read by code that shares
// nothing with the page's, and the canvas at any version by the plainest fold.

import { createHash } from 'node:crypto';
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

/** What was recorded up to this version, which must have come. */
export async function recorded(page: Page, version: number): Promise<Recording> {
  await page.waitForFunction((v) => (window.recorded!.at(-1)?.version ?? 0) >= v, version, {
    timeout: WAIT_MS,
  });
  return new Recording(await page.evaluate(() => window.recorded!));
}

export class Recording {
  constructor(private readonly frames: readonly Recorded[]) {}

  get versions(): number[] {
    return this.frames.map(({ version }) => version);
  }

  get newest(): number {
    return this.versions.at(-1) ?? 0;
  }

  /** How many edits there are up to this version. */
  edits(version: number): number {
    let sum = 0;
    for (const frame of this.frames) if (frame.version <= version) sum += frame.edits.length / 3;
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
    return this.frames.filter((frame) => frame.version <= version).flatMap(({ edits }) => [...edits]);
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
