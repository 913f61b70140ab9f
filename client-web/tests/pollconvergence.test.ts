// SPDX-License-Identifier: ISC
// A client that polls, and a server that is drawn on behind caches, with everything that can go wrong
// between them, from one seed: no answers, 503, 204 at once, servers that are behind the others, old
// pictures, new logs, caches that leave edits out. In the end both have the same bytes.

import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Board } from '../src/core/board';
import { packEdit, type Edit, type Size } from '../src/core/edit';
import type { Info } from '../src/core/info';
import { Client, type Surroundings } from '../src/net/client';
import { Routes } from '../src/net/routes';
import { indicesOf, pngOf } from './png';
import { NO_RULES } from './world';

// Decoding in threads takes as long as it likes; these tests have a clock of their own.
vi.mock('../src/core/picture', async (original) => ({
  ...(await original<typeof import('../src/core/picture')>()),
  decodePicture: async (file: Uint8Array, size: Size) => ({
    version: null,
    genesis: null,
    indices: indicesOf(file, size),
  }),
}));

const size = { width: 12, height: 10 };
const rgb = Array.from({ length: 16 }, (_, i) => `#0000${(i * 16).toString(16).padStart(2, '0')}`);
const HELD_MS = 25_000;
const STALE_MS = 3_000;

/** mulberry32: a small generator of numbers in [0, 1). */
function generator(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Kinds {
  readonly newLogs?: boolean;
  /** Something on the way leaves edits out of answers. */
  readonly lies?: boolean;
}

interface LogRecord {
  readonly version: number;
  readonly edits: readonly Edit[];
}

interface Log {
  readonly genesis: string;
  readonly records: LogRecord[];
}

class World {
  readonly client: Client;
  calm = false;
  /** Polls that are out, and the most that ever were. */
  polls = 0;
  mostPolls = 0;
  announced = 0;
  logs: Log[] = [];
  private begunAt = 0;
  private waiting: (() => void)[] = [];

  constructor(
    readonly random: () => number,
    readonly kinds: Kinds,
  ) {
    this.begin();
    const base = new URL('http://placed.test/');
    const around: Surroundings = {
      base,
      routes: new Routes(base, () => {}, true),
      describe: async () => this.info(this.log),
      pixels: () => new ArrayBuffer(4 * size.width * size.height),
      boardChanged: () => {},
      ownChanged: () => {},
      statusChanged: () => {},
      isCompanion: () => false,
      greeted: () => {},
      begunAnew: () => void this.announced++,
      refused: () => {},
      ready: () => null,
      energy: () => {},
      rules: () => {},
    };
    vi.stubGlobal('fetch', (url: URL, init: RequestInit = {}) => this.fetch(url, init));
    this.client = new Client({ x: 0, y: 0, open: true, version: 0 }, around);
  }

  get log(): Log {
    return this.logs.at(-1)!;
  }

  upTo(n: number): number {
    return Math.floor(this.random() * n);
  }

  /** Happens so often out of a hundred, while there is trouble. */
  private trouble(percent: number): boolean {
    return !this.calm && this.upTo(100) < percent;
  }

  begin(): void {
    const genesis = (this.logs.length + 10).toString(16).padStart(16, '0') + '0'.repeat(16);
    this.logs.push({ genesis, records: [] });
    this.begunAt = Date.now();
    for (let n = this.upTo(8); n > 0; n--) this.draw();
  }

  /** A record of random edits, or of these; returns its version. */
  draw(edits: readonly Edit[] = this.someEdits()): number {
    const { records } = this.log;
    const version = (records.at(-1)?.version ?? 0) + 1 + this.upTo(3);
    records.push({ version, edits });
    for (const answer of this.waiting.splice(0)) answer();
    return version;
  }

  private someEdits(): Edit[] {
    return Array.from({ length: 1 + this.upTo(5) }, () => ({
      x: this.upTo(size.width),
      y: this.upTo(size.height),
      colour: this.upTo(16),
    }));
  }

  info(log: Log, hidden = 0): Info {
    const seen = log.records.slice(0, log.records.length - hidden);
    const version = seen.at(-1)?.version ?? 0;
    const genesis = seen.length > 0 ? log.genesis : null;
    const palette = rgb.map((colour) => ({ name: colour, rgb: colour }));
    const canvases = [{ x: 0, y: 0, open: true, version }];
    return { ...size, palette, genesis, canvases, readonly: false, online: 1, history: true, ...NO_RULES };
  }

  board(log: Log, upTo = Infinity): Board {
    const board = new Board(size, rgb, new ArrayBuffer(4 * size.width * size.height));
    for (const { version, edits } of log.records) {
      if (version <= upTo) for (const { x, y, colour } of edits) board.put(x, y, colour);
    }
    return board;
  }

  get equal(): boolean {
    const { board, sync, pending } = this.client;
    const { log } = this;
    return (
      sync.state.kind === 'live' &&
      sync.version === (log.records.at(-1)?.version ?? 0) &&
      pending.size === 0 &&
      board!.sum() === this.board(log).sum()
    );
  }

  private fetch(url: URL, { method, signal }: RequestInit): Promise<Response> {
    const poll = /^\/h\/(.*)\/0,0\/edits\/(\d+)$/.exec(url.pathname);
    if (poll) this.mostPolls = Math.max(this.mostPolls, ++this.polls);
    return new Promise<Response>((resolve, reject) => {
      const fail = () => reject(new TypeError('no network'));
      signal?.addEventListener('abort', fail);
      setTimeout(() => {
        if (this.trouble(5)) fail();
        else if (this.trouble(5)) resolve(new Response('{}', { status: 502 }));
        else if (poll) this.answerPoll(poll[1]!, Number(poll[2]), resolve);
        else if (method === 'POST') this.answerEdit(url, resolve, fail);
        else resolve(url.pathname === '/info' ? this.answerInfo() : this.answerPicture());
      }, this.upTo(150));
    }).finally(() => {
      if (poll) this.polls--;
    });
  }

  /** The log as some cache or server still knows it. */
  private seen(): Log {
    const stale = Date.now() < this.begunAt + STALE_MS && this.logs.length > 1;
    return stale && this.trouble(50) ? this.logs.at(-2)! : this.log;
  }

  private hidden({ records }: Log): number {
    return this.trouble(20) ? this.upTo(Math.min(3, records.length + 1)) : 0;
  }

  private answerInfo(): Response {
    const log = this.seen();
    return new Response(JSON.stringify(this.info(log, this.hidden(log))));
  }

  private answerPicture(): Response {
    const log = this.seen();
    const { records } = log;
    const version = records[records.length - 1 - this.hidden(log)]?.version ?? 0;
    const headers: Record<string, string> = { 'X-Canvas-Version': String(version) };
    if (records.length > 0) headers['X-Canvas-Genesis'] = log.genesis;
    return new Response(pngOf(size, rgb, this.board(log, version)), { headers });
  }

  private answerEdit(url: URL, resolve: (answer: Response) => void, fail: () => void): void {
    if (this.trouble(20)) {
      return resolve(new Response('{"error":"busy"}', { status: 503 }));
    }
    const { searchParams } = url;
    const [x, y, colour] = ['x', 'y', 'c'].map((name) => Number(searchParams.get(name)));
    const version = this.draw([{ x: x!, y: y!, colour: colour! }]);
    if (this.trouble(20)) fail();
    else resolve(new Response(JSON.stringify({ version })));
  }

  private answerPoll(name: string, from: number, resolve: (answer: Response) => void): void {
    const log = this.seen();
    const hidden = this.hidden(log);
    const known = log.records.slice(0, log.records.length - hidden);
    const last = known.at(-1)?.version ?? 0;
    if (name !== log.genesis.slice(0, 16) || from > last) {
      return resolve(new Response('{}', { status: 404 }));
    }
    if (this.trouble(10)) {
      return resolve(new Response('{}', { status: 503, headers: { 'Retry-After': '1' } }));
    }
    if (this.trouble(5)) return resolve(new Response(null, { status: 204 }));
    const after = known.filter(({ version }) => version > from);
    if (after.length > 0) return resolve(this.frame(after.slice(0, 1 + this.upTo(after.length))));
    const timer = setTimeout(() => resolve(new Response(null, { status: 204 })), HELD_MS);
    this.waiting.push(() => {
      clearTimeout(timer);
      this.answerPoll(name, from, resolve);
    });
  }

  private frame(records: readonly LogRecord[]): Response {
    let edits = records.flatMap((record) => record.edits);
    if (this.kinds.lies && this.trouble(20)) edits = edits.slice(1);
    const bytes = new Uint8Array(8 + 3 * edits.length);
    new DataView(bytes.buffer).setUint32(0, records.at(-1)!.version, true);
    edits.forEach((edit, i) => packEdit(edit, bytes, 8 + 3 * i));
    return new Response(bytes);
  }
}

let world: World | null = null;

// It is loaded when it is first used, which the clock of these tests would not wait for.
beforeAll(() => import('../src/net/poll'));

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});

afterEach(() => {
  world?.client.stop();
  world = null;
  vi.restoreAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await vi.advanceTimersByTimeAsync(0);
}

async function run(seed: number, kinds: Kinds): Promise<World> {
  const random = generator(seed);
  vi.spyOn(Math, 'random').mockImplementation(random);
  world = new World(random, kinds);
  world.client.start();
  for (let i = 0; i < 150; i++) {
    if (world.random() < 0.4) world.draw();
    if (kinds.newLogs && world.upTo(50) === 0) world.begin();
    if (world.upTo(10) === 0) world.client.place([{ x: 1, y: 1, colour: world.upTo(16) }]);
    if (world.upTo(60) === 0) world.client.probe();
    await pass(world.upTo(1_000));
  }
  world.calm = true;
  for (let i = 0; i < 200 && !world.equal; i++) {
    world.draw();
    for (let j = 0; j < 10 && !world.equal; j++) await pass(1_000);
  }
  expect(world.client.sync.state.kind).toBe('live');
  expect(world.equal).toBe(true);
  expect(world.mostPolls).toBe(1);
  return world;
}

// Real time counts for nothing here, and may be long on a machine that is busy.
vi.setConfig({ testTimeout: 60_000 });

const seeds = Array.from({ length: 40 }, (_, seed) => seed);

test.each(seeds)('seed %i ends equal, without a checksum that differs', async (seed) => {
  const { client, announced } = await run(seed, {});
  expect(client.sync.heals).toBe(0);
  expect(announced).toBe(0);
});

test.each(seeds)('seed %i with new logs ends equal', async (seed) => {
  const { client, announced, logs } = await run(seed, { newLogs: true });
  expect(client.sync.heals).toBe(0);
  expect(announced).toBeLessThan(2 * logs.length);
});

test.each(seeds)('seed %i with caches that leave edits out ends equal', async (seed) => {
  await run(seed, { lies: true });
});

test('new logs are said, and what was left out is found', async () => {
  let announced = 0;
  let heals = 0;
  for (const seed of seeds.slice(0, 8)) {
    announced += (await run(seed, { newLogs: true })).announced;
    world!.client.stop();
    heals += (await run(seed, { lies: true })).client.sync.heals;
    world!.client.stop();
  }
  expect(announced).toBeGreaterThan(0);
  expect(heals).toBeGreaterThan(0);
});
