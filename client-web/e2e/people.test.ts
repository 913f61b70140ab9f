// SPDX-License-Identifier: ISC
// Who may draw, where and in which colours: identities, and the rules that moderators set while people
// look on.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  boardAt,
  boardHas,
  chooseColour,
  DESKTOP,
  launch,
  live,
  lookAt,
  open,
  PHONE,
  settled,
  text,
  tryNow,
  whereIs,
} from './page';
import { onServer } from './server';

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});

afterAll(() => browser?.close());

const standing = (page: Page) => page.evaluate(() => window.placed.plane.identity.standing.kind);
const cookieOf = async (context: BrowserContext) =>
  (await context.cookies()).map(({ name, httpOnly, sameSite }) => ({ name, httpOnly, sameSite }));
const OURS = [{ name: 'placed', httpOnly: true, sameSite: 'Lax' }];

/** What the page asks for, and what its console says that is wrong. */
function watch(page: Page): { asked: string[]; wrong: string[] } {
  const asked: string[] = [];
  const wrong: string[] = [];
  page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
  page.on('websocket', (socket) => asked.push(`WebSocket ${new URL(socket.url()).pathname}`));
  page.on('console', (message) => {
    if (message.type() === 'error') wrong.push(message.text());
  });
  page.on('pageerror', (error) => wrong.push(String(error)));
  return { asked, wrong };
}

/** Draws, again if it was too early for that. */
async function draw(page: Page, x: number, y: number, colour: number): Promise<void> {
  await expect
    .poll(async () => {
      await clickOn(page, x, y);
      await settled(page);
      return boardAt(page, x, y);
    })
    .toBe(colour);
}

async function clickOn(page: Page, x: number, y: number): Promise<void> {
  const at = await lookAt(page, x, y, 16);
  await page.mouse.click(at.x, at.y);
}

test('an identity comes before the first connection, without a word, and once only', async () => {
  await onServer(['--identity', 'cookie'], async (server) => {
    const context = await browser.newContext(DESKTOP);
    const page = await context.newPage();
    const { asked, wrong } = watch(page);
    await page.goto(server.url);
    await live(page);
    expect(asked.indexOf('POST /identity')).toBeGreaterThan(0);
    expect(asked.indexOf('POST /identity')).toBeLessThan(asked.indexOf('WebSocket /ws'));
    await expect.poll(() => cookieOf(context)).toEqual(OURS);
    await chooseColour(page, 'red');
    await draw(page, 100, 100, 5);
    asked.length = 0;
    await page.reload();
    await live(page);
    await chooseColour(page, 'red');
    await draw(page, 101, 100, 5);
    expect(asked).not.toContain('POST /identity');

    // A cookie that was lost meanwhile is replaced.
    await context.clearCookies();
    await page.reload();
    await live(page);
    expect(asked).toContain('POST /identity');
    expect(wrong).toEqual([]);

    // So is one of a server that has other keys now, with the first pixel that it refuses.
    await expect.poll(() => standing(page)).toBe('known');
    await server.down();
    await rm(join(server.data, 'secret'));
    await server.up();
    await tryNow(page);
    await live(page);
    asked.length = 0;
    await chooseColour(page, 'red');
    await clickOn(page, 102, 100);
    await text(page, '#hint-text', 'The server no longer knew this browser: try again in a moment');
    await draw(page, 102, 100, 5);
    expect(asked.filter((path) => path === 'POST /identity')).toHaveLength(1);
    await context.close();
  });
});

test('proof of work is done by a worker of its own file, with nothing asked', async () => {
  await onServer(['--identity', 'work', '--identity-work', '20000'], async (server) => {
    const context = await browser.newContext(DESKTOP);
    const page = await context.newPage();
    const { asked, wrong } = watch(page);
    const policy = await page.goto(server.url).then((answer) => answer!.headers()['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    await live(page);
    await expect.poll(() => standing(page)).toBe('known');
    expect(asked).toContain('GET /identity/challenge');
    expect(await cookieOf(context)).toEqual(OURS);
    await chooseColour(page, 'red');
    await draw(page, 100, 100, 5);
    expect(wrong).toEqual([]);
    await context.close();
  });
});

test('work that takes long is said, and one looks on meanwhile', async () => {
  await onServer(['--identity', 'work', '--identity-work', '20000'], async (server) => {
    const context = await browser.newContext(DESKTOP);
    const page = await context.newPage();
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/identity/challenge', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(server.url);
    await text(page, '#hint-text', 'Checking your browser');
    await live(page);
    release();
    await expect.poll(() => standing(page)).toBe('known');
    await text(page, '#hint-text', 'Choose a colour');
    await live(page);
    await chooseColour(page, 'red');
    await draw(page, 100, 100, 5);
    await context.close();
  });
});

test('a network with too many new visitors is told when', async () => {
  await onServer(['--identity', 'cookie', '--identity-rate', '1'], async (server) => {
    const first = await browser.newContext(DESKTOP);
    const known = await open(first, server.url);
    await expect.poll(() => standing(known)).toBe('known');
    const context = await browser.newContext(PHONE);
    const page = await open(context, server.url);
    await text(page, '#hint-text', /^Too many new visitors from your network: you can draw in (\d+:)?\d+:\d\d$/);
    expect(await cookieOf(context)).toEqual([]);
    await first.close();
    await context.close();
  });
});

test('where one has to sign in, it says so', async () => {
  const options = ['--identity', 'sso', '--sso-header', 'X-Name', '--trust-proxy', '127.0.0.2'];
  await onServer(options, async (server) => {
    const context = await browser.newContext(DESKTOP);
    const page = await open(context, server.url);
    await text(page, '#hint-text', 'Sign in to draw');
    await context.close();
  });
});

test('who is new may have to wait', async () => {
  await onServer(['--identity', 'cookie', '--identity-age', '3600'], async (server) => {
    const context = await browser.newContext(DESKTOP);
    const page = await open(context, server.url);
    await chooseColour(page, 'red');
    await expect
      .poll(async () => {
        await clickOn(page, 100, 100);
        await settled(page);
        return page.locator('#hint-text').innerText();
      })
      .toMatch(/^You are new here: you can draw in (1:00:00|5\d:\d\d)$/);
    expect(await boardAt(page, 100, 100)).toBe(0);
    await context.close();
  });
});

test('colours, freezes, regions and new canvases come to pages that are open', async () => {
  await onServer([], async (server) => {
    const context = await browser.newContext(DESKTOP);
    const page = await open(context, server.url);
    await chooseColour(page, 'red');
    await clickOn(page, 10, 10);
    await boardHas(page, 10, 10, 5);

    await server.control('region', { name: 'calm', x: 100, y: 100, w: 10, h: 10, closed: true, words: 'A & B', why: 't' });
    await expect.poll(() => page.evaluate(() => window.placed.plane.info!.regions.length)).toBe(1);
    const inside = await lookAt(page, 109, 109, 16);
    await page.mouse.move(inside.x, inside.y);
    await expect.poll(() => page.locator('#marks').getAttribute('data-closed')).toBe('');
    await page.mouse.click(inside.x, inside.y);
    await text(page, '#hint-text', 'This area is closed: A & B');
    const outside = await whereIs(page, 110, 109);
    await page.mouse.move(outside.x, outside.y);
    await expect.poll(() => page.locator('#marks').getAttribute('data-closed')).toBeNull();
    await server.control('region/remove', { name: 'calm', why: 't' });
    await expect.poll(() => page.evaluate(() => window.placed.plane.info!.regions.length)).toBe(0);

    await server.control('palette', { set: 'black-white', why: 't' });
    const off = page.locator('.swatch[data-off]');
    await expect.poll(() => off.count()).toBe(14);
    expect(await page.locator('.swatch input[aria-disabled=true]').count()).toBe(14);
    // The colour that was chosen is not allowed any more, nor can it be chosen again.
    expect(await page.locator('.swatch input:checked').count()).toBe(0);
    await page.keyboard.press('6');
    await text(page, '#hint-text', "You can't use red at the moment");
    expect(await page.locator('.swatch input:checked').count()).toBe(0);
    await page.keyboard.press(']');
    expect(await page.locator('.swatch input:checked').getAttribute('aria-label')).toBe('white');
    await server.control('palette', { set: 'all', why: 't' });
    await expect.poll(() => off.count()).toBe(0);

    await server.control('freeze', { on: true, why: 't' });
    await text(page, '#hint-text', 'Drawing is paused');
    await expect.poll(() => page.locator('#palette').getAttribute('data-dimmed')).toBe('');
    await server.control('freeze', { on: false, why: 't' });
    await expect.poll(() => page.locator('#palette').getAttribute('data-dimmed')).toBeNull();

    await server.control('canvas', { x: 1, y: 0, open: true, why: 't' });
    await text(page, '#hint-text', 'The canvas has grown, at 1000, 0');
    await chooseColour(page, 'red');
    await lookAt(page, 1500, 500, 16);
    await expect.poll(() => page.evaluate(() => window.placed.plane.obstacle({ x: 1500, y: 500 }))).toBeNull();
    await clickOn(page, 1500, 500);
    await expect
      .poll(() => page.evaluate(() => window.placed.plane.boardAt({ x: 1500, y: 500 })))
      .toBe(5);
    await server.control('canvas', { x: 1, y: 0, open: false, why: 't' });
    await expect.poll(() => page.evaluate(() => window.placed.plane.obstacle({ x: 1500, y: 500 }))).toBe('locked');
    await context.close();
  });
});

test('a plane that grows is seen without moving the view, unless one looks at all of it', async () => {
  await onServer([], async (server) => {
    const context = await browser.newContext(DESKTOP);
    const home = await open(context, server.url);
    const near = await open(context, server.url);
    await lookAt(near, 990, 500, 8);
    const view = (page: Page) => page.evaluate(() => window.placed.view);
    const before = { home: await view(home), near: await view(near) };
    await server.control('canvas', { x: 1, y: 0, open: true, why: 't' });
    await Promise.all([home, near].map((page) => text(page, '#hint-text', 'The canvas has grown, at 1000, 0')));
    // Both canvases fit now, beside each other.
    await expect.poll(async () => (await view(home)).k).toBeLessThan(before.home.k);
    await expect
      .poll(() => home.evaluate(() => {
        const { k, x } = window.placed.view;
        return x >= 0 && x + 2_000 * k <= innerWidth;
      }))
      .toBe(true);
    expect(await view(near)).toEqual(before.near);
    // The new one is there to be drawn on, where it was nothing before.
    await server.edit(1_005, 500, 5);
    await expect.poll(() => near.evaluate(() => window.placed.plane.boardAt({ x: 1_005, y: 500 }))).toBe(5);
    await context.close();
  });
});
