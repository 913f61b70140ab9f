// SPDX-License-Identifier: ISC
// The menu and what hangs in it, by mouse and by keyboard. About 30 s.

import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { DESKTOP, drawnAt, lookAt, open, PHONE, text } from './page';
import { browser, forAll, server } from './scene';

forAll();

const entry = (page: Page, id: string) => page.locator(`#menu-panel [data-id="${id}"]`);
const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.id || document.activeElement?.getAttribute('data-id') || '');
const theme = (page: Page) => page.evaluate(() => document.documentElement.dataset.theme ?? 'auto');
const backdrop = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

test('the menu opens and closes by mouse, and the focus goes back to its button', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await page.click('#menu');
  await page.locator('#menu-panel').waitFor();
  expect(await page.getAttribute('#menu', 'aria-expanded')).toBe('true');
  // Beside it.
  await page.mouse.click(300, 300);
  await page.locator('#menu-panel').waitFor({ state: 'detached' });
  await expect.poll(() => focused(page)).toBe('menu');
  expect(await page.evaluate(() => window.placed.pending().length)).toBe(0);
  await context.close();
});

test('the menu can be walked by keyboard, whose keys do nothing else meanwhile', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await page.focus('#menu');
  await page.keyboard.press('Enter');
  await page.locator('#menu-panel').waitFor();
  const before = await page.evaluate(() => window.placed.view);
  const seen = new Set<string>();
  for (let i = 0; i < 30; i++) {
    seen.add(await focused(page));
    await page.keyboard.press('ArrowDown');
    // Radios have the arrows for themselves.
    const tag = await page.evaluate(() => document.activeElement!.tagName);
    if (tag === 'INPUT') await page.keyboard.press('Tab');
  }
  for (const id of ['minimap', 'link', 'save-view', 'keys', 'about']) expect(seen).toContain(id);
  await page.keyboard.press('+');
  expect(await page.evaluate(() => window.placed.view)).toEqual(before);
  await page.keyboard.press('Escape');
  await page.locator('#menu-panel').waitFor({ state: 'detached' });
  await expect.poll(() => focused(page)).toBe('menu');
  await context.close();
});

test('the theme is the one that was chosen, also at the next visit', async () => {
  const context = await browser.newContext({ ...DESKTOP, colorScheme: 'light' });
  const page = await open(context, server.url);
  expect(await theme(page)).toBe('auto');
  const light = await backdrop(page);
  await page.click('#menu');
  await entry(page, 'theme').getByRole('radio', { name: 'Dark' }).click();
  await expect.poll(() => theme(page)).toBe('dark');
  const dark = await backdrop(page);
  expect(dark).not.toBe(light);
  await page.reload();
  await expect.poll(() => theme(page)).toBe('dark');
  expect(await backdrop(page)).toBe(dark);
  // Another tab follows.
  const second = await open(context, server.url);
  await second.click('#menu');
  await entry(second, 'theme').getByRole('radio', { name: 'Auto' }).click();
  await expect.poll(() => theme(page)).toBe('auto');
  await expect.poll(() => backdrop(page)).toBe(light);
  await context.close();
});

test('lines between the cells come by G and stay chosen', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await lookAt(page, 500, 500, 8);
  /** Whether the layers show anything where a cell begins. */
  const lined = () =>
    page.evaluate(() => {
      const { view } = window.placed;
      const g = (document.getElementById('marks') as HTMLCanvasElement).getContext('2d')!;
      return g.getImageData(Math.round(view.x + 495 * view.k), Math.round(view.y + 495.5 * view.k), 1, 1).data[3]! > 0;
    });
  expect(await lined()).toBe(false);
  await page.keyboard.press('g');
  await expect.poll(lined).toBe(true);
  expect(await drawnAt(page, 'marks', 490, 490)).not.toBe('#000000');
  await page.reload();
  await expect.poll(() => page.evaluate(() => window.placed?.client.sync.state.kind)).toBe('live');
  await lookAt(page, 500, 500, 8);
  await expect.poll(lined).toBe(true);
  await page.keyboard.press('g');
  await expect.poll(lined).toBe(false);
  await context.close();
});

test('? shows the keys, and Escape leaves them', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await page.keyboard.press('?');
  await page.locator('#keys-help').waitFor();
  expect(await page.locator('#keys-help kbd').count()).toBeGreaterThan(20);
  await page.keyboard.press('Escape');
  await page.locator('#keys-help').waitFor({ state: 'detached' });
  await context.close();
});

test('about names the version and leads to the licences, which are there', async () => {
  const context = await browser.newContext(PHONE);
  const page = await open(context, server.url);
  await page.tap('#menu');
  await entry(page, 'about').tap();
  await text(page, '#about', /version \d+\.\d+\.\d+/);
  const licences = await page.locator('#about a').first().evaluate((link: HTMLAnchorElement) => link.href);
  const answer = await fetch(licences);
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('preact');
  await page.getByRole('button', { name: 'Close' }).tap();
  await page.locator('#about').waitFor({ state: 'detached' });
  await context.close();
});

test('where nothing may be stored, the page and its settings work', async () => {
  const context = await browser.newContext(DESKTOP);
  await context.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', {
      get: () => {
        throw new DOMException('no', 'SecurityError');
      },
    });
  });
  const page = await open(context, server.url);
  await page.click('#menu');
  await entry(page, 'theme').getByRole('radio', { name: 'Dark' }).click();
  await expect.poll(() => theme(page)).toBe('dark');
  await context.close();
});

test('newcomers are told one thing at a time, and never again', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  expect(await page.locator('dialog').count()).toBe(0);
  await text(page, '#hint', 'Choose a colour');
  await page.keyboard.press('6');
  await text(page, '#hint', /zoom in/);
  const at = await lookAt(page, 100, 100, 16);
  await text(page, '#hint', /Click a pixel/);
  await page.mouse.click(at.x, at.y);
  await expect.poll(() => page.isVisible('#hint')).toBe(false);
  await page.reload();
  await expect.poll(() => page.evaluate(() => window.placed?.client.sync.state.kind)).toBe('live');
  expect(await page.isVisible('#hint')).toBe(false);
  await context.close();
});

test('before there is a picture there is its ground and a progress bar, and nothing white', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await context.newPage();
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/canvas.png', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(server.url, { waitUntil: 'commit' });
  await page.getByRole('progressbar').waitFor();
  await expect.poll(() => drawnAt(page, 'screen', 500, 500)).toMatch(/^#(d8d8d8|cccccc)$/);
  release();
  await page.locator('#wait').waitFor({ state: 'detached' });
  await expect.poll(() => drawnAt(page, 'screen', 500, 500)).toBe('#ffffff');
  await context.close();
});
