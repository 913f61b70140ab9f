// SPDX-License-Identifier: ISC
// The operator's regions over the picture, and in words. Needs: a browser, a server; 10 to 60 s.

import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { DESKTOP, drawnAt, lookAt, open, PHONE, text, whereIs } from './page';
import { browser, forAll, server } from './scene';

forAll();

beforeAll(async () => {
  const until = Date.now() + 30 * 60_000;
  await server.control('region', { name: 'the lake', x: 100, y: 100, w: 40, h: 30, closed: true, until, words: 'resting' });
  await server.control('region', { name: 'dear', x: 200, y: 100, w: 40, h: 30, factor: 2, colours: [3, 5] });
});

/** Whether anything is drawn on the edge of a region, left of its cells. */
const edgeOf = async (page: Page, x: number, y: number): Promise<boolean> => {
  for (let i = 0; i < 3; i++) if ((await drawnAt(page, 'marks', x - 0.3, y + i * 0.4)) !== null) return true;
  return false;
};

async function visit(): Promise<Page> {
  const page = await open(await browser.newContext(DESKTOP), server.url);
  await expect.poll(() => page.evaluate(() => window.placed.plane.info!.regions.length)).toBe(2);
  await lookAt(page, 170, 115, 8);
  return page;
}

test('regions are drawn where one aims, or always', async () => {
  const page = await visit();
  await page.mouse.move(640, 300);
  expect(await edgeOf(page, 100, 110)).toBe(false);
  const inside = await whereIs(page, 110, 110);
  await page.mouse.move(inside.x, inside.y);
  await expect.poll(() => edgeOf(page, 100, 110)).toBe(true);
  expect(await edgeOf(page, 200, 110)).toBe(false);
  const outside = await whereIs(page, 170, 140);
  await page.mouse.move(outside.x, outside.y);
  await expect.poll(() => edgeOf(page, 100, 110)).toBe(false);

  await page.evaluate(() => localStorage.setItem('placed.regions', 'on'));
  await page.reload();
  await expect.poll(() => page.evaluate(() => window.placed?.client.sync.state.kind)).toBe('live');
  await lookAt(page, 170, 115, 8);
  await page.mouse.move(outside.x, outside.y);
  await expect.poll(() => edgeOf(page, 100, 110)).toBe(true);
  await expect.poll(() => edgeOf(page, 200, 110)).toBe(true);
  await page.context().close();
});

test('the card says what holds for a pixel', async () => {
  const page = await visit();
  for (const [x, words] of [
    [110, /^Closed for another (30|29) minutes: resting$/],
    [210, /^Only black and red can be used here$/],
  ] as const) {
    const at = await whereIs(page, x, 110);
    await page.mouse.move(at.x, at.y);
    await page.keyboard.press('i');
    await text(page, '#card .rule >> nth=0', words);
    await page.keyboard.press('Escape');
  }
  await page.context().close();
});

test('the button of a phone does not promise what is closed, and says why when it is pressed', async () => {
  const context = await browser.newContext(PHONE);
  const page = await open(context, server.url);
  await expect.poll(() => page.evaluate(() => window.placed.plane.info!.regions.length)).toBe(2);
  await page.locator('.swatch').nth(12).tap();
  for (const [x, why] of [
    [110, /^This area is closed .*: resting$/],
    [210, /^You can't use blue here/],
  ] as const) {
    const at = await lookAt(page, x, 110, 16);
    await page.touchscreen.tap(at.x + 32, at.y);
    await text(page, '#place', 'Not here');
    await page.locator('#place').tap();
    await text(page, '#hint-text', why);
    await page.keyboard.press('Escape');
  }
  await context.close();
});
