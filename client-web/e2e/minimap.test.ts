// SPDX-License-Identifier: ISC
// The overview: where it is, what it shows, and how it moves the view. About 20 s.

import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { DESKTOP, lookAt, open, PHONE, paint } from './page';
import { browser, forAll, server } from './scene';

forAll();

/** The cell in the middle of the window. */
const centre = (page: Page) =>
  page.evaluate(() => {
    const { view } = window.placed;
    return {
      x: (innerWidth / 2 - view.x) / view.k,
      y: (innerHeight / 2 - view.y) / view.k,
      k: view.k,
    };
  });

const boxOf = async (page: Page) => (await page.locator('#minimap canvas').boundingBox())!;

test('it comes when one is near, and a click moves the view without zooming', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  expect(await page.isVisible('#minimap')).toBe(false);
  await lookAt(page, 200, 200, 8);
  await page.locator('#minimap').waitFor();
  const box = await boxOf(page);
  await page.mouse.click(box.x + 0.75 * box.width, box.y + 0.5 * box.height);
  const at = await centre(page);
  expect(at.k).toBe(8);
  expect(Math.abs(at.x - 750)).toBeLessThan(10);
  // The palette is not in the way: the middle of the room is higher than that of the window.
  expect(Math.abs(at.y - 500)).toBeLessThan(20);
  expect(await page.evaluate(() => window.placed.pending().length)).toBe(0);
  await context.close();
});

test('its frame is dragged, from wherever it is held', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await lookAt(page, 300, 300, 4);
  await page.locator('#minimap').waitFor();
  const frame = (await page.locator('#minimap-frame').boundingBox())!;
  const box = await boxOf(page);
  const before = await centre(page);
  await page.mouse.move(frame.x + 4, frame.y + 4);
  await page.mouse.down();
  expect((await centre(page)).x).toBeCloseTo(before.x, 0);
  await page.mouse.move(frame.x + 4 + 0.25 * box.width, frame.y + 4, { steps: 5 });
  await page.mouse.up();
  const after = await centre(page);
  expect(Math.abs(after.x - before.x - 250)).toBeLessThan(5);
  expect(Math.abs(after.y - before.y)).toBeLessThan(5);
  await context.close();
});

test('arrow keys move the view, and not the reticle', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await lookAt(page, 500, 500, 8);
  await page.locator('#minimap').waitFor();
  await page.focus('#minimap');
  const before = await centre(page);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowUp');
  const after = await centre(page);
  expect(after.x - before.x).toBeCloseTo(1280 / 8 / 8, 1);
  expect(before.y - after.y).toBeCloseTo(800 / 8 / 8, 1);
  await context.close();
});

test('it shows what is painted, asks for nothing and rests when nothing changes', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await lookAt(page, 500, 500, 4);
  await page.locator('#minimap').waitFor();
  const pictures: string[] = [];
  // The page itself asks what the plane is like now and then, loads parts of it, and prepares for being offline.
  page.on('request', (request) => {
    if (/\/(t\/\d|canvas\.png|preview\.png)/.test(request.url())) pictures.push(request.url());
  });
  const middle = () =>
    page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('#minimap canvas')!;
      const { width, height } = canvas;
      return [...canvas.getContext('2d')!.getImageData(width / 2, height / 2, 1, 1).data.slice(0, 3)];
    });
  await expect.poll(middle).toEqual([255, 255, 255]);
  const square = Array.from({ length: 1_600 }, (_, i) => ({ x: 480 + (i % 40), y: 480 + Math.floor(i / 40), colour: 5 }));
  await paint(page, square);
  await expect.poll(middle).toEqual([0xe5, 0, 9]);
  const draws = () => page.evaluate(async () => {
    let draws = 0;
    const { drawImage } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.drawImage = function (this: unknown, ...args: unknown[]) {
      draws++;
      return (drawImage as (...args: unknown[]) => void).apply(this, args);
    } as typeof drawImage;
    await new Promise((done) => setTimeout(done, 1_500));
    CanvasRenderingContext2D.prototype.drawImage = drawImage;
    return draws;
  });
  // The last of it may still be on its way to the screen.
  await expect.poll(draws).toBe(0);
  expect(pictures).toEqual([]);
  await context.close();
});

test('M hides it, and that is kept', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await lookAt(page, 500, 500, 4);
  await page.locator('#minimap').waitFor();
  await page.keyboard.press('m');
  await page.locator('#minimap').waitFor({ state: 'hidden' });
  await page.reload();
  await expect.poll(() => page.evaluate(() => window.placed?.client.sync.state.kind)).toBe('live');
  await lookAt(page, 500, 500, 4);
  expect(await page.isVisible('#minimap')).toBe(false);
  await page.keyboard.press('m');
  await page.locator('#minimap').waitFor();
  await context.close();
});

test('on a phone it comes only when asked for, and a finger drags it', async () => {
  const context = await browser.newContext(PHONE);
  const page = await open(context, server.url);
  await lookAt(page, 500, 500, 4);
  expect(await page.isVisible('#minimap')).toBe(false);
  await page.tap('#menu');
  await page.locator('#menu-panel [data-id="minimap"]').tap();
  await page.locator('#minimap').waitFor();
  await page.keyboard.press('Escape');
  const box = await boxOf(page);
  await page.touchscreen.tap(box.x + 0.2 * box.width, box.y + 0.5 * box.height);
  await expect.poll(async () => Math.abs((await centre(page)).x - 200) < 15).toBe(true);
  await context.close();
});
