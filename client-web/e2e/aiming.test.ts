// SPDX-License-Identifier: ISC
// Aiming and drawing: the reticle and the loupe of fingers, pencil and eyedropper, and own pixels that
// are never lost without a word. Needs the built page and the server; about a minute.

import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import {
  boardAt,
  boardHas,
  chooseColour,
  DESKTOP,
  live,
  lookAt,
  lost,
  open,
  pendingCount,
  PHONE,
  settled,
  text,
  version,
  whereIs,
} from './page';
import { browser, forAll, server } from './scene';

forAll();

interface Spot {
  readonly x: number;
  readonly y: number;
}

const touch = (cdp: CDPSession, type: 'touchStart' | 'touchMove' | 'touchEnd', ...points: Spot[]) =>
  cdp.send('Input.dispatchTouchEvent', { type, touchPoints: points as never });

async function phone(): Promise<{ context: BrowserContext; page: Page; cdp: CDPSession }> {
  const context = await browser.newContext(PHONE);
  const page = await open(context, server.url);
  return { context, page, cdp: await context.newCDPSession(page) };
}

const where = (page: Page) => page.locator('#where').innerText();
const chosen = (page: Page) => page.locator('.swatch input:checked').getAttribute('aria-label');

test('a finger that holds and moves aims with the loupe; letting go sets the reticle there', async () => {
  const { context, page, cdp } = await phone();
  await page.locator('.swatch').nth(5).tap();
  const from = await lookAt(page, 100, 100, 12);
  const before = await version(page);
  await touch(cdp, 'touchStart', from);
  await expect.poll(() => where(page)).toMatch(/^100, 100 /);
  const to = await whereIs(page, 103, 101);
  await touch(cdp, 'touchMove', { x: to.x - 4, y: to.y });
  await touch(cdp, 'touchMove', to);
  await expect.poll(() => where(page)).toMatch(/^103, 101 /);
  // While the finger is down there is nothing to confirm.
  expect(await page.locator('#place').isVisible()).toBe(false);
  await touch(cdp, 'touchEnd');
  await page.locator('#place').waitFor();
  expect(await page.locator('#card').count()).toBe(0);
  expect(await version(page)).toBe(before);
  // Not by its place on the screen: what is said above it may move it just now.
  await page.locator('#place').evaluate((button: HTMLButtonElement) => button.click());
  await boardHas(page, 103, 101, 5);
  await context.close();
});

test('a reticle that is panned out of view stays in the middle and aims at what comes there', async () => {
  const { context, page, cdp } = await phone();
  await page.locator('.swatch').nth(12).tap();
  const at = await lookAt(page, 200, 200, 20);
  await page.touchscreen.tap(at.x, at.y);
  await page.locator('#place').waitFor();
  // To the right, in steps of which none is a throw.
  for (let i = 0; i < 3; i++) {
    // At once: a finger that rests is a hold.
    await Promise.all([touch(cdp, 'touchStart', { x: 60, y: 300 }), touch(cdp, 'touchMove', { x: 80, y: 300 })]);
    for (let x = 100; x <= 300; x += 20) await touch(cdp, 'touchMove', { x, y: 300 });
    await page.waitForTimeout(250);
    await touch(cdp, 'touchMove', { x: 301, y: 300 });
    await touch(cdp, 'touchEnd');
  }
  const cell = /^(\d+), (\d+)/.exec(await where(page))!;
  const [x, y] = [Number(cell[1]), Number(cell[2])];
  expect(x).toBeLessThan(190);
  const middle = await whereIs(page, x, y);
  expect(Math.abs(middle.x - 195)).toBeLessThanOrEqual(20);
  await page.locator('#place').tap();
  await boardHas(page, x, y, 12);
  await context.close();
});

test('the pencil draws the way that a finger takes, as one message', async () => {
  const { context, page, cdp } = await phone();
  await page.locator('.swatch').nth(10).tap();
  await lookAt(page, 300, 300, 20);
  await page.locator('#pencil').tap();
  const [a, b, c] = [await whereIs(page, 297, 297), await whereIs(page, 301, 297), await whereIs(page, 301, 300)];
  await touch(cdp, 'touchStart', a);
  for (let i = 1; i <= 5; i++) await touch(cdp, 'touchMove', { x: a.x + ((b.x - a.x) * i) / 5, y: a.y });
  for (let i = 1; i <= 5; i++) await touch(cdp, 'touchMove', { x: b.x, y: b.y + ((c.y - b.y) * i) / 5 });
  expect(await pendingCount(page)).toBe(0);
  await touch(cdp, 'touchEnd');
  for (const [x, y] of [[297, 297], [299, 297], [301, 297], [301, 300]] as const) await boardHas(page, x, y, 10);
  await settled(page);
  expect(await boardAt(page, 299, 299)).toBe(0);
  await context.close();
});

test('the eyedropper takes the colour of a pixel: by key, by right click, by button', async () => {
  await server.edit(400, 400, 8);
  await server.edit(401, 400, 13);
  await server.edit(402, 400, 4);
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await boardHas(page, 402, 400, 4);
  const before = await version(page);
  let at = await lookAt(page, 400, 400, 16);
  await page.mouse.move(at.x, at.y);
  await page.keyboard.press('e');
  expect(await chosen(page)).toBe('yellow');
  at = await whereIs(page, 401, 400);
  await page.mouse.click(at.x, at.y, { button: 'right' });
  await expect.poll(() => chosen(page)).toBe('dark blue');
  await page.locator('#eyedropper').click();
  at = await whereIs(page, 402, 400);
  await page.mouse.click(at.x, at.y);
  await expect.poll(() => chosen(page)).toBe('pink');
  expect(await page.locator('#eyedropper').getAttribute('aria-pressed')).toBe('false');
  expect(await pendingCount(page)).toBe(0);
  expect(await version(page)).toBe(before);
  await context.close();
});

test('what shows already is not sent, and that is said', async () => {
  await server.edit(450, 450, 5);
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await boardHas(page, 450, 450, 5);
  await chooseColour(page, 'red');
  const before = await version(page);
  const at = await lookAt(page, 450, 450, 16);
  await page.mouse.click(at.x, at.y);
  await text(page, '#hint-text', 'Already red');
  expect(await pendingCount(page)).toBe(0);
  expect(await version(page)).toBe(before);
  await context.close();
});

test('what is in doubt when the page is loaded again is offered again, and only what was lost', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await chooseColour(page, 'green');
  await lookAt(page, 500, 500, 16);
  server.signal('SIGSTOP');
  for (const x of [500, 501, 502]) {
    const at = await whereIs(page, x, 500);
    await page.mouse.click(at.x, at.y);
  }
  await expect.poll(() => page.evaluate(() => [...window.placed.plane.pending()].length)).toBe(3);
  // It dies before it has read them.
  await server.down('SIGKILL');
  await lost(page);
  await text(page, '#hint-text', '3 pixels were not saved');
  await server.up();
  await page.reload();
  await live(page);
  await server.edit(501, 500, 10);
  await text(page, '#hint-text', '2 pixels were not saved');
  await page.locator('#hint-action').click();
  for (const x of [500, 501, 502]) await boardHas(page, x, 500, 10);
  await settled(page);
  await context.close();
});

test('what the server had taken by then is not spoken of', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await chooseColour(page, 'brown');
  const at = await lookAt(page, 550, 550, 16);
  await page.mouse.click(at.x, at.y);
  await page.reload();
  await live(page);
  await boardHas(page, 550, 550, 7);
  await page.waitForTimeout(1_500);
  expect(await page.locator('#hint-action').isVisible()).toBe(false);
  expect(await page.evaluate(() => sessionStorage.getItem('placed.doubt'))).toBeNull();
  await context.close();
});

test.each([1, 1.25, 1.5, 2, 3])('at pixel ratio %d what is highlighted is what is painted', async (ratio) => {
  const context = await browser.newContext({ ...DESKTOP, deviceScaleFactor: ratio });
  const page = await open(context, server.url);
  await chooseColour(page, 'light purple');
  const row = 600 + Math.round(20 * ratio);
  await lookAt(page, 700, row, 7.3);
  for (let i = 0; i < 6; i++) {
    const at = await whereIs(page, 690 + 3 * i, row);
    const k = await page.evaluate(() => window.placed.view.k);
    // Near an edge, in a fraction of a pixel.
    const x = at.x + (i % 2 ? 0.45 : -0.45) * k;
    await page.mouse.move(x, at.y);
    const seen = /^(\d+), (\d+)/.exec(await where(page))!;
    await page.mouse.click(x, at.y);
    await boardHas(page, Number(seen[1]), Number(seen[2]), 14);
    expect([Number(seen[1]), Number(seen[2])]).toEqual([690 + 3 * i, row]);
  }
  await context.close();
});
