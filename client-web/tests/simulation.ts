// SPDX-License-Identifier: ISC
// A whole page without a screen, a server with a plane of four canvases, and the network between them, in
// virtual time and from one seed: the tests of convergence say what goes wrong on the way, for each of the
// three transports.

import { expect, vi } from 'vitest';
import { Board } from '../src/core/board';
import { packEdit, wordAt, wordColour, wordX, wordY, type Edit } from '../src/core/edit';
import { folderOf, nameOf } from '../src/core/plane';
import { SUBPROTOCOL } from '../src/core/protocol';
import { Plane } from '../src/net/plane';
import type { Kind } from '../src/net/transport';
import { pngOf } from './png';
import { chance } from './world';

export const SIDE = { width: 12, height: 10 };
export const CANVASES = [0, 1].flatMap((y) => [0, 1].map((x) => ({ x, y, open: true })));
const RGB = Array.from({ length: 16 }, (_, i) => `#0000${(i * 16).toString(16).padStart(2, '0')}`);
const PALETTE = RGB.map((rgb) => ({ name: rgb, rgb }));
const HELD_MS = 25_000;
/** For so long after a new log has begun, a cache may answer with what it knows of the one before. */
const STALE_MS = 3_000;
/** So many records of a canvas the server can still send; else it resets. */
const KNOWN = 12;
/** Own pixels go to this row of each canvas only, and nobody else draws there. */
export const OWN_ROW = 0;

export interface Kinds {
  /** The only one that comes through. */
  readonly transport: Kind;
  /** The server begins a new log now and then. */
  readonly newLogs?: boolean;
  /** Something on the way leaves edits out of answers to polls. */
  readonly lies?: boolean;
  /** Caches and servers that are behind, answers that fail: by polls. */
  readonly caches?: boolean;
}

interface LogRecord {
  readonly version: number;
  readonly canvas: string;
  readonly edits: readonly Edit[];
}

interface Log {
  readonly genesis: string;
  readonly records: LogRecord[];
  /** What all of the records make, by canvas. */
  readonly heads: Map<string, { version: number; readonly board: Board }>;
}

const blank = (): Board => new Board(SIDE, RGB, new ArrayBuffer(4 * SIDE.width * SIDE.height));
const blankHeads = (): Log['heads'] => new Map(CANVASES.map((at) => [nameOf(at), { version: 0, board: blank() }]));

/** The same log when it was shorter. */
function shorter({ genesis, records }: Log, by: number): Log {
  const some = records.slice(0, records.length - by);
  const heads = blankHeads();
  for (const { version, canvas, edits } of some) {
    const head = heads.get(canvas)!;
    head.version = version;
    for (const { x, y, colour } of edits) head.board.put(x, y, colour);
  }
  return { genesis, records: some, heads };
}

/** One connection: messages arrive in their order, later, and not at all once it is cut. */
class Link {
  private whole = true;
  private readonly way: Record<'up' | 'down', { due: number; left: (() => void)[] }> = {
    up: { due: 0, left: [] },
    down: { due: 0, left: [] },
  };

  constructor(private readonly upTo: (n: number) => number) {}

  send(direction: 'up' | 'down', job: () => void): void {
    if (!this.whole) return;
    const way = this.way[direction];
    way.due = Math.max(way.due, Date.now() + this.upTo(150));
    way.left.push(job);
    setTimeout(() => this.whole && way.left.shift()?.(), way.due - Date.now());
  }

  /** Of what is on its way to the server some may still get there; nothing comes back. */
  cut(): void {
    if (!this.whole) return;
    this.whole = false;
    const { left } = this.way.up;
    for (const job of left.splice(0, this.upTo(left.length + 1))) job();
  }
}

/** A WebSocket or event stream that the server knows. */
interface Session {
  readonly canvas: string;
  readonly link: Link;
  /** Whether it is open: before that there is nothing to tell it. */
  greeted: boolean;
  run(version: number, edits: readonly Edit[]): void;
  checksum(version: number, sum: string): void;
  /** The page hears of the end. */
  end(code: number): void;
}

export class Simulation {
  readonly plane: Plane;
  /** No trouble any more. */
  calm = false;
  announced = 0;
  cuts = 0;
  refused = 0;
  logs: Log[] = [];
  /** Polls that are out for one canvas, and the most that ever were. */
  readonly polls = new Map<string, number>();
  mostPolls = 0;
  /** What every own cell was last placed in. */
  readonly own = new Map<string, Edit>();
  private network: 'whole' | 'cut' | 'dead' = 'whole';
  private begunAt = 0;
  private readonly sessions = new Set<Session>();
  /** What waits for the network to be whole again, and hears then that it was lost. */
  private readonly lost: (() => void)[] = [];
  /** Requests that are out. */
  private readonly asked = new Set<() => void>();
  private waiting: (() => void)[] = [];
  private readonly random: () => number;

  constructor(
    seed: number,
    private readonly kinds: Kinds,
  ) {
    this.random = chance(seed);
    vi.spyOn(Math, 'random').mockImplementation(this.random);
    vi.stubGlobal('document', { hidden: false });
    vi.stubGlobal('navigator', { onLine: true });
    // By the clock of the tests.
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
      const stop = new AbortController();
      setTimeout(() => stop.abort(), ms);
      return stop.signal;
    });
    vi.stubGlobal('WebSocket', this.webSocket());
    vi.stubGlobal('EventSource', this.eventSource());
    vi.stubGlobal('fetch', (url: URL, init: RequestInit = {}) => this.fetch(url, init));
    this.begin();
    this.plane = this.open();
  }

  upTo = (n: number): number => Math.floor(this.random() * n);

  get log(): Log {
    return this.logs.at(-1)!;
  }

  get kind(): Kind {
    return this.plane.routes.kind;
  }

  private open(): Plane {
    const size = SIDE.width * SIDE.height * 4;
    const plane = new Plane(new URL('http://placed.test/'), this.kinds.transport === 'poll' ? 'poll' : null, {
      ready: () => plane.look({ x0: 0, y0: 0, x1: 2 * SIDE.width, y1: 2 * SIDE.height }),
      changed: () => {},
      pixels: () => new ArrayBuffer(size),
      gone: () => {},
      boardChanged: () => {},
      confirmed: () => {},
      ownChanged: () => {},
      statusChanged: () => {},
      begunAnew: () => {
        this.announced++;
        this.own.clear();
      },
      refused: (edits) => {
        this.refused += edits.length;
        for (const edit of edits) this.own.delete(nameOf(edit));
      },
      rulesChanged: () => {},
      energyChanged: () => {},
      standingChanged: () => {},
    });
    return plane;
  }

  // The page's user.

  /** Places a pixel or a few, where nobody else does. */
  place(): void {
    const x = this.upTo(2 * SIDE.width - 3);
    const y = OWN_ROW + SIDE.height * this.upTo(2);
    const colour = 1 + this.upTo(15);
    const edits = Array.from({ length: 1 + this.upTo(3) }, (_, i) => ({ x: x + i, y, colour }));
    if (this.plane.place(edits) !== null) return;
    for (const edit of edits) this.own.set(nameOf(edit), edit);
  }

  // The network.

  /** Ends all connections and requests; new ones fail at once, or hear nothing. */
  cut(dead: boolean): void {
    this.cuts++;
    this.network = dead ? 'dead' : 'cut';
    for (const session of this.sessions) {
      session.link.cut();
      this.fail(() => session.end(1006));
    }
    this.sessions.clear();
    for (const fail of this.asked) this.fail(fail);
    this.asked.clear();
  }

  mend(): void {
    this.network = 'whole';
    for (const fail of this.lost.splice(0)) fail();
  }

  /** New connections and requests come through; what hangs goes on hanging. */
  revive(): void {
    this.network = 'whole';
    this.lost.length = 0;
  }

  /** In a moment; or when the network is back, if nobody hears of its end. */
  private fail(how: () => void): void {
    if (this.network === 'dead') this.lost.push(how);
    else setTimeout(how, this.upTo(50));
  }

  /** Happens so often out of a hundred, while there is trouble. */
  private trouble(percent: number): boolean {
    return !this.calm && this.upTo(100) < percent;
  }

  // The server.

  /** With another log than before. */
  begin(): void {
    const genesis = (this.logs.length + 10).toString(16).padStart(16, '0') + '0'.repeat(16);
    this.logs.push({ genesis, records: [], heads: blankHeads() });
    this.begunAt = Date.now();
    this.restart();
    for (let n = this.upTo(8); n > 0; n--) this.draw();
  }

  /** All are let go of, as it is told. */
  private restart(): void {
    for (const session of this.sessions) {
      session.link.cut();
      setTimeout(() => session.end(1012), this.upTo(50));
    }
    this.sessions.clear();
  }

  /** A record of random edits of one canvas, or of these; returns its version. */
  draw(canvas = nameOf(CANVASES[this.upTo(4)]!), edits: readonly Edit[] = this.someEdits()): number {
    const { records, heads } = this.log;
    const head = heads.get(canvas)!;
    const before = head.version;
    const version = (records.at(-1)?.version ?? 0) + 1 + this.upTo(3);
    const record = { version, canvas, edits };
    records.push(record);
    head.version = version;
    for (const { x, y, colour } of edits) head.board.put(x, y, colour);
    for (const session of this.sessions) {
      if (session.greeted && session.canvas === canvas) this.tell(session, before, [record]);
    }
    for (const answer of this.waiting.splice(0)) answer();
    return version;
  }

  private someEdits(): Edit[] {
    return Array.from({ length: 1 + this.upTo(5) }, () => ({
      x: this.upTo(SIDE.width),
      y: OWN_ROW + 1 + this.upTo(SIDE.height - 1),
      colour: this.upTo(16),
    }));
  }

  /** What follows version `from`, cut anywhere: a run has the version of what is whole in it. */
  private tell(session: Session, from: number, records: readonly LogRecord[]): void {
    let version = from;
    let run: Edit[] = [];
    const often = this.random();
    const cut = (percent: number) => {
      if (run.length === 0 || this.random() >= percent) return;
      session.run(version, run);
      run = [];
    };
    for (const record of records) {
      for (const edit of record.edits) {
        cut(often);
        run.push(edit);
      }
      version = record.version;
      cut(often);
    }
    cut(1);
    if (this.random() < 0.3) this.checksum(session);
  }

  private checksum(session: Session): void {
    const { canvas } = session;
    const { version, board } = this.log.heads.get(canvas)!;
    session.checksum(version, board.sum());
  }

  /** Tells everybody who listens what their canvas has to be like. */
  checksums(): void {
    for (const session of this.sessions) if (session.greeted) this.checksum(session);
  }

  private recordsOf(log: Log, canvas: string): LogRecord[] {
    return log.records.filter((record) => record.canvas === canvas);
  }


  private namedIn({ genesis, records }: Log): string | null {
    return records.length > 0 ? genesis : null;
  }

  /** Greets a connection and sends what it has missed; who is too far behind is reset. */
  private greet(session: Session, from: number, hello: (version: number) => void, reset: (v: number) => void): void {
    session.greeted = true;
    const records = this.recordsOf(this.log, session.canvas);
    const head = records.at(-1)?.version ?? 0;
    const first = records[Math.max(0, records.length - KNOWN)]?.version ?? 0;
    const known = from <= head && (from >= first || from === head);
    const start = known ? from : head;
    hello(start);
    if (!known) reset(start);
    const missed = records.filter(({ version }) => version > start);
    if (missed.length > 0) this.tell(session, start, missed);
  }

  /** Own edits arrive. */
  private take(canvas: string, bytes: Uint8Array): { id: number; version: number } {
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const edits: Edit[] = [];
    for (let i = 4; i < bytes.length; i += 3) {
      const word = wordAt(bytes, i);
      edits.push({ x: wordX(word), y: wordY(word), colour: wordColour(word) });
    }
    return { id: view.getUint32(0, true), version: this.draw(canvas, edits) };
  }

  // What the page's browser has.

  private webSocket() {
    const simulation = this;
    return class {
      static readonly OPEN = 1;
      readyState = 0;
      binaryType = '';
      onmessage: (event: { data: unknown }) => void = () => {};
      onclose: (event: { code: number }) => void = () => {};
      private readonly session: Session;

      constructor(url: URL) {
        const link = new Link(simulation.upTo);
        const down = (data: unknown) => link.send('down', () => this.onmessage({ data }));
        this.session = {
          canvas: canvasIn(url, 'ws'),
          link,
          greeted: false,
          run: (version, edits) => down(frameOf(version, edits)),
          checksum: (version, sum) => down(JSON.stringify({ type: 'checksum', version, sum })),
          end: (code) => this.lose(code),
        };
        if (simulation.network !== 'whole' || simulation.kinds.transport !== 'websocket') {
          simulation.fail(() => this.lose(1006));
          return;
        }
        const from = Number(url.searchParams.get('from'));
        simulation.sessions.add(this.session);
        link.send('up', () => this.opened(from, down));
      }

      private opened(from: number, down: (data: unknown) => void): void {
        if (simulation.network !== 'whole') return;
        this.readyState = 1;
        const { log } = simulation;
        const common = { protocol: SUBPROTOCOL, genesis: simulation.namedIn(log), online: 1 };
        simulation.greet(
          this.session,
          from,
          (version) => down(JSON.stringify({ type: 'hello', version, ...common })),
          (version) => down(JSON.stringify({ type: 'reset', version })),
        );
      }

      send(data: Uint8Array | string): void {
        const { link, canvas } = this.session;
        link.send('up', () => {
          const answer =
            typeof data === 'string'
              ? { type: 'energy', policy: 'free' }
              : simulation.trouble(10)
                ? { type: 'refused', id: new DataView(data.buffer).getUint32(0, true), reason: 'busy' }
                : { type: 'placed', ...simulation.take(canvas, data) };
          link.send('down', () => this.onmessage({ data: JSON.stringify(answer) }));
        });
      }

      close(): void {
        this.readyState = 3;
        this.session.link.cut();
        simulation.sessions.delete(this.session);
      }

      private lose(code: number): void {
        if (this.readyState === 3) return;
        this.close();
        this.onclose({ code });
      }
    };
  }

  private eventSource() {
    const simulation = this;
    return class extends EventTarget {
      onopen: () => void = () => {};
      onerror: () => void = () => {};
      private closed = false;
      private readonly session: Session;

      constructor(url: URL) {
        super();
        const link = new Link(simulation.upTo);
        const down = (type: string, version: number, data: string) =>
          link.send('down', () => {
            this.dispatchEvent(Object.assign(new Event(type), { lastEventId: String(version), data }));
          });
        this.session = {
          canvas: canvasIn(url, 'events'),
          link,
          greeted: false,
          run: (version, edits) => down('message', version, base64Of(edits)),
          // A stream has none.
          checksum: () => {},
          end: () => this.lose(),
        };
        if (simulation.network !== 'whole' || simulation.kinds.transport !== 'events') {
          simulation.fail(() => this.lose());
          return;
        }
        simulation.sessions.add(this.session);
        simulation.greet(
          this.session,
          Number(url.searchParams.get('from')),
          () => link.send('down', () => this.onopen()),
          (version) => down('reset', version, ''),
        );
      }

      close(): void {
        this.closed = true;
        this.session.link.cut();
        simulation.sessions.delete(this.session);
      }

      private lose(): void {
        if (this.closed) return;
        this.close();
        this.onerror();
      }
    };
  }

  private fetch(url: URL, { method, signal }: RequestInit): Promise<Response> {
    const poll = /^\/h\/(.*)\/(.*)\/edits\/(\d+)$/.exec(url.pathname);
    const canvas = poll?.[2] ?? '';
    if (poll) {
      const out = (this.polls.get(canvas) ?? 0) + 1;
      this.polls.set(canvas, out);
      this.mostPolls = Math.max(this.mostPolls, out);
    }
    let fail = () => {};
    return new Promise<Response>((resolve, reject) => {
      fail = () => reject(new TypeError('no network'));
      signal?.addEventListener('abort', fail);
      if (this.network !== 'whole') return this.fail(fail);
      this.asked.add(fail);
      setTimeout(() => {
        if (!this.asked.has(fail)) {
          // Cut on its way: it may have come as far as the server.
          if (method === 'POST' && this.upTo(2)) this.answerEdit(url, () => {}, () => {});
        } else if (this.kinds.caches && this.trouble(5)) fail();
        else if (this.kinds.caches && this.trouble(5)) resolve(new Response('{}', { status: 502 }));
        else if (poll) this.answerPoll(poll[1]!, canvas, Number(poll[3]), resolve);
        else if (method === 'POST') this.answerEdit(url, resolve, fail);
        else if (/^\/(info|plane)$/.test(url.pathname)) resolve(this.answerInfo());
        else resolve(this.answerPicture(canvasIn(url, 'canvas.png')));
      }, this.upTo(150));
    }).finally(() => {
      this.asked.delete(fail);
      if (poll) this.polls.set(canvas, this.polls.get(canvas)! - 1);
    });
  }

  /** The log as some cache or server still knows it. */
  private seen(): Log {
    const stale = Date.now() < this.begunAt + STALE_MS && this.logs.length > 1;
    return stale && this.trouble(50) ? this.logs.at(-2)! : this.log;
  }

  /** The same without the last records, for those that are behind. */
  private behind(log: Log): Log {
    if (!this.trouble(20)) return log;
    return shorter(log, this.upTo(Math.min(3, log.records.length + 1)));
  }

  private answerInfo(): Response {
    const log = this.kinds.caches ? this.behind(this.seen()) : this.log;
    const canvases = CANVASES.map((at) => ({ ...at, version: log.heads.get(nameOf(at))!.version }));
    // Without a history there are no polls to turn to.
    const history = this.kinds.transport === 'poll';
    return Response.json({ ...SIDE, palette: PALETTE, genesis: this.namedIn(log), canvases, history, online: 1 });
  }

  private answerPicture(canvas: string): Response {
    const log = this.behind(this.seen());
    const { version, board } = log.heads.get(canvas)!;
    const headers: Record<string, string> = { 'X-Canvas-Version': String(version) };
    const genesis = this.namedIn(log);
    if (genesis) headers['X-Canvas-Genesis'] = genesis;
    return new Response(pngOf(SIDE, RGB, board), { headers });
  }

  private answerEdit(url: URL, resolve: (answer: Response) => void, fail: () => void): void {
    const { searchParams } = url;
    if (!searchParams.has('x')) return resolve(Response.json({ error: 'x: missing' }, { status: 400 }));
    if (this.trouble(10)) return resolve(Response.json({ error: 'busy' }, { status: 503 }));
    const [x, y, colour] = ['x', 'y', 'c'].map((name) => Number(searchParams.get(name))) as [number, number, number];
    const at = { x: Math.floor(x / SIDE.width), y: Math.floor(y / SIDE.height) };
    const edit = { x: x - at.x * SIDE.width, y: y - at.y * SIDE.height, colour };
    const version = this.draw(nameOf(at), [edit]);
    if (this.kinds.caches && this.trouble(20)) fail();
    else resolve(Response.json({ version }));
  }

  private answerPoll(name: string, canvas: string, from: number, resolve: (answer: Response) => void): void {
    const log = this.kinds.caches ? this.behind(this.seen()) : this.log;
    const known = this.recordsOf(log, canvas);
    if (name !== log.genesis.slice(0, 16) || from > (log.records.at(-1)?.version ?? 0)) {
      return resolve(new Response('{}', { status: 404 }));
    }
    if (this.kinds.caches && this.trouble(10)) {
      return resolve(new Response('{}', { status: 503, headers: { 'Retry-After': '1' } }));
    }
    if (this.kinds.caches && this.trouble(5)) return resolve(new Response(null, { status: 204 }));
    const after = known.filter(({ version }) => version > from);
    if (after.length > 0) {
      const some = after.slice(0, 1 + this.upTo(after.length));
      let edits = some.flatMap((record) => record.edits);
      if (this.kinds.lies && this.trouble(20)) edits = edits.slice(1);
      return resolve(new Response(frameOf(some.at(-1)!.version, edits)));
    }
    const timer = setTimeout(() => resolve(new Response(null, { status: 204 })), HELD_MS);
    this.waiting.push(() => {
      clearTimeout(timer);
      this.answerPoll(name, canvas, from, resolve);
    });
  }

  // The end.

  /** What is not as it has to be, of the four canvases. */
  get differing(): string[] {
    return CANVASES.map(nameOf).filter((canvas) => {
      const client = [...this.plane.live].find(({ at }) => nameOf(at) === canvas);
      const { version, board } = this.log.heads.get(canvas)!;
      return (
        client?.sync.state.kind !== 'live' ||
        client.pending.size > 0 ||
        client.sync.version !== version ||
        client.board!.sum() !== board.sum()
      );
    });
  }

  /** Own pixels that are neither on the server's canvases, nor refused, nor offered to be placed again. */
  get vanished(): Edit[] {
    const offered = new Set(this.plane.notSaved().map(nameOf));
    return [...this.own.values()].filter((edit) => {
      const at = { x: Math.floor(edit.x / SIDE.width), y: Math.floor(edit.y / SIDE.height) };
      const shows = this.log.heads.get(nameOf(at))!.board.at(edit.x % SIDE.width, edit.y % SIDE.height);
      return shows !== edit.colour && !offered.has(nameOf(edit));
    });
  }

  /** Nothing goes wrong any more, and all canvases come to equal the server's. */
  async settle(): Promise<void> {
    this.calm = true;
    this.mend();
    for (let i = 0; i < 200 && this.differing.length > 0; i++) {
      this.draw();
      for (let j = 0; j < 10 && this.differing.length > 0; j++) await pass(1_000);
      this.checksums();
    }
    expect(this.differing).toEqual([]);
    // Where a cache says at one time this and at another that log, some go to the one that has ended.
    if (!this.kinds.newLogs || !this.kinds.caches) expect(this.vanished).toEqual([]);
  }

  stop(): void {
    for (const client of this.plane.live) client.stop();
  }
}

export async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await vi.advanceTimersByTimeAsync(0);
}

/** The canvas whose paths this address is one of. */
function canvasIn({ pathname }: URL, name: string): string {
  const at = CANVASES.find((at) => pathname === `/${folderOf(at)}${name}`);
  return at ? nameOf(at) : '0,0';
}

function bytesOf(edits: readonly Edit[], header = 0): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(header + 3 * edits.length);
  edits.forEach((edit, i) => packEdit(edit, bytes, header + 3 * i));
  return bytes;
}

function frameOf(version: number, edits: readonly Edit[]): ArrayBuffer {
  const { buffer } = bytesOf(edits, 8);
  new DataView(buffer).setUint32(0, version, true);
  return buffer;
}

const base64Of = (edits: readonly Edit[]): string => btoa(String.fromCharCode(...bytesOf(edits)));
