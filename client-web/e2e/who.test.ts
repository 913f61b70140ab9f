// SPDX-License-Identifier: ISC
// Who placed a pixel, reporting it, and taking back what one has just placed.

import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import {
  boardAt,
  boardHas,
  chooseColour,
  DESKTOP,
  lookAt,
  open,
  pendingCount,
  PHONE,
  settled,
  text,
  version,
  WAIT_MS,
  whereIs,
} from './page';
import { browser, forAll, server } from './scene';

/** Longer than what makes a press a hold. */
const HOLD_MS = 600;

forAll();

async function hold(page: Page, at: { x: number; y: number }): Promise<void> {
  await page.mouse.move(at.x, at.y);
  await page.mouse.down();
  await page.waitForTimeout(HOLD_MS);
  await page.mouse.up();
}

test('holding a pixel says who placed it and what was there before, and places nothing', async () => {
  await server.edit(100, 100, 3);
  await server.edit(100, 100, 5);
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await chooseColour(page, 'blue');
  await boardHas(page, 100, 100, 5);
  await hold(page, await lookAt(page, 100, 100, 16));
  await text(page, '#card .line', /^red by \w+-\w+-\d+, (just now|\d+ seconds ago)$/);
  expect(await page.locator('#card h2').innerText()).toBe('100, 100');
  expect(await page.locator('#card li').count()).toBe(2);
  expect(await page.locator('#card li .chip').nth(1).getAttribute('title')).toBe('black');
  expect(await pendingCount(page)).toBe(0);
  expect(await boardAt(page, 100, 100)).toBe(5);

  // The arrows walk, and the card follows.
  await page.keyboard.press('ArrowRight');
  await text(page, '#card h2', '101, 100');
  await text(page, '#card .line', 'Nobody has painted here yet');
  await page.keyboard.press('ArrowLeft');
  await text(page, '#card .line', /^red by /);

  // Somebody paints over it: the card hears of it.
  await server.edit(100, 100, 8);
  await text(page, '#card .line', /^yellow by /);
  await page.keyboard.press('Escape');
  await page.locator('#card').waitFor({ state: 'hidden' });

  // A click beside it puts it away, and places nothing either.
  await hold(page, await whereIs(page, 100, 100));
  await page.locator('#card').waitFor();
  const beside = await whereIs(page, 95, 100);
  await page.mouse.click(beside.x, beside.y);
  await page.locator('#card').waitFor({ state: 'hidden' });
  await page.waitForTimeout(HOLD_MS);
  expect(await pendingCount(page)).toBe(0);
  expect(await boardAt(page, 95, 100)).toBe(0);
  await context.close();
});

test('the key I and the coordinates ask too; the link leads to the pixel', async () => {
  const context = await browser.newContext({
    ...DESKTOP,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await open(context, server.url);
  const at = await lookAt(page, 210, 220, 16);
  await page.mouse.move(at.x, at.y);
  await page.keyboard.press('i');
  await text(page, '#card h2', '210, 220');
  await page.getByRole('button', { name: 'Copy link' }).click();
  const link = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(link, { timeout: WAIT_MS }).toMatch(/#x=210&y=220&scale=16$/);
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await page.locator('#card').waitFor({ state: 'hidden' });
  await page.locator('#where').click();
  await page.locator('#card').waitFor();
  await context.close();
});

test('a report is thanked for, and who reports the same is counted', async () => {
  const words: string[] = [];
  for (let i = 0; i < 2; i++) {
    const context = await browser.newContext(DESKTOP);
    const page = await open(context, server.url);
    await hold(page, await lookAt(page, 300 + i, 300, 16));
    await page.getByRole('button', { name: 'Report' }).click();
    await page.getByRole('button', { name: 'Spam' }).click();
    await text(page, '#card .answer', /(have|has) reported this area$/);
    words.push(await page.locator('#card .answer').innerText());
    await context.close();
  }
  // Both are of one network, without an identity of their own.
  expect(words[0]).toBe('Thank you: 1 person has reported this area');
  expect(words[1]).toMatch(/^Thank you: (1 person has|2 people have) reported this area$/);
});

test('on a phone the card is a sheet at the lower edge', async () => {
  const context = await browser.newContext(PHONE);
  const page = await open(context, server.url);
  const at = await lookAt(page, 400, 400, 16);
  const cdp = await context.newCDPSession(page);
  const before = await version(page);
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at] });
  await page.waitForTimeout(HOLD_MS);
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await text(page, '#card h2', '400, 400');
  await text(page, '#card .line', 'Nobody has painted here yet');
  const box = (await page.locator('#card').boundingBox())!;
  expect([box.x, box.width]).toEqual([0, 390]);
  expect(box.y + box.height).toBe(844);
  for (const button of await page.locator('#card button:visible').all()) {
    expect((await button.boundingBox())!.height).toBeGreaterThanOrEqual(44);
  }
  expect(await version(page)).toBe(before);
  // A short pull is none; a long one puts it away.
  const pull = async (by: number) => {
    const from = { x: 120, y: box.y + 24 };
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [from] });
    for (let i = 1; i <= 4; i++) {
      const y = from.y + (by * i) / 4;
      await cdp.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [{ x: from.x, y }] });
    }
    await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  };
  await pull(40);
  expect(await page.locator('#card').isVisible()).toBe(true);
  await pull(140);
  await page.locator('#card').waitFor({ state: 'detached' });
  await context.close();
});

test('what was placed last can be taken back while it is on top', async () => {
  await server.edit(500, 500, 7);
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await boardHas(page, 500, 500, 7);
  await chooseColour(page, 'green');
  const at = await lookAt(page, 500, 500, 16);
  await page.mouse.click(at.x, at.y);
  await boardHas(page, 500, 500, 10);
  const undo = page.getByRole('button', { name: 'Undo' });
  await undo.click();
  await boardHas(page, 500, 500, 7);
  await undo.waitFor({ state: 'hidden' });

  // A line is one thing.
  const to = await whereIs(page, 504, 502);
  const from = await whereIs(page, 501, 502);
  await page.mouse.move(from.x, from.y);
  await page.keyboard.down('Shift');
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
  await page.keyboard.up('Shift');
  await boardHas(page, 504, 502, 10);
  // Somebody else was quicker at one of its pixels: that one stays.
  await server.edit(502, 502, 12);
  await boardHas(page, 502, 502, 12);
  await undo.waitFor();
  await page.keyboard.press('z');
  await boardHas(page, 504, 502, 0);
  await settled(page);
  expect(await boardAt(page, 501, 502)).toBe(0);
  expect(await boardAt(page, 502, 502)).toBe(12);
  await page.keyboard.press('z');
  await text(page, '#hint-text', 'There is nothing to undo');
  await context.close();
});

test('the offer to take back ends by itself, or with the pixel', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await chooseColour(page, 'red');
  const at = await lookAt(page, 600, 600, 16);
  const undo = page.locator('#undo');
  await page.mouse.click(at.x, at.y);
  await undo.waitFor();
  await boardHas(page, 600, 600, 5);
  await server.edit(600, 600, 9);
  await boardHas(page, 600, 600, 9);
  await page.keyboard.press('z');
  await text(page, '#hint-text', 'There is nothing to undo');
  expect(await boardAt(page, 600, 600)).toBe(9);
  const beside = await whereIs(page, 601, 600);
  await page.mouse.click(beside.x, beside.y);
  await undo.waitFor();
  await undo.waitFor({ state: 'hidden' });
  expect(await boardAt(page, 601, 600)).toBe(5);
  await context.close();
});
