// SPDX-License-Identifier: ISC
import type { WebSocketRoute } from 'playwright-core';
import { expect, test } from 'vitest';
import {
  boardAt,
  boardHas,
  chooseColour,
  DESKTOP,
  draws,
  live,
  lookAt,
  open,
  pendingCount,
  sameLoad,
  settled,
  text,
  WAIT_MS,
  whereIs,
} from './page';
import { browser, forAll, server } from './scene';

/** A checksum comes about every 10 s while the picture changes. */
const CHECKSUM_MS = 45_000;
const MESSAGE_HEADER = 4;

forAll();

test('a page that differs from the server heals itself', async () => {
  // The log has a name from its first record on; without one, a heal needs another connection.
  await server.edit(0, 0, 1);
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await chooseColour(page, 'red');
  await lookAt(page, 100, 100, 16);
  await page.evaluate(() => window.placed.client.board!.put(105, 105, 3));
  expect(await boardAt(page, 105, 105)).toBe(3);
  // Goes on drawing, so that there are checksums.
  let x = 90;
  const drawAndLook = async () => {
    const at = await whereIs(page, x++, 100);
    await page.mouse.click(at.x, at.y);
    return page.evaluate(() => window.placed.client.sync.heals);
  };
  await expect
    .poll(drawAndLook, { timeout: CHECKSUM_MS, interval: 1_000 })
    .toBeGreaterThan(0);
  await boardHas(page, 105, 105, 0);
  await draws(page, 'screen', 105, 105, '#ffffff');
  // What was drawn is still there, and the page never reloaded.
  await settled(page);
  for (let drawn = 90; drawn < x; drawn++) expect(await boardAt(page, drawn, 100)).toBe(5);
  await sameLoad(page);
  await context.close();
});

test('a refused pixel goes back to what is there now, not to what was there', async () => {
  const context = await browser.newContext(DESKTOP);
  const other = await open(context, server.url);

  // The one message is held back and its x moved beside the canvas: the real server refuses it.
  let release = () => {};
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  await page.routeWebSocket(/\/ws/, (route: WebSocketRoute) => {
    const upstream = route.connectToServer();
    route.onMessage((message) => {
      if (typeof message === 'string') return upstream.send(message);
      release = () => {
        const bytes = Buffer.from(message);
        bytes[MESSAGE_HEADER] = 1010 & 0xff;
        bytes[MESSAGE_HEADER + 1] = (bytes[MESSAGE_HEADER + 1]! & ~3) | (1010 >> 8);
        upstream.send(bytes);
      };
    });
  });
  await page.goto(server.url);
  await live(page);

  await chooseColour(page, 'red');
  await chooseColour(other, 'light green');
  const at = await lookAt(page, 500, 500, 16);
  await page.mouse.click(at.x, at.y);
  await page.mouse.move(at.x + 100, at.y);
  await draws(page, 'marks', 500, 500, '#e50009');

  // Meanwhile somebody else paints the same cell.
  const there = await lookAt(other, 500, 500, 16);
  await other.mouse.click(there.x, there.y);
  await boardHas(page, 500, 500, 9);
  await draws(page, 'marks', 500, 500, '#e50009');

  release();
  await settled(page);
  await text(page, '#hint', 'That pixel is outside the canvas');
  await draws(page, 'marks', 500, 500, null);
  await draws(page, 'screen', 500, 500, '#94e044');
  expect(await boardAt(page, 500, 500)).toBe(9);
  expect(await pendingCount(page)).toBe(0);
  await context.close();
});

test('read-only is said, nothing is drawn meanwhile, and drawing goes on after it', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  let notice = (_readonly: boolean) => {};
  await page.routeWebSocket(/\/ws/, (route: WebSocketRoute) => {
    route.connectToServer();
    notice = (readonly) => route.send(JSON.stringify({ type: 'notice', readonly }));
  });
  await page.goto(server.url);
  await live(page);
  await chooseColour(page, 'red');
  const at = await lookAt(page, 600, 600, 16);
  notice(true);
  await text(page, '#hint', "Read-only for the moment: your pixels can't be saved");
  expect(await page.locator('#palette[data-dimmed]').count()).toBe(1);
  await page.mouse.click(at.x, at.y);
  expect(await pendingCount(page)).toBe(0);
  notice(false);
  const dimmed = () => page.locator('#palette[data-dimmed]').count();
  await expect.poll(dimmed, { timeout: WAIT_MS }).toBe(0);
  const beside = await whereIs(page, 602, 600);
  await page.mouse.click(beside.x, beside.y);
  await boardHas(page, 602, 600, 5);
  await context.close();
});
