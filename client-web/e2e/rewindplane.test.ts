// SPDX-License-Identifier: ISC
// Rewind on a plane of canvases; where there is no history; and when the server begins another log.

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { DESKTOP, draws, drawn, launch, live, lookAt, open, sameLoad, text, WAIT_MS } from './page';
import { pastSum, recorded, sha256 } from './recorder';
import { Server } from './server';

const RED = 5;
const BLUE = 12;
const [RED_RGB, BLUE_RGB, WHITE] = ['#e50009', '#0083c7', '#ffffff'];

let browser: Browser;
let server: Server;

beforeAll(async () => {
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
});

afterEach(async () => {
  await server?.remove();
});

const moment = (page: Page) => page.evaluate(() => window.placed.past?.rewind.moment ?? null);

async function settles(page: Page): Promise<void> {
  const settled = () => page.evaluate(() => window.placed.past?.rewind.settled === true);
  await expect.poll(settled, { timeout: WAIT_MS }).toBe(true);
}

const goTo = (page: Page, version: number) =>
  page.evaluate((v) => window.placed.past!.rewind.goTo(v), version);

/** Places a pixel and returns the version of the plane after it. */
async function edit(x: number, y: number, colour: number): Promise<number> {
  const answer = await fetch(`${server.url}edit?x=${x}&y=${y}&c=${colour}`, { method: 'POST' });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { version: number }).version;
}

test('two canvases show the same moment of their plane, each the fold of its own', async () => {
  server = await Server.start('--plane', '2x1');
  const context = await browser.newContext(DESKTOP);
  const versions: number[] = [];
  for (let i = 0; i < 12; i++) versions.push(await edit(990 + 2 * i, 500 + i, i % 2 ? RED : BLUE));
  for (let i = 0; i < 4; i++) versions.push(await edit(999 + (i & 1), 600, 3 + i));
  const page = await open(context, server.url);
  await lookAt(page, 1000, 510, 16);
  await expect
    .poll(() => page.evaluate(() => [...window.placed.plane.live].length), { timeout: WAIT_MS })
    .toBe(2);
  await page.keyboard.press('r');
  await settles(page);
  const lefts = await recorded(server, '0,0');
  const rights = await recorded(server, '1,0');
  for (const i of [15, 3, 8, 0, 5, 12, 13, 4]) {
    const version = versions[i]!;
    await goTo(page, version);
    await settles(page);
    expect(await moment(page)).toBe(version);
    expect(await pastSum(page, '0,0')).toBe(sha256(lefts.indices(version)));
    expect(await pastSum(page, '1,0')).toBe(sha256(rights.indices(version)));
  }
  // Both are to be seen: the fourth edit is there, on the left, the sixth, on the right, is not yet.
  await draws(page, 'screen', 996, 503, RED_RGB!);
  await draws(page, 'screen', 1000, 505, WHITE!);
  // The arrow keys go through the records of both.
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => moment(page)).toBe(versions[5]);
  await draws(page, 'screen', 1000, 505, RED_RGB!);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => moment(page)).toBe(versions[4]! - 1);
  await draws(page, 'screen', 998, 504, WHITE!);
  await draws(page, 'screen', 996, 503, RED_RGB!);
  await context.close();
});

test('canvases that are not live are pictures of that moment', async () => {
  server = await Server.start('--plane', '3x2');
  const before = await edit(2500, 1500, RED);
  await edit(100, 100, RED);
  const after = await edit(2500, 1500, BLUE);
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  // All of the plane is in view, its lower row and the middle of the upper one nearest.
  await page.evaluate(() => window.placed.show({ k: 0.3, x: 190, y: 40 }));
  const live = () =>
    page.evaluate(() => [...window.placed.plane.live].map(({ at }) => `${at.x},${at.y}`).sort());
  await expect.poll(live, { timeout: WAIT_MS }).toEqual(['0,1', '1,0', '1,1', '2,1']);
  const names = await live();
  const far = ['0,0', '1,0', '2,0', '0,1', '1,1', '2,1'].filter((name) => !names.includes(name));
  expect(far).toHaveLength(2);
  // The newest of all is on a canvas that has no cursor, and is reached all the same.
  const [x, y] = far[0]!.split(',').map(Number);
  const newest = await edit(1_000 * x! + 7, 1_000 * y! + 7, RED);
  await page.keyboard.press('r');
  await settles(page);
  await page.keyboard.press('Home');
  await expect.poll(() => moment(page)).toBe(0);
  await page.keyboard.press('End');
  await expect.poll(() => moment(page)).toBe(newest);
  await settles(page);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await goTo(page, before);
  await settles(page);
  const pictures = () => asked.filter((path) => /\/h\/.*\.png$/.test(path) && far.some((name) => path.includes(`/${name}/`)));
  await expect.poll(() => pictures().filter((path) => path.endsWith(`/${before}.png`)).length, { timeout: WAIT_MS }).toBe(2);
  await settles(page);
  // And the pixel that is on one of them, where it is one, looks as it did then.
  await lookAt(page, 2500, 1500, 16);
  await expect
    .poll(() => page.evaluate(() => window.placed.past!.rewind.shown!.canvases.has('2,1')), { timeout: WAIT_MS })
    .toBe(true);
  await draws(page, 'screen', 2500, 1500, RED_RGB!);
  await goTo(page, after);
  await draws(page, 'screen', 2500, 1500, BLUE_RGB!);
  await goTo(page, before - 1);
  await draws(page, 'screen', 2500, 1500, WHITE!);
  await context.close();
});

test('a server without history has no button for it, and a link to the past says so', async () => {
  server = await Server.start('--history', 'off');
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, `${server.url}#x=1&y=1&scale=8&v=3`);
  await text(page, '#hint-text', 'This server keeps no history');
  expect(await page.locator('#rewind').isVisible()).toBe(false);
  await page.keyboard.press('r');
  await page.keyboard.press('h');
  expect(await page.evaluate(() => window.placed.past)).toBeNull();
  await context.close();
});

test('a canvas that nobody has painted has no past', async () => {
  server = await Server.start();
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await page.locator('#rewind').click();
  await text(page, '#hint-text', 'Nothing has been painted yet');
  expect(await page.locator('#timeline').isVisible()).toBe(false);
  // And as soon as it has one, it can be seen.
  const version = await edit(500, 400, RED);
  await live(page);
  await page.locator('#rewind').click();
  await settles(page);
  expect(await moment(page)).toBe(version);
  await page.keyboard.press('Home');
  await lookAt(page, 500, 400, 16);
  await draws(page, 'screen', 500, 400, WHITE!);
  await page.keyboard.press('End');
  await draws(page, 'screen', 500, 400, RED_RGB!);
  await context.close();
});

test('when the server begins another log, the past of the old one is left, and the page says so', async () => {
  server = await Server.start();
  await edit(500, 400, RED);
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await lookAt(page, 500, 400, 16);
  await page.keyboard.press('r');
  await settles(page);
  await page.keyboard.press('h');
  await server.down();
  await server.forget();
  await server.up();
  await edit(501, 400, BLUE);
  await text(page, '#hint-text', 'A new canvas has begun');
  await expect.poll(() => moment(page)).toBeNull();
  expect(await page.locator('#timeline').isVisible()).toBe(false);
  await page.keyboard.press('h');
  await page.keyboard.press('h');
  await drawn(page);
  await draws(page, 'screen', 501, 400, BLUE_RGB!);
  await draws(page, 'screen', 500, 400, WHITE!);
  // The new one has a past of its own.
  await page.keyboard.press('r');
  await settles(page);
  await page.keyboard.press('Home');
  await draws(page, 'screen', 501, 400, WHITE!);
  await sameLoad(page);
  await context.close();
});

test('people who do not want things to move see playing in steps', async () => {
  server = await Server.start();
  for (let i = 0; i < 6; i++) await edit(500 + i, 400, RED);
  const context = await browser.newContext({ ...DESKTOP, reducedMotion: 'reduce' });
  const page = await open(context, server.url);
  await page.keyboard.press('r');
  await settles(page);
  await page.keyboard.press('Home');
  await settles(page);
  await page.evaluate(() => {
    const seen: { version: number; at: number }[] = [];
    Object.assign(window, { seen });
    // By the frames' own time, which the page goes by too: a slow machine comes late to look.
    const look = (at: number) => {
      setTimeout(() => {
        const version = window.placed.past!.rewind.moment!;
        if (seen.at(-1)?.version !== version) seen.push({ version, at });
      });
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.getByRole('button', { name: '1 times as fast', exact: true }).click();
  await page.locator('#play').click();
  const end = await page.evaluate(() => window.placed.client.sync.version);
  await expect.poll(() => moment(page), { timeout: WAIT_MS }).toBe(end);
  const seen = await page.evaluate(() => (window as { seen?: { version: number; at: number }[] }).seen!);
  // A second each; less where somebody looked a frame too early.
  for (let i = 2; i < seen.length; i++) expect(seen[i]!.at - seen[i - 1]!.at).toBeGreaterThan(500);
  await context.close();
});
