// SPDX-License-Identifier: ISC
// What comes by HTTP is held against what was asked for.

import { webcrypto } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseHistoryIndex } from '../src/core/historyindex';
import type { Info } from '../src/core/info';
import { History, HistoryError } from '../src/net/history';
import { encodeAll, encodeBlock, encodePng, fold, GENESIS, makeIndex, makeRecords, NO_RULES, PALETTE_16, SIZE } from './world';

const records = makeRecords(60);
const blocks = encodeAll(records);
const info: Info = {
  ...SIZE,
  palette: PALETTE_16.map((rgb) => ({ name: rgb, rgb })),
  genesis: GENESIS,
  canvases: [{ x: 0, y: 0, open: true, version: 1 }],
  readonly: false,
  history: true,
  ...NO_RULES,
  online: 1,
};
const index = parseHistoryIndex(makeIndex(records));
const never = new AbortController().signal;
const folder = `http://there/sub/h/${GENESIS.slice(0, 16)}/0,0/`;

let answers: Record<string, () => Response>;
let asked: { name: string; cache?: RequestCache }[];
let history: History;

beforeEach(() => {
  // Browsers have it; of Node, 20 is the first that has.
  if (!globalThis.crypto) vi.stubGlobal('crypto', webcrypto);
  asked = [];
  answers = {};
  vi.stubGlobal('fetch', async (url: URL, { cache, signal }: RequestInit) => {
    signal?.throwIfAborted();
    expect(url.href.startsWith(folder)).toBe(true);
    const name = url.href.slice(folder.length);
    asked.push({ name, cache });
    return answers[name]?.() ?? new Response('{}', { status: 404 });
  });
  history = new History(new URL('http://there/sub/'), GENESIS, { x: 0, y: 0 }, info);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const bytes = (body: Uint8Array) => () => new Response(body as Uint8Array<ArrayBuffer>);
const json = (value: unknown) => () => new Response(JSON.stringify(value));

async function fails(promise: Promise<unknown>): Promise<HistoryError> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HistoryError);
  return error as HistoryError;
}

test('a block that is what the index says', async () => {
  answers['1.bin'] = bytes(blocks[1]!.bytes);
  const block = await history.block(index.blocks[1]!, never);
  expect([block.number, block.from, block.to]).toEqual([1, blocks[1]!.from, blocks[1]!.to]);
  expect(asked).toEqual([{ name: '1.bin', cache: 'default' }]);
});

test('the tail comes from the server itself, and may be longer than the index says', async () => {
  const tail = blocks[blocks.length - 1]!;
  const longer = encodeBlock([...tail.records, ...makeRecords(3).map((r) => ({ ...r, offset: r.offset + 9_999 }))], blocks.length - 1, tail.from);
  answers['tail.bin'] = bytes(longer);
  const block = await history.block(index.tail, never);
  expect(block.versions.length).toBe(tail.records.length + 3);
  expect(asked).toEqual([{ name: 'tail.bin', cache: 'no-cache' }]);
});

describe('a block is refused', () => {
  const [good] = blocks;
  test.each([
    ['of another canvas', encodeBlock(good!.records, 0, 0, { x: 1, y: 0 })],
    ['of another log', encodeBlock(good!.records, 0, 0, { x: 0, y: 0 }, 'f'.repeat(32))],
    ['with another number', encodeBlock(good!.records, 1, 0)],
    ['with another end', encodeBlock(good!.records.slice(0, -1), 0, 0)],
    ['with another colour somewhere', good!.bytes.map((b, i) => (i === good!.bytes.length - 1 ? b ^ 0x10 : b))],
    ['that is none', new TextEncoder().encode('<html>Please log in</html>')],
  ])('%s', async (_, body) => {
    answers['0.bin'] = bytes(body);
    expect((await fails(history.block(index.blocks[0]!, never))).trouble).toBe('broken');
    // What caches hold is doubted then, until something right has come.
    answers['0.bin'] = bytes(good!.bytes);
    await history.block(index.blocks[0]!, never);
    expect(asked.map(({ cache }) => cache)).toEqual(['default', 'reload']);
  });
});

describe('a picture', () => {
  const version = blocks[2]!.from;
  const picture = (text: Record<string, string>) =>
    bytes(encodePng(fold(records, version), PALETTE_16, text));

  test('of that version is taken', async () => {
    answers[`${version}.png`] = picture({ version: String(version), genesis: GENESIS });
    expect(Buffer.compare(await history.picture(version, never), fold(records, version))).toBe(0);
  });

  test('that says nothing of itself is taken: it was encoded anew on the way', async () => {
    answers[`${version}.png`] = picture({});
    expect(Buffer.compare(await history.picture(version, never), fold(records, version))).toBe(0);
  });

  test.each([
    ['version', { version: String(version + 1), genesis: GENESIS }],
    ['log', { version: String(version), genesis: 'f'.repeat(32) }],
  ])('of another %s is refused', async (_, text) => {
    answers[`${version}.png`] = picture(text);
    expect((await fails(history.picture(version, never))).trouble).toBe('broken');
  });
});

test('an index of another canvas or log is refused, and text that is none', async () => {
  for (const value of [{ canvas: [1, 0] }, { genesis: 'f'.repeat(32) }, { blocks: 3 }]) {
    answers['index.json'] = json({ ...makeIndex(records), ...value });
    expect((await fails(history.index(never))).trouble).toBe('broken');
  }
  answers['index.json'] = () => new Response('{');
  expect((await fails(history.index(never))).trouble).toBe('broken');
  answers['index.json'] = json(makeIndex(records));
  expect((await history.index(never)).version).toBe(index.version);
});

test.each([
  [404, 'gone'],
  [410, 'gone'],
  [503, 'busy'],
  [429, 'busy'],
  [500, 'network'],
  [502, 'network'],
] as const)('status %i is %s', async (status, trouble) => {
  answers['index.json'] = () => new Response('{}', { status });
  expect((await fails(history.index(never))).trouble).toBe(trouble);
});

test('no answer is the network\'s', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
  expect((await fails(history.index(never))).trouble).toBe('network');
});

test('is asked again later and later, and not before the server wants to be', async () => {
  answers['index.json'] = () => new Response('{}', { status: 503, headers: { 'Retry-After': '7' } });
  const busy = await fails(history.index(never));
  expect(history.retryMs(1, busy)).toBe(7_000);
  const other = new Error('x');
  for (let i = 1; i < 40; i++) {
    const ms = history.retryMs(i, other);
    expect(ms).toBeGreaterThanOrEqual(Math.min(7_500, 250 * 2 ** (i - 1)));
    expect(ms).toBeLessThanOrEqual(15_000);
  }
});

test('what is not wanted any more is stopped', async () => {
  const stop = new AbortController();
  vi.stubGlobal('fetch', (_: URL, { signal }: RequestInit) =>
    new Promise((_resolve, reject) => signal!.addEventListener('abort', () => reject(new Error('aborted')))));
  const asking = history.index(stop.signal);
  stop.abort();
  await fails(asking);
});
