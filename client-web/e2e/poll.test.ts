// SPDX-License-Identifier: ISC
// The page by long polls: where nothing else comes through, and behind a cache on purpose.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  boardAt,
  boardHas,
  boardSum,
  chooseColour,
  DESKTOP,
  draws,
  launch,
  live,
  lookAt,
  lost,
  open,
  sameLoad,
  settled,
  text,
  tryNow,
  WAIT_MS,
} from './page';
import { Nginx, NGINX } from './nginx';
import { Wire } from './proxy';
import { Server } from './server';

let browser: Browser;
let server: Server;
let context: BrowserContext;

beforeAll(async () => {
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
});

beforeEach(async () => {
  server = await Server.start();
  context = await browser.newContext(DESKTOP);
});

afterEach(async () => {
  await context.close();
  await server.remove();
});

/** Something on the way refuses WebSockets and event streams. */
const blockStreams = (context: BrowserContext) =>
  context.addInitScript(() => {
    const Socket = WebSocket;
    window.WebSocket = class extends Socket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(String(url).replace('/ws', '/refused'), protocols);
      }
    };
    const Stream = EventSource;
    window.EventSource = class extends Stream {
      constructor(url: string | URL) {
        super(String(url).replace('/events', '/refused'));
      }
    };
  });

const POLL = /\/h\/[0-9a-f]{16}\/(-?\d+,-?\d+)\/edits\/\d+$/;

/** The polls that are out, by canvas, and the most that ever were for one. */
class Polls {
  readonly out = new Map<string, number>();
  most = 0;
  total = 0;

  constructor(page: Page) {
    const count = (url: string, by: number) => {
      const canvas = POLL.exec(new URL(url).pathname)?.[1];
      if (!canvas) return;
      const now = (this.out.get(canvas) ?? 0) + by;
      this.out.set(canvas, now);
      this.most = Math.max(this.most, now);
      if (by > 0) this.total++;
    };
    page.on('request', (request) => count(request.url(), 1));
    page.on('requestfinished', (request) => count(request.url(), -1));
    page.on('requestfailed', (request) => count(request.url(), -1));
  }
}

async function click(page: Page, x: number, y: number): Promise<void> {
  const at = await lookAt(page, x, y, 16);
  await page.mouse.click(at.x, at.y);
}

/** What others draw comes, and what one draws oneself goes. */
async function drawsBothWays(page: Page, y: number): Promise<void> {
  await server.edit(800, y, 5);
  await boardHas(page, 800, y, 5);
  await lookAt(page, 800, y, 16);
  await draws(page, 'screen', 800, y, '#e50009');
  await chooseColour(page, 'blue');
  await click(page, 803, y);
  await settled(page);
  expect(await boardAt(page, 803, y)).toBe(12);
  await page.evaluate(
    (y) => window.placed.plane.place([810, 811, 812].map((x) => ({ x, y, colour: 7 }))),
    y,
  );
  await settled(page);
  for (const x of [810, 811, 812]) expect(await boardAt(page, x, y)).toBe(7);
}

/** A page that has just come, by a WebSocket, shows the same. */
async function sameAsByWebSocket(page: Page): Promise<void> {
  const free = await browser.newContext(DESKTOP);
  const other = await open(free, server.url);
  await text(other, '#people', /here$/);
  const sum = await boardSum(other);
  await expect.poll(() => boardSum(page), { timeout: WAIT_MS }).toBe(sum);
  await free.close();
}

async function polling(url: string): Promise<{ page: Page; polls: Polls }> {
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  const polls = new Polls(page);
  await page.goto(url);
  await live(page);
  await text(page, '#people', 'Live, slower');
  await expect.poll(() => page.evaluate(() => window.placed.plane.routes.kind)).toBe('poll');
  await page.evaluate(() => (window.sameLoad = true));
  return { page, polls };
}

test('where event streams are blocked too, the page goes on by long polls', async () => {
  await blockStreams(context);
  await server.edit(1, 1, 3);
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  const polls = new Polls(page);
  await page.goto(server.url);
  await expect
    .poll(() => page.evaluate(() => window.placed?.plane.routes.kind), { timeout: WAIT_MS })
    .toBe('poll');
  await live(page);
  await text(page, '#people', 'Live, slower');
  await expect.poll(() => page.isVisible('#banner'), { timeout: WAIT_MS }).toBe(false);
  await drawsBothWays(page, 800);
  await sameAsByWebSocket(page);
  expect(polls.most).toBe(1);
  expect(await page.evaluate(() => window.placed.client.sync.heals)).toBe(0);
});

describe('a page that is asked to poll', () => {
  test('does, and opens nothing else; a blank canvas is no trouble', async () => {
    const others: string[] = [];
    context.on('request', (request) => {
      if (/\/(ws|events)(\?|$)/.test(request.url())) others.push(request.url());
    });
    const page = await context.newPage();
    page.on('websocket', (socket) => others.push(socket.url()));
    page.setDefaultTimeout(WAIT_MS);
    const polls = new Polls(page);
    await page.goto(`${server.url}?transport=poll`);
    await live(page);
    await drawsBothWays(page, 700);
    await sameAsByWebSocket(page);
    expect(polls.most).toBe(1);
    expect(others).toEqual([]);
  });

  test('keeps one poll while nobody draws, and takes many edits in few answers', async () => {
    await server.edit(0, 0, 1);
    const { page, polls } = await polling(`${server.url}?transport=poll`);
    await expect.poll(() => polls.out.get('0,0'), { timeout: WAIT_MS }).toBe(1);
    const before = polls.total;
    const free = await browser.newContext(DESKTOP);
    const other = await open(free, server.url);
    await other.evaluate(() => {
      const edits = Array.from({ length: 5_000 }, (_, i) => ({
        x: i % 100,
        y: 300 + Math.floor(i / 100),
        colour: 9,
      }));
      window.placed.plane.place(edits);
    });
    await settled(other);
    const sum = await boardSum(other);
    await expect.poll(() => boardSum(page), { timeout: WAIT_MS }).toBe(sum);
    expect(polls.total - before).toBeLessThan(50);
    expect(polls.most).toBe(1);
    await free.close();
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)('goes on after a restart (%s)', async (signal) => {
    await server.edit(5, 5, 5);
    const { page, polls } = await polling(`${server.url}?transport=poll`);
    await boardHas(page, 5, 5, 5);
    await server.down(signal);
    await lost(page);
    await text(page, '#banner', /^Connection lost\./);
    await server.up();
    await server.edit(6, 5, 6);
    await boardHas(page, 6, 5, 6);
    await live(page);
    expect(await boardAt(page, 5, 5)).toBe(5);
    await drawsBothWays(page, 600);
    await sameLoad(page);
    await sameAsByWebSocket(page);
    expect(polls.most).toBe(1);
  });

  test.each([
    { before: 9, after: 2 },
    { before: 2, after: 9 },
    { before: 3, after: 0 },
  ])('follows a new season: %j', async ({ before, after }) => {
    for (let x = 0; x < before; x++) await server.edit(x, 1, 5);
    const { page } = await polling(`${server.url}?transport=poll`);
    await boardHas(page, before - 1, 1, 5);
    await server.down();
    await lost(page);
    await server.forget();
    await server.up();
    for (let i = 0; i < after; i++) await server.edit(500 + i, 500, 9);
    await boardHas(page, 0, 1, 0);
    await live(page);
    if (after > 0) await boardHas(page, 500 + after - 1, 500, 9);
    await drawsBothWays(page, 500);
    await sameLoad(page);
    await sameAsByWebSocket(page);
  });

  test('notices a wire that is dead, and goes on when it is mended', async () => {
    const wire = await Wire.to(server.port);
    await server.edit(0, 0, 1);
    const { page } = await polling(`${wire.url}?transport=poll`);
    wire.die();
    await page.evaluate(() => window.dispatchEvent(new Event('offline')));
    await lost(page);
    await server.edit(70, 70, 7);
    wire.mend();
    await tryNow(page);
    await boardHas(page, 70, 70, 7);
    await live(page);
    await sameLoad(page);
    await wire.remove();
  });

  test('uses WebSockets where the server has no history', async () => {
    await server.down();
    server.options = ['--history', 'off'];
    await server.up();
    const page = await open(context, `${server.url}?transport=poll`);
    await text(page, '#people', /here$/);
    await chooseColour(page, 'red');
    await click(page, 400, 400);
    await boardHas(page, 400, 400, 5);
  });

  test('lets go of the polls of canvases that leave the view', async () => {
    await server.down();
    server.options = ['--plane', '6x1'];
    await server.up();
    for (const x of [0, 5]) await server.edit(1000 * x, 0, 5);
    const { page, polls } = await polling(`${server.url}?transport=poll`);
    const outOf = (canvas: string, n: number) =>
      expect.poll(() => polls.out.get(canvas) ?? 0, { timeout: WAIT_MS }).toBe(n);
    await lookAt(page, 500, 500, 4);
    await outOf('0,0', 1);
    await lookAt(page, 5500, 500, 4);
    await outOf('5,0', 1);
    await outOf('0,0', 0);
    expect(polls.most).toBe(1);
  });
});

describe.skipIf(!NGINX)('behind nginx, as it is shipped', () => {
  let nginx: Nginx;

  beforeEach(async () => {
    nginx = await Nginx.before(server.port);
  });

  afterEach(async () => {
    await nginx.remove();
  });

  test('several pages get the same, and own edits go', async () => {
    await server.edit(1, 1, 3);
    const all = [];
    for (let i = 0; i < 3; i++) all.push(await polling(`${nginx.url}?transport=poll`));
    await drawsBothWays(all[0]!.page, 400);
    for (const { page, polls } of all) {
      await sameAsByWebSocket(page);
      expect(polls.most).toBe(1);
      expect(await page.evaluate(() => window.placed.client.sync.heals)).toBe(0);
    }
  });

  test('goes on after a restart', async () => {
    await server.edit(1, 1, 3);
    const { page } = await polling(`${nginx.url}?transport=poll`);
    await server.down();
    await sleep(1_500);
    await server.up();
    await server.edit(6, 5, 6);
    await boardHas(page, 6, 5, 6);
    await live(page);
    await drawsBothWays(page, 300);
    await sameLoad(page);
    await sameAsByWebSocket(page);
  });

  test.each([
    { before: 9, after: 2 },
    { before: 2, after: 9 },
  ])('follows a new season: %j', async ({ before, after }) => {
    for (let x = 0; x < before; x++) await server.edit(x, 1, 5);
    const { page } = await polling(`${nginx.url}?transport=poll`);
    await boardHas(page, before - 1, 1, 5);
    await server.down();
    await server.forget();
    await server.up();
    for (let i = 0; i < after; i++) await server.edit(500 + i, 500, 9);
    await boardHas(page, 500 + after - 1, 500, 9);
    await boardHas(page, 0, 1, 0);
    await live(page);
    await drawsBothWays(page, 200);
    await sameLoad(page);
    await sameAsByWebSocket(page);
  });
});
