// SPDX-License-Identifier: ISC
// A page on a plane of four canvases under a flood of edits, whose network is cut at random: after that,
// what it has on its boards has to be what the server has in its pictures. For e2e/cuts.test.ts, and
// with many cuts for bench/measure-cuts.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Board } from '../src/core/board';
import { decodePicture } from '../src/core/picture';
import { folderOf, nameOf } from '../src/core/plane';
import type { Kind } from '../src/net/transport';
import { chance } from '../tests/world';
import { DESKTOP, lookAt, open, WAIT_MS } from './page';
import { Wire } from './proxy';
import { LOGCAT, Server } from './server';

const FLOOD = join(LOGCAT, '../edit-flood');
const SIDE = { width: 1_000, height: 1_000 };
const CANVASES = [0, 1].flatMap((y) => [0, 1].map((x) => ({ x, y })));
/** So many cuts between two comparisons, for which the flood has to stop. */
const ROUND = 25;
const EQUAL_MS = 60_000;

export interface Outcome {
  readonly kind: Kind;
  readonly cuts: number;
  /** Of them those after which nothing passes, without an error on either side. */
  readonly dead: number;
  /** Cuts that met a connection of another kind. */
  readonly others: number;
  /** Cuts before all four canvases were live again. */
  readonly early: number;
  /** Edits that the server took from the flood, and from the page. */
  readonly edits: number;
  readonly own: number;
  /** How often a checksum differed. */
  readonly heals: number;
  readonly comparisons: number;
  /** Of 4 million pixels, at every comparison: those that differ in the end. */
  readonly differing: number;
  /** From mending the network until all four canvases are live again, when it was waited for. */
  readonly back_ms: { readonly p50: number; readonly p99: number };
  readonly seconds: number;
}

/** `upTo(n)` is the same for the same seed. */
export async function cutting(
  browser: Browser,
  kind: Kind,
  cuts: number,
  rate: number,
  seed = 1,
  say: (words: string) => void = () => {},
): Promise<Outcome> {
  const random = chance(seed);
  const upTo = (n: number) => Math.floor(random() * n);
  // Without a history a page whose event stream fails has no polls to turn to.
  const options = kind === 'events' ? ['--history', 'off'] : [];
  const server = await Server.start('--plane', '2x2', ...options);
  const wire = await Wire.to(server.port);
  const context = await browser.newContext(DESKTOP);
  const began = performance.now();
  let flood: Flood | null = null;
  try {
    if (kind === 'events') await withoutWebSockets(context);
    // Polls need a log with a name.
    await server.edit(0, 0, 1);
    const page = await open(context, wire.url + (kind === 'poll' ? '?transport=poll' : ''));
    await lookAt(page, 1_000, 1_000, 0.6);
    const result = { dead: 0, others: 0, early: 0, own: 0, comparisons: 0, differing: 0 };
    let edits = 0;
    const back: number[] = [];
    await allLive(page);
    for (let done = 0; done < cuts; ) {
      flood = new Flood(server, rate, seed + done);
      for (const end = Math.min(cuts, done + ROUND); done < end; done++) {
        // Mostly after all is well again; now and then in the middle of coming back.
        if (upTo(6) > 0) await allLive(page);
        else result.early++;
        result.own += await place(page, upTo(1_999), upTo(1_999), upTo(16));
        await sleep(upTo(400));
        if ((await kindOf(page)) !== kind) result.others++;
        const dead = upTo(8) === 0;
        if (dead) {
          result.dead++;
          wire.die();
          // As a browser says when it leaves its network: else it takes 40 s until it is noticed.
          await page.evaluate(() => window.dispatchEvent(new Event('offline')));
        } else wire.cut();
        await sleep(upTo(upTo(4) === 0 ? 2_000 : 300));
        const mended = performance.now();
        wire.mend();
        await page.evaluate(() => window.dispatchEvent(new Event('online')));
        if (upTo(2) > 0) {
          await allLive(page);
          back.push(performance.now() - mended);
        }
      }
      edits += await flood.stop();
      flood = null;
      await allLive(page);
      result.comparisons++;
      result.differing += await differing(page, server);
      say(`${kind}: ${done} cuts, ${edits} edits, ${result.differing} pixels differ`);
    }
    back.sort((a, b) => a - b);
    const at = (share: number) => Math.round(back[Math.floor(share * (back.length - 1))] ?? 0);
    return {
      kind,
      cuts,
      ...result,
      edits,
      heals: await page.evaluate(() => [...window.placed.plane.live].reduce((sum, { sync }) => sum + sync.heals, 0)),
      back_ms: { p50: at(0.5), p99: at(0.99) },
      seconds: Math.round((performance.now() - began) / 1_000),
    };
  } finally {
    await flood?.stop();
    await context.close();
    await wire.remove();
    await server.remove();
  }
}

/** Something on the way answers upgrades with 404. */
const withoutWebSockets = (context: BrowserContext) =>
  context.addInitScript(() => {
    const Real = WebSocket;
    window.WebSocket = class extends Real {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(String(url).replace('/ws', '/refused'), protocols);
      }
    };
  });

const kindOf = (page: Page) => page.evaluate(() => window.placed.plane.routes.kind);

async function allLive(page: Page): Promise<void> {
  await page.waitForFunction(
    () => {
      const { plane } = window.placed;
      const live = [...plane.live].filter(({ sync }) => sync.state.kind === 'live').length;
      // It would try by itself, but after so many cuts only in half a minute.
      if (live < 4) plane.retryNow();
      return live === 4;
    },
    undefined,
    { timeout: 3 * WAIT_MS, polling: 50 },
  );
}

/** As a person would: places a pixel, and again what was not saved. */
const place = (page: Page, x: number, y: number, colour: number) =>
  page.evaluate(
    ([x, y, colour]) => {
      const { plane } = window.placed;
      plane.placeUnsaved();
      return plane.place([{ x, y, colour }]) === null ? 1 : 0;
    },
    [x, y, colour] as const,
  );

/** How many pixels of the page's four boards are not those of the server's pictures, once all is quiet. */
async function differing(page: Page, server: Server): Promise<number> {
  const palette = await page.evaluate(() => window.placed.plane.info!.palette.map(({ rgb }) => rgb));
  const end = Date.now() + EQUAL_MS;
  for (;;) {
    let count = 0;
    for (const at of CANVASES) {
      const answer = await fetch(`${server.url}${folderOf(at)}canvas.png`, { cache: 'no-store' });
      const { indices } = await decodePicture(new Uint8Array(await answer.arrayBuffer()), SIDE, palette);
      const board = new Board(SIDE, palette, new ArrayBuffer(4 * SIDE.width * SIDE.height));
      board.load(indices);
      const sum = board.sum();
      const same = await page.evaluate(
        ([name, sum]) => {
          const client = [...window.placed.plane.live].find(({ at }) => `${at.x},${at.y}` === name);
          return client!.pending.size === 0 && client!.board!.sum() === sum;
        },
        [nameOf(at), sum] as const,
      );
      if (!same) count += await countDiffering(page, nameOf(at), indices);
    }
    if (count === 0 || Date.now() > end) return count;
    await sleep(200);
  }
}

const countDiffering = (page: Page, name: string, indices: Uint8Array) =>
  page.evaluate(
    ([name, text, width]) => {
      const client = [...window.placed.plane.live].find(({ at }) => `${at.x},${at.y}` === name)!;
      const right = atob(text);
      let count = 0;
      for (let p = 0; p < right.length; p++) {
        if (client.board!.at(p % width, Math.floor(p / width)) !== right.charCodeAt(p)) count++;
      }
      return count;
    },
    [name, Buffer.from(indices).toString('base64'), SIDE.width] as const,
  );

/** Random edits all over the four canvases, past the wire that is cut. */
class Flood {
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;
  private report = '';

  constructor(server: Server, rate: number, seed: number) {
    this.child = spawn(
      FLOOD,
      [
        ...['--readers', '0', '--writers', '8', '--rate', String(rate), '--batch', '4', '--duration', '3600'],
        ...['--seed', String(seed), '--quiet', '--json', '-'],
        ...CANVASES.flatMap((at) => ['--canvas', nameOf(at)]),
        server.url.replace('http', 'ws') + 'ws',
      ],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    this.ended = once(this.child, 'exit');
    this.child.stdout!.on('data', (data: Buffer) => (this.report += data.toString()));
  }

  /** Ends it; returns how many edits the server has taken. */
  async stop(): Promise<number> {
    this.child.kill('SIGINT');
    await this.ended;
    const found = /"edits_acknowledged"\s*:\s*(\d+)/.exec(this.report);
    return Number(found?.[1] ?? 0);
  }
}
