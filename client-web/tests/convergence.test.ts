// SPDX-License-Identifier: ISC
// A client and a server that is drawn on, with everything that can go wrong between them, from one
// seed: lost connections, runs cut in parts, resets, old pictures, failed pictures, wrong pixels, and
// new logs behind a cache that has pictures of the old one for a while. In the end both have the same
// bytes; and where no pixel was made wrong and no log begun, no checksum ever differed.

import { expect, test } from 'vitest';
import { Board } from '../src/core/board';
import { packEdit } from '../src/core/edit';
import { Sync, type Outside } from '../src/core/sync';
import { chance } from './world';

const size = { width: 12, height: 12 };
const palette = Array.from({ length: 16 }, (_, i) => `#0000${(i * 16).toString(16).padStart(2, '0')}`);

interface LogRecord {
  version: number;
  edits: Uint8Array;
}

interface Trouble {
  /** Pixels of the client change by themselves. */
  readonly wrongPixels?: boolean;
  /** The server begins a new log now and then. */
  readonly newLogs?: boolean;
  /** Neither hello nor pictures name the log. */
  readonly nameless?: boolean;
}

/** For so long after a new log has begun, a cache may answer with pictures of the one before. */
const STALE_MS = 3_000;

class World implements Outside {
  readonly client = this.newBoard();
  readonly sync = new Sync(this);
  /** How often the client said that a new canvas has begun. */
  announced = 0;
  logs = 1;
  private server = this.newBoard();
  private log: LogRecord[] = [];
  /** Pictures by version, oldest first. */
  private pictures: { version: number; genesis: string | null; indices: Uint8Array }[] = [];
  /** Of the log before this one, as long as a cache has them. */
  private stalePictures: typeof this.pictures = [];
  private staleUntil = 0;
  private head = 0;
  /** What is on the wire to the client; null when there is no connection. */
  private wire: (() => void)[] | null = null;
  private fetchDue: number | null = null;
  private wakeDue: number | null = null;
  private clock = 0;
  calm = false;

  constructor(
    readonly random: () => number,
    private readonly kinds: Trouble,
  ) {
    this.keepPicture();
  }

  private newBoard(): Board {
    return new Board(size, palette, new ArrayBuffer(size.width * size.height * 4));
  }

  private get genesis(): string | null {
    if (this.kinds.nameless || this.log.length === 0) return null;
    return this.logs.toString(16).padStart(32, '0');
  }

  private upTo(n: number): number {
    return Math.floor(this.random() * n);
  }

  now = () => this.clock;
  changed = () => {};
  begunAnew = () => void this.announced++;
  sum = () => this.client.sum();
  load = (indices: Uint8Array) => this.client.load(indices);
  apply = (edits: Uint8Array) => this.client.apply(edits);
  wake = (ms: number) => void (this.wakeDue = this.clock + ms);
  fetchPicture = () => void (this.fetchDue = this.clock + this.upTo(400));
  dropPicture = () => void (this.fetchDue = null);
  disconnect = () => void (this.wire = null);

  connect = (from: number) => {
    const wire: (() => void)[] = [];
    this.wire = wire;
    const first = this.log[Math.max(0, this.log.length - 12)]?.version ?? 0;
    const known = from <= this.head && (from >= first || from === this.head);
    const start = known ? from : this.head;
    const hello = known || this.random() < 0.5 ? start : this.head;
    const { genesis } = this;
    wire.push(() => this.sync.onHello(hello, genesis));
    if (!known) wire.push(() => this.sync.onReset(start));
    this.send(
      start,
      this.log.filter((record) => record.version > start),
    );
  };

  /** What follows version `from`, cut anywhere: a frame has the version of what is whole in it. */
  private send(from: number, records: LogRecord[]): void {
    if (!this.wire || records.length === 0) return;
    let version = from;
    let run: number[] = [];
    const cut = (chance: number) => {
      if (run.length === 0 || this.random() >= chance) return;
      const frame = { version, edits: Uint8Array.from(run) };
      this.wire!.push(() => this.sync.onFrame(frame));
      run = [];
    };
    const often = this.random();
    for (const record of records) {
      for (let i = 0; i < record.edits.length; i += 3) {
        cut(often);
        run.push(...record.edits.slice(i, i + 3));
      }
      version = record.version;
      cut(often);
    }
    cut(1);
    if (this.random() < 0.3) this.sendChecksum();
  }

  sendChecksum(): void {
    const { head } = this;
    const sum = this.server.sum();
    this.wire?.push(() => this.sync.onChecksum(head, sum));
  }

  private keepPicture(): void {
    const indices = new Uint8Array(size.width * size.height);
    for (let p = 0; p < indices.length; p++) {
      indices[p] = this.server.at(p % size.width, Math.floor(p / size.width));
    }
    this.pictures.push({ version: this.head, genesis: this.genesis, indices });
  }

  draw(): void {
    const edits = new Uint8Array(3 * (1 + this.upTo(5)));
    for (let i = 0; i < edits.length; i += 3) {
      const cell = { x: this.upTo(size.width), y: this.upTo(size.height) };
      packEdit({ ...cell, colour: this.upTo(16) }, edits, i);
    }
    this.server.apply(edits);
    const before = this.head;
    this.head += 1 + this.upTo(3);
    const record = { version: this.head, edits };
    this.log.push(record);
    this.keepPicture();
    this.send(before, [record]);
  }

  /** The server is back with another log. */
  private beginAnew(): void {
    this.stalePictures = this.pictures;
    this.staleUntil = this.clock + STALE_MS;
    this.logs++;
    this.server = this.newBoard();
    this.log = [];
    this.head = 0;
    this.pictures = [];
    this.keepPicture();
    for (let n = this.upTo(8); n > 0; n--) this.draw();
    if (!this.wire) return;
    this.wire = null;
    this.sync.onClosed(1012);
  }

  /** Something goes wrong, perhaps. */
  trouble(): void {
    const kind = this.upTo(60);
    if (this.kinds.newLogs && this.upTo(100) === 0) return this.beginAnew();
    if (kind === 0 && this.wire) {
      this.wire = null;
      this.sync.onClosed(1006);
    } else if (kind === 1) this.sync.retryNow();
    else if (kind === 2 && this.kinds.wrongPixels) {
      this.client.put(this.upTo(size.width), this.upTo(size.height), this.upTo(16));
    } else if (kind === 3) {
      const { head } = this;
      this.wire?.push(() => this.sync.onReset(head));
    }
  }

  /** Some time passes: messages, pictures and wake-ups arrive. */
  step(): void {
    this.clock += this.upTo(100);
    for (let n = this.upTo(4); n > 0; n--) this.wire?.shift()?.();
    if (this.fetchDue !== null && this.fetchDue <= this.clock) {
      this.fetchDue = null;
      if (!this.calm && this.random() < 0.2) this.sync.onPictureFailed();
      else {
        const stale = this.clock < this.staleUntil && this.stalePictures.length > 0;
        const from = stale && this.random() < 0.7 ? this.stalePictures : this.pictures;
        const old = this.calm ? 0 : Math.min(from.length - 1, this.upTo(6));
        const picture = from[from.length - 1 - old]!;
        this.sync.onPicture(picture.version, picture.genesis, picture.indices);
      }
    }
    if (this.wakeDue !== null && this.wakeDue <= this.clock) {
      this.wakeDue = null;
      this.sync.onWake();
    }
  }

  get equal(): boolean {
    return this.sync.version === this.head && this.client.sum() === this.server.sum();
  }
}

const seeds = Array.from({ length: 200 }, (_, seed) => seed);

test.each(seeds)('seed %i ends equal, without a checksum that differs', (seed) => {
  const world = run(seed, {});
  expect(world.sync.heals).toBe(0);
  expect(world.announced).toBe(0);
});

test.each(seeds)('seed %i with wrong pixels ends equal', (seed) => {
  run(seed, { wrongPixels: true });
});

test.each(seeds)('seed %i with new logs ends equal, without a checksum that differs', (seed) => {
  const world = run(seed, { newLogs: true });
  expect(world.sync.heals).toBe(0);
  expect(world.announced).toBeLessThan(world.logs);
});

test('new logs are said', () => {
  const worlds = seeds.map((seed) => run(seed, { newLogs: true }));
  expect(worlds.some((world) => world.announced > 0)).toBe(true);
});

test.each(seeds)('seed %i with new logs that nothing names ends equal', (seed) => {
  run(seed, { newLogs: true, nameless: true });
});

function run(seed: number, kinds: Trouble): World {
  const world = new World(chance(seed), kinds);
  world.sync.start();
  for (let i = 0; i < 400; i++) {
    if (world.random() < 0.4) world.draw();
    world.trouble();
    world.step();
  }
  world.calm = true;
  for (let i = 0; i < 6_000; i++) {
    if (i % 100 === 0) world.sendChecksum();
    world.step();
    if (i % 100 === 99 && world.equal && world.sync.state.kind === 'live') break;
  }
  expect(world.sync.state.kind).toBe('live');
  expect(world.equal).toBe(true);
  return world;
}
