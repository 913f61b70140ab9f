// SPDX-License-Identifier: ISC
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EventStreamTransport } from '../src/net/eventstream';
import { NO_RULES } from './world';

const GENESIS = 'a'.repeat(32);
const at = { x: -1, y: 2, open: true, version: 7 };
const info = {
  width: 1000,
  height: 1000,
  palette: [{ name: 'white', rgb: '#ffffff' }],
  genesis: GENESIS,
  canvases: [at],
  readonly: false,
  ...NO_RULES,
  online: 3,
  history: false,
};

class FakeStream extends EventTarget {
  static last: FakeStream;
  onopen = () => {};
  onerror = () => {};
  closed = false;

  constructor(readonly url: URL) {
    super();
    FakeStream.last = this;
  }

  close(): void {
    this.closed = true;
  }

  fire(type: string, lastEventId: string, data: string): void {
    this.dispatchEvent(Object.assign(new Event(type), { lastEventId, data }));
  }
}

interface Call {
  readonly method: string;
  readonly url: string;
  answer(status: number, body: unknown): void;
  fail(): void;
}

let calls: Call[];
let events: string[];
let transport: EventStreamTransport;

beforeEach(() => {
  vi.useFakeTimers();
  calls = [];
  events = [];
  vi.stubGlobal('EventSource', FakeStream);
  vi.stubGlobal('fetch', (url: URL, { method = 'GET' }: RequestInit = {}) => {
    const path = url.pathname + url.search;
    return new Promise((resolve, reject) => {
      calls.push({
        method,
        url: path,
        answer: (status, body) => resolve(new Response(JSON.stringify(body), { status })),
        fail: () => reject(new TypeError('no network')),
      });
    });
  });
  const base = new URL('http://placed.test/');
  transport = new EventStreamTransport({ base, paths: new URL('c/-1,2/', base), at, info }, {
    message: (message) => events.push(JSON.stringify(message)),
    frame: ({ version, edits }) => events.push(`frame ${version} ${edits.join()}`),
    lost: (code) => events.push(`lost ${code}`),
  });
});

afterEach(() => {
  transport.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Lets promises go on. */
const flush = () => vi.advanceTimersByTimeAsync(0);

/** The next request; the tests answer it. */
async function call(): Promise<Call> {
  await flush();
  const next = calls.shift();
  if (!next) throw new Error('nothing was asked');
  return next;
}

async function open(): Promise<void> {
  transport.open(7);
  FakeStream.last.onopen();
  (await call()).answer(200, info);
  await flush();
  events.splice(0);
}

describe('the stream', () => {
  test('begins with a hello made of /info, and what came before waits for it', async () => {
    transport.open(7);
    expect(String(FakeStream.last.url)).toBe('http://placed.test/c/-1,2/events?from=7');
    FakeStream.last.onopen();
    FakeStream.last.fire('message', '8', btoa('\x01\x00\x50'));
    expect(events).toEqual([]);
    (await call()).answer(200, info);
    await flush();
    expect(events).toEqual([
      JSON.stringify({
        type: 'hello',
        version: 7,
        genesis: GENESIS,
        open: true,
        readonly: false,
        online: 3,
        energy: null,
      }),
      'frame 8 1,0,80',
    ]);
  });

  test('reports resets, and ends at what it does not understand', async () => {
    await open();
    FakeStream.last.fire('reset', '50', '{"version":50}');
    FakeStream.last.fire('message', '51', '%');
    FakeStream.last.fire('message', '52', btoa('\x01\x00\x50'));
    expect(events).toEqual(['{"type":"reset","version":50}', 'lost 1006']);
    expect(FakeStream.last.closed).toBe(true);
  });

  test('is lost when it breaks, and when the server does not answer any more', async () => {
    await open();
    await vi.advanceTimersByTimeAsync(15_000);
    (await call()).answer(200, { ...info, online: 9, readonly: true });
    await flush();
    expect(events.splice(0)).toEqual([
      '{"type":"online","count":9}',
      '{"type":"notice","readonly":true}',
    ]);
    await vi.advanceTimersByTimeAsync(15_000);
    (await call()).fail();
    await flush();
    expect(events).toEqual(['lost 1006']);
  });
});

describe('a stream that is dead though the server answers', () => {
  const asked = async (version: number) => {
    transport.ask(5_000);
    const question = await call();
    expect(question.url).toBe('/plane');
    question.answer(200, { ...info, canvases: [{ ...at, version }] });
    await flush();
    events.splice(0);
  };

  test('is lost when what the server has does not come', async () => {
    await open();
    await asked(9);
    FakeStream.last.fire('message', '8', btoa('\x01\x00\x50'));
    await vi.advanceTimersByTimeAsync(7_900);
    expect(events).toEqual(['frame 8 1,0,80']);
    await vi.advanceTimersByTimeAsync(200);
    expect(events).toEqual(['frame 8 1,0,80', 'lost 1006']);
  });

  test('is none when it comes, or when there is nothing', async () => {
    await open();
    await asked(7);
    await vi.advanceTimersByTimeAsync(10_000);
    await asked(8);
    FakeStream.last.fire('message', '8', btoa('\x01\x00\x50'));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(events).toEqual(['frame 8 1,0,80']);
  });
});

test('rules that changed are heard of', async () => {
  await open();
  FakeStream.last.fire('rules', '', '{"type":"rules","serial":3,"open":false}');
  FakeStream.last.fire('rules', '', 'nonsense');
  expect(events).toEqual(['{"type":"rules","serial":3,"open":false}']);
});

describe('own edits', () => {
  test('go one after the other, in plane coordinates', async () => {
    await open();
    expect(transport.send(1, [{ x: 5, y: 6, colour: 7 }])).toBe(true);
    transport.send(2, [{ x: 0, y: 999, colour: 0 }]);
    const first = await call();
    expect(`${first.method} ${first.url}`).toBe('POST /edit?x=-995&y=2006&c=7');
    expect(calls).toEqual([]);
    first.answer(200, { version: 12 });
    const second = await call();
    expect(second.url).toBe('/edit?x=-1000&y=2999&c=0');
    second.answer(200, { version: 13 });
    await flush();
    expect(events).toEqual([
      '{"type":"placed","id":1,"version":12}',
      '{"type":"placed","id":2,"version":13}',
    ]);
  });

  test.each([
    [403, 'locked'],
    [503, 'busy'],
    [503, 'readonly'],
    [429, 'energy'],
    [429, 'network'],
    [401, 'identity'],
  ])('are refused by %i %s', async (status, error) => {
    await open();
    transport.send(1, [{ x: 5, y: 6, colour: 7 }]);
    (await call()).answer(status, { error });
    await flush();
    expect(events).toEqual([`{"type":"refused","id":1,"reason":"${error}","retryMs":0,"until":null,"words":""}`]);
  });

  test('say until when and why they were refused', async () => {
    await open();
    transport.send(1, [{ x: 5, y: 6, colour: 7 }]);
    (await call()).answer(403, { error: 'area', retry_ms: 0, until: 1795636000000, words: 'finale' });
    await flush();
    expect(events).toEqual([
      '{"type":"refused","id":1,"reason":"area","retryMs":0,"until":1795636000000,"words":"finale"}',
    ]);
  });

  test.each([503, 504, 502, 0])('have an unknown fate after %i', async (status) => {
    await open();
    transport.send(1, [{ x: 5, y: 6, colour: 7 }]);
    const post = await call();
    if (status === 0) post.fail();
    else post.answer(status, { error: 'unknown' });
    await flush();
    expect(events).toEqual(['lost 1011']);
  });

  test('are sent again when a proxy counted too many requests', async () => {
    await open();
    transport.send(1, [{ x: 5, y: 6, colour: 7 }]);
    (await call()).answer(429, {});
    await vi.advanceTimersByTimeAsync(1_000);
    (await call()).answer(200, { version: 9 });
    await flush();
    expect(events).toEqual(['{"type":"placed","id":1,"version":9}']);
  });

  test('cannot be sent before the hello or after the end', async () => {
    transport.open(7);
    expect(transport.send(1, [{ x: 5, y: 6, colour: 7 }])).toBe(false);
    transport.close();
    expect(transport.send(1, [{ x: 5, y: 6, colour: 7 }])).toBe(false);
  });
});
