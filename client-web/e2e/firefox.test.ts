// SPDX-License-Identifier: ISC
// The main path in Firefox, which draws, decodes and reports pointers by code of its own: the page is
// live, one zooms, places by mouse and by keyboard, sees others paint, comes back after a cut, and
// looks at the past. Driven by WebDriver BiDi, which Firefox speaks by itself.

import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Server } from './server';

let browser: Browser;
let server: Server;
let page: Page;
const errors: string[] = [];

beforeAll(async () => {
  server = await Server.start();
  browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
    headless: true,
    timeout: 55_000,
    defaultViewport: { width: 1280, height: 800 },
  });
  page = await browser.newPage();
  page.on('pageerror', (error) => {
    // Firefox reports as an error that the server was gone, which one of the tests wants.
    if (!/ws:\/\/127\.0\.0\.1/.test(String(error))) errors.push(String(error));
  });
  await page.goto(server.url);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await server?.remove();
});

const kind = () => page.evaluate(() => window.placed.client.sync.state.kind);
const boardAt = (x: number, y: number) =>
  page.evaluate((x, y) => window.placed.client.board!.at(x, y), x, y);
const pending = () => page.evaluate(() => window.placed.pending().length);

/** Looks at this cell; where its middle is on the screen. */
async function lookAt(x: number, y: number, k: number): Promise<{ x: number; y: number }> {
  await page.evaluate((x, y, k) => window.placed.lookAt(x, y, k), x, y, k);
  const { x: left, y: top, k: scale } = await page.evaluate(() => window.placed.view);
  await expect.poll(() => page.evaluate(() => window.placed.settled)).toBe(true);
  return { x: left + (x + 0.5) * scale, y: top + (y + 0.5) * scale };
}

/** The view moves no more. */
async function rests(): Promise<void> {
  let last = '';
  const same = async () => {
    const before = last;
    last = JSON.stringify(await page.evaluate(() => window.placed.view));
    return last === before;
  };
  await expect.poll(same, { interval: 200 }).toBe(true);
}

/** What the window's canvas shows at this point, as r, g, b. */
const shownAt = (at: { x: number; y: number }) =>
  page.evaluate(({ x, y }) => {
    const canvas = document.getElementById('screen') as HTMLCanvasElement;
    const by = canvas.width / innerWidth;
    return [...canvas.getContext('2d')!.getImageData(x * by, y * by, 1, 1).data.slice(0, 3)];
  }, at);

test('the page comes alive and shows the picture', async () => {
  await expect.poll(kind).toBe('live');
  const middle = await lookAt(500, 500, 16);
  await expect.poll(() => shownAt(middle)).toEqual([255, 255, 255]);
});

test('a click places the chosen colour on the cell under it', async () => {
  await page.keyboard.press('6');
  await expect
    .poll(() => page.$eval('.swatch input:checked', (input) => (input as HTMLInputElement).value))
    .toBe('5');
  const at = await lookAt(120, 80, 16);
  await page.mouse.click(at.x, at.y);
  await expect.poll(() => boardAt(120, 80)).toBe(5);
  await expect.poll(pending).toBe(0);
  await page.mouse.move(at.x + 200, at.y);
  await expect.poll(() => shownAt(at)).toEqual([0xe5, 0, 9]);
});

test('arrows move the reticle, Enter places', async () => {
  await lookAt(300, 300, 16);
  await page.evaluate(() => document.getElementById('marks')!.focus());
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown'] as const) await page.keyboard.press(key);
  // The first press shows the reticle in the middle.
  await expect.poll(() => page.$eval('#where', (element) => element.textContent)).toMatch(/^301, 301/);
  await page.keyboard.press('Enter');
  await expect.poll(() => boardAt(301, 301)).toBe(5);
});

test('the wheel zooms about the pointer, and a drag pans', async () => {
  const at = await lookAt(500, 500, 16);
  const scale = () => page.evaluate(() => window.placed.view.k);
  const before = await scale();
  await page.mouse.move(at.x, at.y);
  await page.mouse.wheel({ deltaY: -300 });
  await expect.poll(scale).toBeGreaterThan(before);
  await rests();
  const left = await page.evaluate(() => window.placed.view.x);
  const drag = async () => {
    await page.mouse.move(at.x, at.y);
    await page.mouse.down();
    await page.mouse.move(at.x + 60, at.y, { steps: 6 });
    await page.mouse.up();
    return page.evaluate(() => window.placed.view.x);
  };
  // Once more where the machine was so busy that the press was a hold.
  await expect.poll(drag).toBeGreaterThan(left + 30);
  await expect.poll(() => page.evaluate(() => window.placed.settled)).toBe(true);
});

test('what others paint shows', async () => {
  await server.edit(500, 500, 13);
  await expect.poll(() => boardAt(500, 500)).toBe(13);
});

test('after the server was gone, the page comes back by itself', async () => {
  await server.down('SIGKILL');
  await expect.poll(kind).toBe('lost');
  await server.up();
  await page.click('#try-now').catch(() => {});
  await expect.poll(kind, { timeout: 40_000 }).toBe('live');
  await server.edit(501, 500, 4);
  await expect.poll(() => boardAt(501, 500)).toBe(4);
});

test('the past can be looked at', async () => {
  await page.evaluate(() => document.getElementById('marks')!.focus());
  await page.keyboard.press('r');
  await expect.poll(() => page.$('#timeline')).not.toBeNull();
  await expect.poll(() => page.evaluate(() => window.placed.past?.rewind.settled)).toBe(true);
  await page.keyboard.press('Escape');
  await expect.poll(() => page.evaluate(() => window.placed.past?.rewind.active)).toBe(false);
});

test('nothing went wrong meanwhile', () => {
  expect(errors).toEqual([]);
});
