// SPDX-License-Identifier: ISC
// Becoming somebody, against a server made up.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Info, Needed } from '../src/core/info';
import type { Energy } from '../src/core/limits';
import { Identity } from '../src/net/identity';
import { NO_RULES } from './world';

vi.mock('../src/net/work', () => ({ proof: async () => '{"altcha":"proof"}' }));

const ENERGY = { policy: 'reddit', capacity: 300_000, blank: 300_000, painted: 300_000, energy: 7 };

interface Call {
  readonly body: string | null;
  answer(status: number, body: unknown, headers?: Record<string, string>): void;
  fail(): void;
}

let calls: Call[];
let identity: Identity;
let got: { energy: Energy | null; late: boolean }[];

const info = (needed: Needed, have = false, energy: Energy | null = null): Info => ({
  width: 1000,
  height: 1000,
  palette: [{ name: 'white', rgb: '#ffffff' }],
  genesis: null,
  canvases: [{ x: 0, y: 0, open: true, version: 0 }],
  readonly: false,
  online: 0,
  history: true,
  ...NO_RULES,
  energy,
  identity: { have, needed, report: true },
});

const flush = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  vi.spyOn(Math, 'random').mockReturnValue(0);
  calls = [];
  got = [];
  vi.stubGlobal('fetch', (url: URL, { method, body = null }: RequestInit = {}) => {
    expect([method, url.pathname]).toEqual(['POST', '/identity']);
    return new Promise((resolve, reject) => {
      calls.push({
        body: body as string | null,
        answer: (status, json, headers) =>
          resolve(new Response(JSON.stringify(json), { status, ...(headers && { headers }) })),
        fail: () => reject(new TypeError('no network')),
      });
    });
  });
  identity = new Identity(
    new URL('http://placed.test/'),
    () => {},
    (energy, late) => got.push({ energy, late }),
  );
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test.each([
  ['nothing is counted', info('any')],
  ['there is one', info('cookie', true)],
  ['there is one, and things are counted', info('any', true, { ...ENERGY, curve: [] })],
])('nothing is asked for where %s', async (_, known) => {
  identity.begin(known);
  await flush();
  expect(calls).toHaveLength(0);
  expect(identity.ready()).toBeNull();
});

test.each([
  ['needed', info('cookie')],
  ['of use, as things are counted', info('any', false, { ...ENERGY, curve: [] })],
])('an identity is asked for where one is %s, and connections wait for it', async (_, known) => {
  identity.begin(known);
  const ready = vi.fn();
  void identity.ready()!.then(ready);
  await flush();
  expect(calls).toHaveLength(1);
  expect(calls[0]!.body).toBeNull();
  expect(ready).not.toHaveBeenCalled();
  calls[0]!.answer(200, { name: 'amber-fox-41', new: true, energy: ENERGY });
  await flush();
  expect(ready).toHaveBeenCalled();
  expect(got).toEqual([{ energy: { ...ENERGY, curve: [] }, late: false }]);
  expect(identity.standing.kind).toBe('known');
  expect(identity.ready()).toBeNull();
});

test('nobody waits for long: who connected before is told to do so again', async () => {
  identity.begin(info('cookie'));
  const ready = vi.fn();
  void identity.ready()!.then(ready);
  await vi.advanceTimersByTimeAsync(1_999);
  expect(ready).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(ready).toHaveBeenCalled();
  calls[0]!.answer(200, { energy: { policy: 'free' } });
  await flush();
  expect(got).toEqual([{ energy: null, late: true }]);
});

test('work is shown where it is wanted', async () => {
  identity.begin(info('work'));
  expect(identity.standing.kind).toBe('working');
  await vi.waitFor(() => expect(calls).toHaveLength(1));
  expect(calls[0]!.body).toBe('{"altcha":"proof"}');
});

test('a network that has had too many is told when, and tries again then', async () => {
  identity.begin(info('cookie'));
  void identity.ready();
  await flush();
  calls[0]!.answer(429, { error: 'rate' }, { 'Retry-After': '90' });
  await flush();
  expect(identity.standing).toEqual({ kind: 'later', until: performance.now() + 90_000 });
  expect(identity.ready()).toBeNull();
  await vi.advanceTimersByTimeAsync(89_999);
  expect(calls).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(calls).toHaveLength(2);
  calls[1]!.answer(200, {});
  await flush();
  expect(identity.standing.kind).toBe('known');
  expect(got).toEqual([{ energy: null, late: true }]);
});

test('after failures it is tried ever more seldom', async () => {
  identity.begin(info('cookie'));
  await flush();
  calls[0]!.fail();
  await flush();
  expect(identity.standing.kind).toBe('failed');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(calls).toHaveLength(2);
  calls[1]!.answer(500, {});
  await vi.advanceTimersByTimeAsync(9_999);
  expect(calls).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(calls).toHaveLength(3);
});

test('where one has to sign in, nothing is asked for', async () => {
  identity.begin(info('sso'));
  await flush();
  expect(calls).toHaveLength(0);
  expect(identity.standing.kind).toBe('signin');
  expect(identity.ready()).toBeNull();
});

test('an identity that the server does not know any more is replaced, but not again and again', async () => {
  identity.begin(info('cookie'));
  await flush();
  calls[0]!.answer(200, {});
  await flush();
  identity.lost(info('cookie', true));
  identity.lost(info('cookie', true));
  await flush();
  expect(identity.coming).toBe(true);
  expect(calls).toHaveLength(2);
  calls[1]!.answer(200, {});
  await flush();
  expect(got[1]).toEqual({ energy: null, late: true });
  // A browser that keeps no cookie would be refused at once again.
  await vi.advanceTimersByTimeAsync(59_000);
  identity.lost(info('cookie', true));
  await flush();
  expect(calls).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1_000);
  identity.lost(info('cookie', true));
  await flush();
  expect(calls).toHaveLength(3);
});
