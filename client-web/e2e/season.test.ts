// SPDX-License-Identifier: ISC
// A new season: the operator begins a new log under open pages, behind a cache that still has the
// picture of the old one.

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  boardAt,
  boardHas,
  boardSum,
  chooseColour,
  DESKTOP,
  draws,
  keepWords,
  launch,
  live,
  lookAt,
  lost,
  open,
  pendingCount,
  sameLoad,
  sent,
  settled,
  text,
  WAIT_MS,
  whereIs,
  wordsSaid,
} from './page';
import { Server } from './server';

let browser: Browser;
let server: Server;

beforeAll(async () => {
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
});

beforeEach(async () => {
  server = await Server.start();
});

afterEach(async () => {
  await server.remove();
});

const hasSaid = async (page: Page, words: string) => (await wordsSaid(page)).includes(words);

/** The old log has `before` edits, the new one `after`; a cache serves the old picture `stale` times. */
test.each([
  { before: 12, after: 3, stale: 3 },
  { before: 3, after: 12, stale: 3 },
  { before: 5, after: 5, stale: 0 },
  { before: 5, after: 0, stale: 2 },
])('an open page follows a new log: %j', async ({ before, after, stale }) => {
  const context = await browser.newContext(DESKTOP);
  for (let x = 0; x < before; x++) await server.edit(x, 1, 5);
  const page = await open(context, server.url);
  await keepWords(page, 'hint-text');
  await boardHas(page, before - 1, 1, 5);

  let left = stale;
  const old = await (await fetch(`${server.url}canvas.png`)).arrayBuffer();
  const headers = Object.fromEntries((await fetch(`${server.url}canvas.png`)).headers);
  await page.route('**/canvas.png', (route) => {
    if (left-- <= 0) return route.continue();
    return route.fulfill({ status: 200, headers, body: Buffer.from(old) });
  });

  await server.down();
  await lost(page);
  await server.forget();
  await server.up();
  for (let i = 0; i < after; i++) await server.edit(500 + i, 500, 9);

  await expect
    .poll(() => hasSaid(page, 'A new canvas has begun'), { timeout: WAIT_MS })
    .toBe(true);
  await boardHas(page, 0, 1, 0);
  await live(page);
  if (after > 0) await boardHas(page, 500 + after - 1, 500, 9);
  await lookAt(page, 0, 1, 16);
  await draws(page, 'screen', 0, 1, '#ffffff');

  // And it goes on: what others draw comes, own pixels stay.
  await server.edit(600, 600, 11);
  await boardHas(page, 600, 600, 11);
  await chooseColour(page, 'black');
  const at = await whereIs(page, 4, 1);
  await page.mouse.click(at.x, at.y);
  await boardHas(page, 4, 1, 3);
  await settled(page);
  expect(await boardAt(page, 4, 1)).toBe(3);
  const fresh = await open(context, server.url);
  expect(await boardSum(page)).toBe(await boardSum(fresh));
  await sameLoad(page);
  await context.close();
});

test('own pixels of the old canvas are not offered to the new one', async () => {
  const context = await browser.newContext(DESKTOP);
  await server.edit(0, 0, 5);
  const page = await open(context, server.url);
  await keepWords(page, 'hint-text');
  await chooseColour(page, 'red');
  const at = await lookAt(page, 20, 20, 16);
  server.signal('SIGSTOP');
  await page.mouse.click(at.x, at.y);
  await sent(page, 1);
  await server.down('SIGKILL');
  await lost(page);
  await text(page, '#hint', /^1 pixel was not saved/);
  await server.forget();
  await server.up();
  await server.edit(1, 0, 6);
  await expect
    .poll(() => hasSaid(page, 'A new canvas has begun'), { timeout: WAIT_MS })
    .toBe(true);
  await live(page);
  await boardHas(page, 1, 0, 6);
  await expect
    .poll(() => page.isVisible('#hint-action'), { timeout: WAIT_MS })
    .toBe(false);
  expect(await pendingCount(page)).toBe(0);
  expect(await boardAt(page, 20, 20)).toBe(0);
  await context.close();
});

test('on a plane of four it is said once, and what was undone or aimed at before is forgotten', async () => {
  server.options = ['--plane', '2x2'];
  await server.down();
  await server.up();
  for (const x of [10, 1010]) for (const y of [10, 1010]) await server.edit(x, y, 5);
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await lookAt(page, 1_000, 1_000, 4);
  const live4 = () =>
    page.evaluate(() => [...window.placed.plane.live].filter(({ sync }) => sync.state.kind === 'live').length);
  await expect.poll(live4).toBe(4);
  await chooseColour(page, 'red');
  const at = await lookAt(page, 1_000, 1_000, 16);
  await page.mouse.click(at.x, at.y);
  await settled(page);
  await page.locator('#undo').waitFor();
  await keepWords(page, 'hint-text');
  await server.down();
  await lost(page);
  await server.forget();
  await server.up();
  await server.edit(1, 1, 6);
  await expect.poll(() => hasSaid(page, 'A new canvas has begun'), { timeout: WAIT_MS }).toBe(true);
  await expect.poll(live4, { timeout: WAIT_MS }).toBe(4);
  expect((await wordsSaid(page)).filter((words) => words === 'A new canvas has begun')).toHaveLength(1);
  await expect.poll(() => page.isVisible('#undo'), { timeout: WAIT_MS }).toBe(false);
  for (const [x, y] of [
    [10, 10],
    [1_010, 1_010],
    [1_000, 1_000],
  ] as const) {
    await expect.poll(() => page.evaluate(([x, y]) => window.placed.plane.boardAt({ x, y }), [x, y] as const)).toBe(0);
  }
  await sameLoad(page);
  await context.close();
});
