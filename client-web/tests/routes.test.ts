// SPDX-License-Identifier: ISC
// Which transport is used, by what came through and what did not.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Info } from '../src/core/info';
import { Routes } from '../src/net/routes';
import type { Kind, Transport } from '../src/net/transport';
import { NO_RULES } from './world';

const at = { x: 0, y: 0, open: true, version: 0 };
const info: Info = {
  width: 1000,
  height: 1000,
  palette: [{ name: 'white', rgb: '#ffffff' }],
  genesis: null,
  canvases: [at],
  readonly: false,
  online: 0,
  history: true,
  ...NO_RULES,
};

class FakeSocket {
  static all: FakeSocket[] = [];
  readyState = 0;
  onmessage: (event: { data: string }) => void = () => {};
  onclose: (event: { code: number }) => void = () => {};

  constructor() {
    FakeSocket.all.push(this);
  }

  close(): void {}
}

let plane: object;
let routes: Routes;
let changes: Kind[];
const base = new URL('http://placed.test/');

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  plane = info;
  changes = [];
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.stubGlobal('fetch', async (_url: URL, { method }: RequestInit) =>
    method === 'POST' ? new Response('{}', { status: 400 }) : new Response(JSON.stringify(plane)),
  );
  begin();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function begin(wanted: Kind | null = null): void {
  routes = new Routes(base, () => changes.push(routes.kind), wanted);
}

const made = (): Transport =>
  routes.transport({ base, paths: base, at, info }, { message: () => {}, frame: () => {}, lost: () => {} });

const fails = (transport = made()) => routes.diagnose(transport, 1006, at);

test('WebSockets, then event streams, then long polls: each at once', async () => {
  expect(made().kind).toBe('websocket');
  expect(routes.blocked).toBe(false);
  expect(await fails()).toBeNull();
  expect(made().kind).toBe('events');
  expect(routes.blocked).toBe(true);
  expect(await fails()).toBeNull();
  expect(made().kind).toBe('poll');
  expect(routes.blocked).toBe(true);
  expect(changes).toEqual(['events', 'poll']);
});

test('when nothing is left there is no reason to try at once', async () => {
  await fails();
  await fails();
  expect(await fails()).toBe('unreachable');
  expect(made().kind).toBe('poll');
});

test('a server without history has no long polls', async () => {
  plane = { ...info, history: false };
  await fails();
  expect(await fails()).toBe('unreachable');
  expect(made().kind).toBe('events');
  expect(changes).toEqual(['events']);
});

test('several that fail together are one proof', async () => {
  const all = [made(), made(), made()];
  expect(await Promise.all(all.map((one) => fails(one)))).toEqual([null, null, null]);
  expect(changes).toEqual(['events']);
});

test('what has come through before is given another chance', async () => {
  for (const kind of ['websocket', 'events'] as const) {
    const transport = made();
    expect(transport.kind).toBe(kind);
    routes.succeeded(transport);
    expect(await fails()).toBeNull();
    expect(made().kind).toBe(kind);
    routes.succeeded(made());
    expect(await fails()).toBeNull();
    expect(made().kind).toBe(kind);
    expect(await fails()).toBeNull();
    expect(made().kind).not.toBe(kind);
  }
});

test('what is over says nothing about what is used now', async () => {
  const old = made();
  await fails();
  routes.succeeded(old);
  expect(await fails()).toBeNull();
  expect(made().kind).toBe('poll');
});

test('a canvas that is not there proves nothing', async () => {
  plane = { ...info, canvases: [{ ...at, x: 5 }] };
  expect(await fails()).toBe('unreachable');
  expect(changes).toEqual([]);
});

describe('WebSockets are looked for', () => {
  test('later and later, and used when they come through', async () => {
    await fails();
    await fails();
    for (const ms of [30_000, 60_000, 120_000]) {
      await vi.advanceTimersByTimeAsync(ms - 1);
      expect(FakeSocket.all).toEqual([]);
      await vi.advanceTimersByTimeAsync(1);
      FakeSocket.all.pop()!.onclose({ code: 1006 });
    }
    routes.probe();
    const hello = { type: 'hello', protocol: 'placed.1', version: 0, genesis: null };
    FakeSocket.all.pop()!.onmessage({ data: JSON.stringify(hello) });
    expect(made().kind).toBe('websocket');
    expect(changes).toEqual(['events', 'poll', 'websocket']);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(FakeSocket.all).toEqual([]);
  });

  test('but not by a page that was asked to poll', async () => {
    begin('poll');
    expect(made().kind).toBe('poll');
    routes.probe();
    expect(await fails()).toBe('unreachable');
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(FakeSocket.all).toEqual([]);
    expect(made().kind).toBe('poll');
  });

  test('which does so all the same where there is nothing to poll', async () => {
    begin('poll');
    plane = { ...info, history: false };
    expect(await fails()).toBeNull();
    expect(made().kind).toBe('websocket');
    expect(await fails()).toBeNull();
    expect(made().kind).toBe('events');
    await vi.advanceTimersByTimeAsync(30_000);
    expect(FakeSocket.all).toHaveLength(1);
  });
});
