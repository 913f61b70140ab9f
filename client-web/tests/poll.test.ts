// SPDX-License-Identifier: ISC
// The long poll transport against a server that the tests play.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Board } from '../src/core/board';
import { packEdit, type Edit, type Size } from '../src/core/edit';
import { PollTransport } from '../src/net/poll';
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

// Real time counts for nothing here, and may be long on a machine that is busy.
vi.setConfig({ testTimeout: 60_000 });

const GENESIS = '0123456789abcdef'.repeat(2);
const G = GENESIS.slice(0, 16);
const at = { x: -1, y: 2, open: true, version: 7 };
const palette = ['#ffffff', '#000000', '#ff0000'].map((rgb, i) => ({ name: `${i}`, rgb }));
const info = {
  width: 20,
  height: 10,
  palette,
  genesis: GENESIS as string | null,
  canvases: [at],
  readonly: false,
  online: 3,
  history: true,
  ...NO_RULES,
};
const POLL = `/h/${G}/-1,2/edits/`;

interface Call {
  readonly path: string;
  readonly signal: AbortSignal;
  answer(status: number, body?: BodyInit | null, headers?: Record<string, string>): void;
  fail(): void;
}

let calls: Call[];
let events: string[];
let transport: PollTransport;

const flush = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0);
  calls = [];
  events = [];
  vi.stubGlobal('fetch', (url: URL, { method = 'GET', signal }: RequestInit = {}) => {
    const path = `${method === 'GET' ? '' : `${method} `}${url.pathname}${url.search}`;
    return new Promise((resolve, reject) => {
      const fail = () => reject(new TypeError('no network'));
      signal!.addEventListener('abort', fail);
      calls.push({
        path,
        signal: signal!,
        answer: (status, body = null, headers) => resolve(new Response(body, { status, headers })),
        fail,
      });
    });
  });
  const base = new URL('http://placed.test/');
  transport = new PollTransport({ base, paths: new URL('c/-1,2/', base), at, info }, {
    message: (message) => events.push(JSON.stringify(message)),
    frame: ({ version, edits }) => events.push(`frame ${version} ${edits.join()}`),
    lost: (code) => events.push(`lost ${code}`),
  });
});

afterEach(() => {
  transport.close();
  vi.restoreAllMocks();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The next request that is out, which must be for this; the test answers it. */
async function call(path: string): Promise<Call> {
  await flush();
  const next = calls.shift();
  expect(next?.path).toBe(path);
  return next!;
}

const noCall = async () => {
  await flush();
  expect(calls.map(({ path }) => path)).toEqual([]);
};

function frame(version: number, ...edits: Edit[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8 + 3 * edits.length);
  new DataView(bytes.buffer).setUint32(0, version, true);
  edits.forEach((edit, i) => packEdit(edit, bytes, 8 + 3 * i));
  return bytes;
}

/** Greets from version 7, or by another /info; the first poll is out then. */
async function open(from = 7, told: object = info): Promise<void> {
  transport.open(from);
  (await call('/info')).answer(200, JSON.stringify(told));
  await flush();
}

async function greeted(): Promise<void> {
  await open();
  events.splice(0);
}

describe('the hello', () => {
  test('is made of /info', async () => {
    await open();
    const { online, readonly } = info;
    const hello = { type: 'hello', version: 7, genesis: GENESIS, open: true, readonly, online, energy: null };
    expect(events).toEqual([JSON.stringify(hello)]);
    await call(`${POLL}7`);
    await noCall();
  });

  test.each([
    ['the server is behind', 9, 7],
    ['a few records behind the server', 5, 5],
    ['so far behind that the picture is shorter', -4_994, 7],
  ])('continues from where it can: %s', async (_why, from, version) => {
    await open(from);
    expect(JSON.parse(events[0]!)).toMatchObject({ type: 'hello', version });
    await call(`${POLL}${version}`);
  });

  test('does not come from a server without history', async () => {
    await open(7, { ...info, history: false });
    expect(events).toEqual(['lost 1006']);
    await noCall();
  });

  test('does not come without an answer', async () => {
    transport.open(7);
    (await call('/info')).fail();
    await flush();
    expect(events).toEqual(['lost 1006']);
    await noCall();
  });

  test('of a log without a record is followed by polls when there is one', async () => {
    const blank = { ...info, genesis: null, canvases: [{ ...at, version: 0 }] };
    await open(0, blank);
    expect(JSON.parse(events.shift()!)).toMatchObject({ version: 0, genesis: null });
    (await call('/plane')).answer(200, JSON.stringify(blank));
    await vi.advanceTimersByTimeAsync(2_000);
    (await call('/plane')).answer(200, JSON.stringify(info));
    await vi.advanceTimersByTimeAsync(2_000);
    (await call(`${POLL}0`)).answer(200, frame(1, { x: 1, y: 2, colour: 1 }));
    await call(`${POLL}1`);
    expect(events.at(-1)).toBe('frame 1 1,8,16');
  });
});

describe('polls', () => {
  test('follow each other, one at a time, each from the version of the one before', async () => {
    await greeted();
    (await call(`${POLL}7`)).answer(200, frame(9, { x: 1, y: 0, colour: 1 }));
    const second = await call(`${POLL}9`);
    await noCall();
    second.answer(200, frame(12, { x: 2, y: 0, colour: 2 }));
    await call(`${POLL}12`);
    expect(events).toEqual(['frame 9 1,0,16', 'frame 12 2,0,32']);
  });

  test('without an answer in time are asked again, at once only when they were held', async () => {
    await greeted();
    await vi.advanceTimersByTimeAsync(14_000);
    (await call(`${POLL}7`)).answer(204);
    (await call(`${POLL}7`)).answer(204);
    await noCall();
    await vi.advanceTimersByTimeAsync(1_000);
    await call(`${POLL}7`);
    expect(events).toEqual([]);
  });

  test('end at the end, and are stopped', async () => {
    await greeted();
    const poll = await call(`${POLL}7`);
    transport.close();
    expect(poll.signal.aborted).toBe(true);
    await flush();
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(600_000);
    await noCall();
    expect(events).toEqual([]);
  });

  test('of a name that is not there end with a code that has others come back soon', async () => {
    await greeted();
    (await call(`${POLL}7`)).answer(404, '{}');
    await flush();
    expect(events).toEqual(['lost 1012']);
    await noCall();
  });

  test.each([
    ['nothing', null],
    ['half an edit', frame(8, { x: 1, y: 1, colour: 1 }).slice(0, -1)],
    ['an edit beside the canvas', frame(8, { x: 20, y: 1, colour: 1 })],
    ['its own version', frame(7)],
    ['a page of somebody who wants money', '<!DOCTYPE html><html>Log in</html>'],
  ])('that bring %s end it', async (_what, body) => {
    await greeted();
    (await call(`${POLL}7`)).answer(200, body);
    await flush();
    expect(events).toEqual(['lost 1006']);
    await noCall();
  });

  test.each([500, 502, 504, 403])('end at %i', async (status) => {
    await greeted();
    (await call(`${POLL}7`)).answer(status);
    await flush();
    expect(events).toEqual(['lost 1006']);
  });

  test('end without a network', async () => {
    await greeted();
    (await call(`${POLL}7`)).fail();
    await flush();
    expect(events).toEqual(['lost 1006']);
  });

  test('that nobody answers are given up', async () => {
    await greeted();
    await call(`${POLL}7`);
    for (let i = 0; i < 2; i++) {
      await vi.advanceTimersByTimeAsync(30_000);
      for (const asked of calls.splice(0)) {
        if (asked.path === '/info') asked.answer(200, JSON.stringify(info));
        else asked.fail();
      }
    }
    await flush();
    expect(events.at(-1)).toBe('lost 1006');
  });

  test('wait as long as the server asks them to, and not for ever', async () => {
    await greeted();
    for (const [status, header, ms] of [
      [503, { 'Retry-After': '3' }, 3_000],
      [503, { 'Retry-After': '0' }, 1_000],
      [503, { 'Retry-After': 'Fri, 31 Dec 1999 23:59:59 GMT' }, 1_000],
      [429, undefined, 1_000],
    ] as const) {
      (await call(`${POLL}7`)).answer(status, '{}', header);
      await vi.advanceTimersByTimeAsync(ms - 1);
      await noCall();
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(events).toEqual([]);
    (await call(`${POLL}7`)).answer(503);
    await flush();
    expect(events).toEqual(['lost 1006']);
  });

  test('that succeed in between make it patient again', async () => {
    await greeted();
    for (let version = 7; version < 20; version++) {
      (await call(`${POLL}${version}`)).answer(503, '{}', { 'Retry-After': '1' });
      await vi.advanceTimersByTimeAsync(1_000);
      (await call(`${POLL}${version}`)).answer(200, frame(version + 1));
    }
    expect(events).toHaveLength(12);
    expect(events.some((event) => event.startsWith('lost'))).toBe(false);
  });
});

describe('what /info says later', () => {
  /** Polls stay out; the next question is about /info. */
  async function told(later: object): Promise<void> {
    await call(`${POLL}7`);
    await vi.advanceTimersByTimeAsync(30_000);
    const asked = calls.find(({ path }) => path === '/info')!;
    calls = [];
    asked.answer(200, JSON.stringify({ ...info, ...later }));
    await flush();
  }

  test('is passed on', async () => {
    await greeted();
    await told({ online: 9, readonly: true });
    expect(events).toEqual(['{"type":"online","count":9}', '{"type":"notice","readonly":true}']);
  });

  test('is passed on where the rules changed, and what there is to draw with', async () => {
    await greeted();
    const limits = { policy: 'reddit', capacity: 300000, blank: 300000, painted: 300000 };
    await told({ rules: 4, energy: { ...limits, energy: 5 } });
    expect(events).toEqual([
      '{"type":"online","count":3}',
      JSON.stringify({ type: 'energy', energy: { ...limits, curve: [], energy: 5 } }),
      '{"type":"rules","serial":4,"open":true}',
    ]);
  });

  test.each(['f'.repeat(32), null])('ends it when the log is another one: %s', async (genesis) => {
    await greeted();
    await told({ genesis });
    expect(events.at(-1)).toBe('lost 1012');
  });
});

describe('own edits', () => {
  test('go by POST, and settle by their version', async () => {
    await greeted();
    await call(`${POLL}7`);
    transport.send(1, [{ x: 5, y: 6, colour: 2 }]);
    (await call('POST /edit?x=-15&y=26&c=2')).answer(200, '{"version":8}');
    await flush();
    expect(events).toEqual(['{"type":"placed","id":1,"version":8}']);
  });
});

describe('the check against the picture', () => {
  const rgb = palette.map((colour) => colour.rgb);
  const red = { x: 3, y: 3, colour: 2 };
  const black = { x: 4, y: 4, colour: 1 };

  function boardOf(...edits: Edit[]): Board {
    const board = new Board(info, rgb, new ArrayBuffer(4 * info.width * info.height));
    for (const { x, y, colour } of edits) board.put(x, y, colour);
    return board;
  }

  const picture = (version: number, genesis = GENESIS, ...edits: Edit[]) => ({
    body: pngOf(info, rgb, boardOf(...edits)),
    headers: { 'X-Canvas-Version': String(version), 'X-Canvas-Genesis': genesis },
  });

  /** A check has begun, and waits for caches to forget; the first poll is out. */
  async function checking(): Promise<Call> {
    await greeted();
    const poll = await call(`${POLL}7`);
    await vi.advanceTimersByTimeAsync(15_000);
    return poll;
  }

  async function show(made: ReturnType<typeof picture>): Promise<void> {
    await vi.advanceTimersByTimeAsync(10_000);
    const asked = calls.splice(
      calls.findIndex(({ path }) => path === '/c/-1,2/canvas.png'),
      1,
    )[0]!;
    expect(asked.path).toBe('/c/-1,2/canvas.png');
    asked.answer(200, made.body, made.headers);
    await flush();
    await flush();
  }

  const sums = () => events.filter((event) => event.includes('checksum'));
  const sumOf = (version: number, ...edits: Edit[]) =>
    JSON.stringify({ type: 'checksum', version, sum: boardOf(...edits).sum() });

  test('says what the board has to be when nobody draws', async () => {
    await checking();
    await show(picture(7, GENESIS, red));
    expect(sums()).toEqual([sumOf(7, red)]);
  });

  test('adds to an older picture what came since', async () => {
    const poll = await checking();
    poll.answer(200, frame(8, red));
    (await call(`${POLL}8`)).answer(200, frame(9, black));
    await show(picture(8, GENESIS, red));
    expect(sums()).toEqual([sumOf(9, red, black)]);
  });

  test('waits for polls that are behind the picture', async () => {
    const poll = await checking();
    await show(picture(8, GENESIS, red, black));
    expect(sums()).toEqual([]);
    // What comes spans the picture's version, and is not of a lower one: it is applied on top.
    poll.answer(200, frame(9, red, black));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sums()).toEqual([sumOf(9, red, black)]);
  });

  test('finds that something hides edits', async () => {
    const poll = await checking();
    await show(picture(8, GENESIS, red));
    for (let asked: Call | undefined = poll; asked; asked = calls.shift()) {
      asked.answer(204);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    await vi.advanceTimersByTimeAsync(10_000);
    expect(events.at(-1)).toBe('lost 1006');
  });

  test.each([
    ['a picture of before', () => picture(6, GENESIS, red)],
    ['a picture of another log', () => picture(7, 'e'.repeat(32), red)],
    ['what is no picture', () => ({ ...picture(7), body: Uint8Array.from([1, 2, 3]) })],
  ])('says nothing by %s', async (_what, made) => {
    await checking();
    await show(made());
    await vi.advanceTimersByTimeAsync(10_000);
    expect(events.filter((event) => !event.includes('online'))).toEqual([]);
  });

  test('is not made when more comes than can be kept', async () => {
    let poll = await checking();
    const many = Array.from({ length: 20_000 }, () => red);
    for (let version = 8; version < 8 + 18; version++) {
      poll.answer(200, frame(version, ...many));
      poll = await call(`${POLL}${version}`);
    }
    await show(picture(25, GENESIS, red));
    expect(sums()).toEqual([]);
  });

  test('comes again, less often each time', async () => {
    const poll = await checking();
    await show(picture(7, GENESIS, red));
    poll.answer(204);
    await vi.advanceTimersByTimeAsync(29_000);
    expect(calls.filter(({ path }) => path.endsWith('.png'))).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    await show(picture(7, GENESIS, red));
    expect(sums()).toHaveLength(2);
  });
});
