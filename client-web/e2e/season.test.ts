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

/** Where hints come and go: the page's every status line is kept. */
const keepHints = (page: Page) =>
  page.evaluate(() => {
    const said: string[] = [];
    const hint = document.getElementById('hint-text')!;
    const note = () => said.push(hint.textContent!);
    new MutationObserver(note).observe(hint, { childList: true, characterData: true, subtree: true });
    (window as { said?: string[] }).said = said;
  });

const hasSaid = (page: Page, words: string) =>
  page.evaluate((words) => (window as { said?: string[] }).said!.includes(words), words);

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
  await keepHints(page);
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
  await keepHints(page);
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
