// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { parseFacts } from '../render/core/facts';
import { countOf, Farm, leftMs, msOf, SILENT_MS } from '../render/core/farm';
import { judge } from '../render/core/retry';
import { canvasLink, stencilOp, widthOf } from '../render/core/stencil';
import { batchWords, bytesWords, poolNumbers, workersWords } from '../render/core/words';

const ID = 'ab'.repeat(32);
const server = (server: string, host: string, done: number) => ({
  t: 'server',
  server,
  host,
  at: 5,
  workers: [
    [1, 100, 0, 2, 7],
    [2, 101, 0, 1, 0],
    [3, 102, 1, 0, 0],
  ],
  pools: [
    { name: 'fractal', wanted: 2, waiting: 3, done, failed: 1, cpu_ms: 4 * done, bytes: 9, resting: false },
    { name: 'image:blur', wanted: 1, waiting: 0, done: 0, failed: 0, cpu_ms: 0, bytes: 0, resting: true },
  ],
});

test('the workers of all servers are counted by kind', () => {
  const farm = new Farm();
  farm.snapshot({ servers: [server('a', 'one', 10)] }, 0);
  expect(farm.change(server('b', 'two', 30), 0)).toBe('workers');
  const [fractal, blur] = farm.pools;
  expect(fractal).toMatchObject({ name: 'fractal', wanted: 4, waiting: 6, done: 40, failed: 2, servers: 2 });
  expect([farm.wantedOf('b', fractal!), farm.wantedOf('x', fractal!)]).toEqual([2, 4]);
  expect(countOf(fractal!, 'busy')).toBe(2);
  expect(msOf(fractal!)).toBe(4);
  expect(workersWords(fractal!)).toBe('2 busy, 2 idle');
  expect(poolNumbers(fractal!).map(([, value]) => value)).toEqual(['6', '40', '2', '4.0 ms']);
  expect(blur).toMatchObject({ resting: true });
  expect(workersWords(blur!)).toBe('2 starting');
  expect(fractal!.workers.map(({ host }) => host)).toEqual(['one', 'one', 'two', 'two']);
});

test('a server that ends or is silent is no more', () => {
  const farm = new Farm();
  farm.snapshot({ servers: [server('a', 'one', 1), server('b', 'two', 1)] }, 1_000);
  expect(farm.change({ t: 'gone', server: 'a' }, 1_000)).toBe('workers');
  expect(farm.change({ t: 'gone', server: 'a' }, 1_000)).toBeNull();
  expect(farm.expire(1_000 + SILENT_MS)).toBeNull();
  expect(farm.expire(1_001 + SILENT_MS)).toBe('workers');
  expect(farm.pools).toEqual([]);
});

test('an image gets its variants one after the other, and none is taken back', () => {
  const farm = new Farm();
  farm.change({ t: 'image', id: ID, type: 'image/png', width: 8, height: 6, bytes: 99, at: 5_000 }, 0);
  expect(farm.images.get(ID)).toMatchObject({ width: 8, height: 6, time: 5_000 });
  const states = () => Object.fromEntries([...farm.images.get(ID)!.variants].map(([op, { state }]) => [op, state]));
  farm.change({ t: 'variant', id: ID, op: 'blur', state: 'running' }, 0);
  expect(states()).toEqual({ blur: 'running' });
  farm.change({ t: 'variant', id: ID, op: 'blur', state: 'done', ms: 12, bytes: 34 }, 0);
  expect(farm.change({ t: 'variant', id: ID, op: 'blur', state: 'running' }, 0)).toBeNull();
  expect(farm.images.get(ID)!.variants.get('blur')).toEqual({ state: 'done', ms: 12, bytes: 34 });
  // The list may be older than the event that overtook it.
  farm.learn({ ...farm.images.get(ID)!, variants: new Map([['blur', { state: 'queued', ms: 0, bytes: 0 }]]) });
  expect(farm.images.get(ID)!.variants.get('blur')).toEqual({ state: 'done', ms: 12, bytes: 34 });
  farm.learn({ ...farm.images.get(ID)!, variants: new Map([['blur', { state: 'done', ms: 0, bytes: 0 }]]) });
  expect(farm.images.get(ID)!.variants.get('blur')!.ms).toBe(12);
  farm.snapshot({ images: [{ id: ID, variants: { thumbnail: 'failed' } }] }, 0);
  expect(states()).toEqual({ blur: 'done', thumbnail: 'failed' });
});

test('the time that a batch still takes is what it took since it was first heard of', () => {
  const farm = new Farm();
  const batch = (done: number, state = 'running') =>
    ({ t: 'batch', id: 'x', style: 'world', zoom: [0, 6], scale: 1, jobs: 1_000, done, failed: 0, state }) as const;
  farm.change(batch(100), 10_000);
  expect(leftMs(farm.batches.get('x')!, 10_000)).toBeNull();
  farm.change(batch(200), 20_000);
  expect(leftMs(farm.batches.get('x')!, 20_000)).toBe(80_000);
  expect(leftMs(farm.batches.get('x')!, 25_000)).toBe(75_000);
  expect(batchWords(farm.batches.get('x')!, 80_000)).toBe('200 of 1,000, 1 minute left');
  // The connection broke: the pace is known still.
  farm.snapshot({ batches: [batch(300)] }, 30_000);
  expect(leftMs(farm.batches.get('x')!, 30_000)).toBe(70_000);
  farm.change(batch(300, 'cancelled'), 40_000);
  expect(leftMs(farm.batches.get('x')!, 40_000)).toBeNull();
  farm.change(batch(300), 90_000);
  expect(leftMs(farm.batches.get('x')!, 90_000)).toBeNull();
});

test('events that are not understood change nothing', () => {
  const farm = new Farm();
  for (const event of [null, 3, 'x', [], {}, { t: 'new' }, { t: 'server' }, { t: 'variant', id: ID, op: 'x', state: 'done' }]) {
    expect(farm.change(event, 0)).toBeNull();
  }
  for (const id of ['', '../x', ID.toUpperCase(), `${ID}0`]) expect(farm.change({ t: 'image', id }, 0)).toBeNull();
  expect(farm.change({ t: 'server', server: 'a', workers: [[1], 'x', [1, 2, 0, 9, 0]], pools: [{}, null] }, 0)).toBe('workers');
  expect(farm.pools).toEqual([]);
  farm.snapshot('nonsense', 0);
  expect(farm.servers.size + farm.images.size + farm.batches.size).toBe(0);
});

test('what there is: only what the page can use, and no address that is a script', () => {
  const facts = parseFacts({
    version: '1',
    admin: true,
    canvas: 'javascript:alert(1)',
    fractal: { revision: 1, palettes: ['fire', 'x/../y', 3], max_zoom: 40 },
    map: {
      styles: [
        { name: 'world', hash: '0123456789abcdef', minzoom: 0, maxzoom: 8, attribution: 'a', background: 'red;x' },
        { name: 'bad', hash: '../..' },
      ],
    },
    images: { ops: [], max_bytes: 1, max_pixels: 1 },
  });
  expect(facts).toMatchObject({ admin: true, canvas: null, images: null });
  expect(facts.fractal).toEqual({ revision: 1, palettes: ['fire'], maxZoom: 40 });
  expect(facts.styles).toHaveLength(1);
  expect(facts.styles[0]).toMatchObject({ name: 'world', maxZoom: 8, background: null });
  expect(parseFacts({ fractal: null, map: { styles: [] }, admin: 1 })).toMatchObject({ fractal: null, admin: false });
  expect(() => parseFacts(null)).toThrow('no object');
});

test('a picture is asked for again when the server says so, and later when it says nothing', () => {
  const at = (status: number | null, retryAfter: string | null, tries = 1) => judge({ status, retryAfter }, tries, 0);
  expect(at(503, '7')).toEqual({ trouble: 'busy', inMs: 7_000 });
  expect(at(503, 'soon')).toEqual({ trouble: 'busy', inMs: 2_000 });
  expect(at(503, '86400')).toEqual({ trouble: 'busy', inMs: 30_000 });
  expect(judge({ status: 503, retryAfter: '2' }, 1, 1).inMs).toBe(3_000);
  expect(at(null, null, 1).inMs).toBe(1_000);
  expect(at(null, null, 3).inMs).toBe(4_000);
  expect(at(null, null, 50).inMs).toBe(30_000);
  expect(at(500, '10', 1)).toEqual({ trouble: 'failed', inMs: 10_000 });
  expect(at(500, '10', 3)).toEqual({ trouble: 'failed', inMs: null });
  expect(at(404, null)).toEqual({ trouble: 'gone', inMs: null });
});

test('a stencil has one name, and its link opens the canvas with it', () => {
  expect(stencilOp({ width: null, dither: true })).toBe('stencil');
  expect(stencilOp({ width: 80, dither: false })).toBe('stencil-80');
  expect(stencilOp({ width: 80, dither: true })).toBe('stencil-80-dither');
  expect(widthOf({ width: 1600, height: 1200 })).toBe(100);
  expect(widthOf({ width: 300, height: 1200 })).toBe(25);
  expect(widthOf({ width: 30, height: 20 })).toBe(30);
  const link = new URL(canvasLink('http://canvas.test/?a=1', 'http://r.test/images/x/stencil', 80, 'a & b'));
  expect(link.search).toBe('?a=1');
  expect(Object.fromEntries(new URLSearchParams(link.hash.slice(1)))).toEqual({
    template: 'http://r.test/images/x/stencil',
    tw: '80',
    title: 'a & b',
  });
});

test('sizes are said as people say them', () => {
  expect([1, 999, 1_200, 12_345, 20_000_000].map(bytesWords)).toEqual(['1 byte', '999 bytes', '1.2 kB', '12 kB', '20 MB']);
});
