// SPDX-License-Identifier: ISC
// The page names what is wrong between it and its server, and works around it where it can.

import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  boardAt,
  boardHas,
  chooseColour,
  DESKTOP,
  draws,
  live,
  lookAt,
  lost,
  open,
  sameLoad,
  settled,
  text,
  tryNow,
  WAIT_MS,
  whereIs,
} from './page';
import { reencode } from './reencode';
import { browser, forAll, server } from './scene';

let context: BrowserContext;

forAll();

beforeEach(async () => {
  context = await browser.newContext(DESKTOP);
});

afterEach(async () => {
  await context.close();
});

async function blank(): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  return page;
}

/** Something on the way answers upgrades with 404, until the page's `unblock` is set. */
const blockWebSockets = (context: BrowserContext) =>
  context.addInitScript(() => {
    const Real = WebSocket;
    window.WebSocket = class extends Real {
      constructor(url: string | URL, protocols?: string | string[]) {
        const { unblock } = window as { unblock?: boolean };
        super(unblock ? url : String(url).replace('/ws', '/refused'), protocols);
      }
    };
  });

test('a browser that is too old gets a message with what to do', async () => {
  const page = await blank();
  await page.addInitScript(() => delete (window as { DecompressionStream?: unknown }).DecompressionStream);
  await page.goto(server.url);
  await text(page, '#banner', /^This browser is too old for this page\. Please update it/);
  expect(await page.isVisible('#try-now')).toBe(false);
  expect(await page.isVisible('#wait [role=progressbar]')).toBe(false);
});

test('a server that is full says so by its close code, and is come back to', async () => {
  const page = await blank();
  let full = true;
  await page.routeWebSocket(/\/ws/, (route) => {
    if (full) void route.close({ code: 1013, reason: 'too many connections' });
    else route.connectToServer();
  });
  await page.goto(server.url);
  await text(page, '#banner', /^The server is full right now.*Trying again in \d+ s/s);
  full = false;
  await tryNow(page);
  await live(page);
  await expect.poll(() => page.isVisible('#banner'), { timeout: WAIT_MS }).toBe(false);
});

test('or by its status, before there is a picture', async () => {
  const page = await blank();
  const refusal = { status: 503, json: { error: 'too many connections' } };
  await page.route('**/info', (route) => route.fulfill(refusal));
  await page.goto(server.url);
  await text(page, '#banner', /^The server is full right now/);
});

test('a server that is not there yet is no lost connection', async () => {
  const page = await blank();
  await page.route('**/info', (route) => route.abort());
  await page.goto(server.url);
  await text(page, '#banner', /^Can't reach the canvas yet\. Trying again/);
});

test('an address that the server does not allow is named', async () => {
  await blockWebSockets(context);
  const page = await blank();
  const refusal = { status: 403, json: { error: 'origin: not allowed' } };
  await page.route('**/edit*', (route) => route.fulfill(refusal));
  await page.goto(server.url);
  await text(page, '#banner', /^Pages on 127\.0\.0\.1:\d+ may not draw here/);
});

test('a picture that something on the way has encoded anew is the same picture', async () => {
  const page = await blank();
  let kinds = 0;
  await page.route('**/canvas.png', async (route) => {
    const answer = await route.fetch();
    const info = await (await fetch(new URL('info', server.url))).json();
    const palette = info.palette.map(({ rgb }: { rgb: string }) => rgb);
    const body = await reencode(await answer.body(), palette);
    kinds++;
    await route.fulfill({ response: answer, body });
  });
  const other = await open(context, server.url);
  await chooseColour(other, 'green');
  const at = await lookAt(other, 300, 300, 16);
  await other.mouse.click(at.x, at.y);
  await boardHas(other, 300, 300, 10);
  await page.goto(server.url);
  await live(page);
  await boardHas(page, 300, 300, 10);
  expect(kinds).toBeGreaterThan(0);
  expect(await page.evaluate(() => window.placed.client.sync.heals)).toBe(0);
});

test('a picture that is none is asked for past all caches, and then reported', async () => {
  const page = await blank();
  const fresh: string[] = [];
  await page.route('**/canvas.png', (route) => {
    fresh.push(route.request().headers()['cache-control'] ?? '');
    return route.fulfill({ status: 200, headers: { 'X-Canvas-Version': '5' }, body: 'no picture' });
  });
  await page.goto(server.url);
  await text(page, '#banner', /^The picture can't be read: something changes it on its way here/);
  await tryNow(page);
  await expect.poll(() => fresh.length, { timeout: WAIT_MS }).toBeGreaterThan(1);
  await page.unroute('**/canvas.png');
  await tryNow(page);
  await live(page);
});

test('where WebSockets are blocked, the page goes on by event stream and POST', async () => {
  await blockWebSockets(context);
  const page = await open(context, server.url);
  await text(page, '#people', 'Live, slower');
  expect(await page.isVisible('#banner')).toBe(false);

  // What others draw comes.
  const free = await browser.newContext(DESKTOP);
  const other = await open(free, server.url);
  await chooseColour(other, 'red');
  const there = await lookAt(other, 800, 800, 16);
  await other.mouse.click(there.x, there.y);
  await boardHas(page, 800, 800, 5);
  await lookAt(page, 800, 800, 16);
  await draws(page, 'screen', 800, 800, '#e50009');

  // What one draws oneself goes, several at a time as well.
  await chooseColour(page, 'blue');
  const at = await whereIs(page, 803, 800);
  await page.mouse.click(at.x, at.y);
  await boardHas(other, 803, 800, 12);
  await page.evaluate(() =>
    window.placed.plane.place([810, 811, 812].map((x) => ({ x, y: 800, colour: 7 }))),
  );
  for (const x of [810, 811, 812]) await boardHas(other, x, 800, 7);
  await settled(page);
  expect(await boardAt(page, 812, 800)).toBe(7);

  // When they come through again, they are used again, and nothing is missing in between.
  await page.evaluate(() => {
    (window as { unblock?: boolean }).unblock = true;
    window.dispatchEvent(new Event('online'));
  });
  await text(page, '#people', /here$/);
  await live(page);
  const next = await whereIs(page, 805, 800);
  await page.mouse.click(next.x, next.y);
  await boardHas(other, 805, 800, 12);
  await settled(page);
  await sameLoad(page);
  await free.close();
});

test('an event stream that breaks is taken up where it was', async () => {
  await blockWebSockets(context);
  const page = await open(context, server.url);
  await text(page, '#people', 'Live, slower');
  await server.down();
  await lost(page);
  await text(page, '#banner', /^Connection lost\./);
  await server.up();
  await live(page);
  await chooseColour(page, 'pink');
  const at = await lookAt(page, 820, 820, 16);
  await page.mouse.click(at.x, at.y);
  await boardHas(page, 820, 820, 4);
  await sameLoad(page);
});
