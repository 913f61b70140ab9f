// SPDX-License-Identifier: ISC
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { boardHas, DESKTOP, open, settled, text, WAIT_MS } from './page';
import { browser, forAll, server } from './scene';

let page: Page;

forAll();

beforeAll(async () => {
  page = await open(await browser.newContext({ ...DESKTOP, reducedMotion: 'reduce' }), server.url);
});

/** The reticle's cell, as the page says it. */
async function reticle(): Promise<[number, number]> {
  const words = (await page.textContent('#where'))!;
  const [, x, y] = /^(\d+), (\d+)/.exec(words)!;
  return [Number(x), Number(y)];
}

const chosen = () => page.locator('.swatch input:checked').getAttribute('aria-label');
const zoom = () => page.evaluate(() => window.placed.view.k);

test('everything can be done by keyboard alone: colour, aim, place', async () => {
  await page.keyboard.press('6');
  expect(await chosen()).toBe('red');
  await page.keyboard.press('ArrowRight');
  expect(await zoom()).toBe(16);
  const [x, y] = await reticle();
  await page.keyboard.press('Enter');
  await boardHas(page, x, y, 5);

  await page.keyboard.press('Shift+Digit5');
  expect(await chosen()).toBe('blue');
  await page.keyboard.press('d');
  await page.keyboard.press('s');
  expect(await reticle()).toEqual([x + 1, y + 1]);
  await page.keyboard.press('Space');
  await boardHas(page, x + 1, y + 1, 12);
  await settled(page);
});

test('Shift moves by ten and the view follows', async () => {
  const [x, y] = await reticle();
  for (let i = 0; i < 12; i++) await page.keyboard.press('Shift+ArrowLeft');
  expect(await reticle()).toEqual([x - 120, y]);
  const left = await page.evaluate((x) => window.placed.view.x + x * window.placed.view.k, x - 120);
  expect(left).toBeGreaterThanOrEqual(0);
  await page.keyboard.press('Enter');
  await boardHas(page, x - 120, y, 12);
});

test('the edge of the canvas stops the reticle', async () => {
  for (let i = 0; i < 120; i++) await page.keyboard.press('Shift+ArrowUp');
  expect((await reticle())[1]).toBe(0);
});

test('brackets step through the colours, round and round', async () => {
  await page.keyboard.press('Digit1');
  await page.keyboard.press('[');
  expect(await chosen()).toBe('dark purple');
  await page.keyboard.press(']');
  expect(await chosen()).toBe('white');
});

test('plus, minus and 0 zoom in, out, and show everything', async () => {
  const before = await zoom();
  await page.keyboard.press('+');
  expect(await zoom()).toBe(before * 2);
  await page.keyboard.press('-');
  expect(await zoom()).toBe(before);
  await page.keyboard.press('0');
  expect(await zoom()).toBeLessThan(1);
});

test('Escape puts the reticle away', async () => {
  await page.keyboard.press('Escape');
  await text(page, '#where', /^\d\.\d\d×$/);
});

test('Tab reaches canvas, palette and buttons; arrows in the palette stay there', async () => {
  const seen: string[] = [];
  // What was placed last can be taken back for a while.
  await page.locator('#undo').waitFor({ state: 'hidden' });
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  for (let i = 0; i < 11; i++) {
    await page.keyboard.press('Tab');
    seen.push(
      await page.evaluate(() => {
        const active = document.activeElement as HTMLElement;
        return active instanceof HTMLInputElement ? 'palette' : active.id;
      }),
    );
  }
  const order = [
    'marks',
    'palette',
    'pencil',
    'eyedropper',
    'rewind',
    'zoom-in',
    'zoom-out',
    'zoom-fit',
    'where',
    'menu',
  ];
  expect(seen.slice(0, order.length)).toEqual(order);
  await page.getByRole('radio', { name: 'white', exact: true }).focus();
  await page.keyboard.press('ArrowRight');
  expect(await chosen()).toBe('light grey');
  await text(page, '#where', /^\d\.\d\d×$/);
});

test('a reticle that rests is announced in words', async () => {
  await page.locator('#marks').focus();
  await page.keyboard.press('ArrowDown');
  const read = () => page.textContent('#announcer');
  await expect.poll(read, { timeout: WAIT_MS }).toMatch(/^x \d+, y \d+, [a-z ]+$/);
});
