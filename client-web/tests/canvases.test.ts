// SPDX-License-Identifier: ISC
// The plane on a simulated server: which canvases are connected, and where edits go.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { MAX_EDITS } from '../src/core/protocol';
import type { Client } from '../src/net/client';
import { Plane } from '../src/net/plane';
import { pngOf } from './png';

const SIDE = 1000;
const PALETTE = ['#ffffff', '#000000', '#ff0000'];
const GENESIS = 'a'.repeat(32);

const PICTURE = pngOf({ width: SIDE, height: SIDE }, PALETTE, null);

/** Greets at once; what it is sent is kept. */
class FakeSocket {
  static all: FakeSocket[] = [];
  static OPEN = 1;
  readyState = 1;
  binaryType = '';
  sent: Uint8Array[] = [];
  onmessage: (event: { data: unknown }) => void = () => {};
  onclose: (event: { code: number }) => void = () => {};

  constructor(readonly url: URL) {
    FakeSocket.all.push(this);
    const from = Number(url.searchParams.get('from'));
    const hello = { type: 'hello', protocol: 'placed.1', version: from, genesis: GENESIS, online: 1 };
    queueMicrotask(() => this.receive(hello));
  }

  get canvas(): string {
    return /^\/c\/(.*)\/ws$/.exec(this.url.pathname)?.[1] ?? '0,0';
  }

  receive(message: object): void {
    this.onmessage({ data: JSON.stringify(message) });
  }

  send(data: Uint8Array | string): void {
    if (typeof data !== 'string') this.sent.push(data);
  }

  close(): void {
    this.readyState = 3;
  }
}

let canvases: { x: number; y: number; open: boolean; version: number }[];
let plane: Plane;
let gone: string[];
let ready: boolean;
let own: number;
let rules: { rules: number; frozen: boolean };
let asked: number;
let changes: string[];

const cell = (x: number, y: number, colour = 1) => ({ x, y, colour });
const area = (x: number, y: number, half = 50) => ({
  x0: x - half,
  y0: y - half,
  x1: x + half,
  y1: y + half,
});
const connected = () =>
  [...plane.live]
    .filter((client) => client.sync.state.kind === 'live')
    .map(({ at }) => `${at.x},${at.y}`)
    .sort();
const open = () => FakeSocket.all.filter((socket) => socket.readyState === 1);
const socketOf = (canvas: string) => open().find((socket) => socket.canvas === canvas)!;

/** Waits for the pictures, which are decoded in threads of their own. */
async function liveAre(...names: string[]): Promise<void> {
  await vi.waitFor(() => expect(connected()).toEqual(names.sort()), { timeout: 10_000 });
}

beforeEach(() => {
  FakeSocket.all = [];
  gone = [];
  ready = false;
  own = 0;
  rules = { rules: 0, frozen: false };
  asked = 0;
  changes = [];
  canvases = [];
  for (let y = 0; y < 2; y++) {
    for (let x = 0; x < 4; x++) canvases.push({ x, y, open: x < 3, version: 0 });
  }
  vi.stubGlobal('document', { hidden: false });
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.stubGlobal('fetch', async (url: URL, { signal }: RequestInit = {}) => {
    signal?.throwIfAborted();
    if (['/info', '/plane'].includes(url.pathname)) {
      const palette = PALETTE.map((rgb) => ({ name: rgb, rgb }));
      asked++;
      return Response.json({ width: SIDE, height: SIDE, palette, genesis: GENESIS, canvases, ...rules });
    }
    const headers = { 'X-Canvas-Version': '0', 'X-Canvas-Genesis': GENESIS };
    return new Response(PICTURE, { headers });
  });
  plane = new Plane(new URL('http://placed.test/'), null, {
    ready: () => (ready = true),
    changed: (_, grown) => changes.push(grown.length > 0 ? `grown ${grown.map(({ x, y }) => `${x},${y}`)}` : 'changed'),
    pixels: () => new ArrayBuffer(SIDE * SIDE * 4),
    gone: ({ at }: Client) => gone.push(`${at.x},${at.y}`),
    boardChanged: () => {},
    confirmed: () => {},
    ownChanged: () => own++,
    statusChanged: () => {},
    begunAnew: () => {},
    refused: () => {},
    rulesChanged: ({ frozen }) => changes.push(`frozen ${frozen}`),
    energyChanged: () => changes.push(`energy ${plane.account?.limits.energy ?? 'none'}`),
    standingChanged: () => {},
  });
  plane.start();
});

afterEach(() => {
  for (const client of plane.live) client.stop();
  vi.unstubAllGlobals();
  // A plane's timers end with its page only; while that is hidden they do nothing.
  vi.stubGlobal('document', { hidden: true });
});

/** The plane is known and this is looked at. */
async function look(x: number, y: number, half?: number): Promise<void> {
  await vi.waitFor(() => expect(ready).toBe(true));
  plane.look(area(x, y, half));
}

describe('connected are', () => {
  test('the canvases that one looks at, and those just beside', async () => {
    await look(1000, 500);
    await liveAre('0,0', '1,0');
    expect(open().map(({ url }) => url.pathname).sort()).toEqual(['/c/1,0/ws', '/ws']);
  });

  test('at most four, nearest to the middle', async () => {
    await look(2000, 1000, 3000);
    await liveAre('1,0', '1,1', '2,0', '2,1');
    expect(gone).toEqual(['0,0']);
    expect(plane.client.at.x).toBeGreaterThan(0);
  });

  test('others when one looks elsewhere; the far ones are let go of', async () => {
    await look(1000, 1000);
    await liveAre('0,0', '0,1', '1,0', '1,1');
    plane.look(area(3500, 500));
    await liveAre('3,0');
    expect(gone.sort()).toEqual(['0,0', '0,1', '1,0', '1,1']);
    expect(open().map(({ canvas }) => canvas)).toEqual(['3,0']);
  });

  test('those too whose own edits the log has not confirmed, for a while', async () => {
    await look(1000, 1000);
    await liveAre('0,0', '0,1', '1,0', '1,1');
    expect(plane.place([cell(10, 10)])).toBeNull();
    const socket = socketOf('0,0');
    plane.look(area(3500, 500));
    expect(connected()).toContain('0,0');
    socket.receive({ type: 'placed', id: 1, version: 0 });
    await liveAre('3,0');
  });
});

describe('a page is one person', () => {
  const people = () =>
    open().flatMap(({ url, canvas }) => (url.searchParams.has('companion') ? [] : [canvas]));

  test('however many canvases it is connected to', async () => {
    await look(1000, 1000);
    await liveAre('0,0', '0,1', '1,0', '1,1');
    expect(people(), 'whichever was connected first').toHaveLength(1);
  });

  test('also when the connection that was counted has been let go of', async () => {
    await look(500, 500);
    await liveAre('0,0');
    plane.look(area(3500, 500));
    await liveAre('3,0');
    expect(people()).toEqual(['3,0']);
  });
});

describe('edits', () => {
  test('go to the canvases that they are on', async () => {
    await look(1000, 1000);
    await liveAre('0,0', '0,1', '1,0', '1,1');
    expect(plane.place([cell(999, 999), cell(1000, 1000, 2), cell(998, 999)])).toBeNull();
    expect([...plane.pending()]).toEqual([cell(999, 999), cell(998, 999), cell(1000, 1000, 2)]);
    expect(socketOf('0,0').sent.map((m) => m.length)).toEqual([4 + 6]);
    expect([...socketOf('1,1').sent[0]!]).toEqual([1, 0, 0, 0, 0, 0, 0x20]);
    expect(plane.colourAt(cell(1000, 1000))).toBe(2);
    expect(plane.colourAt(cell(1001, 1000))).toBe(0);
    expect(own).toBeGreaterThan(0);
  });

  test('of more than a message may hold go in several', async () => {
    await look(500, 500);
    await liveAre('0,0');
    const many = Array.from({ length: MAX_EDITS + 1 }, (_, x) => cell(x, 0));
    expect(plane.place(many)).toBeNull();
    expect(socketOf('0,0').sent.map((m) => m.length)).toEqual([4 + 3 * MAX_EDITS, 4 + 3]);
  });

  test('are all sent or none, and the reason is named', async () => {
    await look(2999, 1000);
    await liveAre('2,0', '2,1', '3,0', '3,1');
    expect(plane.place([cell(2999, 500), cell(3000, 500)])).toBe('locked');
    expect(plane.place([cell(2999, 500), cell(2999, 2000)])).toBe('outside');
    expect(plane.place([cell(2999, 500), cell(-1, 0)])).toBe('outside');
    expect(plane.place([cell(2999, 500), cell(10, 10)])).toBe('unconnected');
    socketOf('2,0').receive({ type: 'notice', readonly: true });
    expect(plane.place([cell(2999, 1500), cell(2999, 500)])).toBe('readonly');
    expect([...plane.pending()]).toEqual([]);
    expect(open().flatMap(({ sent }) => sent)).toEqual([]);
    expect(plane.has(cell(3999, 1999))).toBe(true);
    expect(plane.has(cell(4000, 0))).toBe(false);
  });

  test('whose connection was lost are kept, also when one looks elsewhere meanwhile', async () => {
    await look(500, 500);
    await liveAre('0,0');
    plane.place([cell(1, 1), cell(2, 2)]);
    const socket = socketOf('0,0');
    socket.readyState = 3;
    socket.onclose({ code: 1006 });
    expect(plane.unsaved).toBe(2);
    plane.look(area(3500, 500));
    await liveAre('3,0');
    expect(plane.unsaved).toBe(2);
    plane.look(area(500, 500));
    await liveAre('0,0');
    plane.placeUnsaved();
    expect(plane.unsaved).toBe(0);
    expect([...plane.pending()]).toEqual([cell(1, 1), cell(2, 2)]);
    expect(socketOf('0,0').sent).toHaveLength(1);
  });
});

describe('the rules', () => {
  test('are asked for when they have changed, until the server has them', async () => {
    await look(500, 500);
    await liveAre('0,0');
    const before = asked;
    socketOf('0,0').receive({ type: 'rules', serial: 2, open: false });
    expect(plane.obstacle(cell(5, 5))).toBe('locked');
    // The first answer is of another server, which is not as far.
    await vi.waitFor(() => expect(asked).toBe(before + 1), { timeout: 5_000 });
    rules = { rules: 2, frozen: true };
    canvases.push({ x: 4, y: 0, open: true, version: 0 });
    await vi.waitFor(() => expect(changes).toEqual(['frozen true', 'grown 4,0']), { timeout: 5_000 });
    expect(plane.info!.rules).toBe(2);
    expect(plane.bounds.x1).toBe(5 * SIDE);
    const after = asked;
    socketOf('0,0').receive({ type: 'rules', serial: 2, open: true });
    expect(plane.obstacle(cell(5, 5))).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(asked).toBe(after);
  });

  test('of energy are what the server said last', async () => {
    await look(500, 500);
    await liveAre('0,0');
    const limits = { policy: 'custom', capacity: 3_000, blank: 500, painted: 1_000 };
    socketOf('0,0').receive({ type: 'energy', ...limits, energy: 3_000 });
    socketOf('0,0').receive({ type: 'energy', ...limits, energy: -20 });
    socketOf('0,0').receive({ type: 'energy', policy: 'free' });
    socketOf('0,0').receive({ type: 'energy', policy: 'free' });
    expect(changes).toEqual(['energy 3000', 'energy -20', 'energy none']);
  });
});
