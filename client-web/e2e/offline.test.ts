// SPDX-License-Identifier: ISC
// What a browser shows when the page cannot be had, and that nothing old is ever shown as live. And what
// makes the page one that can be installed. About 20 s.

import type { BrowserContext, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { DESKTOP, open, WAIT_MS } from './page';
import { browser, forAll, server } from './scene';

forAll();

/** The worker is there, and the page that it shows. */
async function prepared(page: Page): Promise<void> {
  const ready = () =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration();
      const kept = await caches.match(new URL('./offline', location.href));
      return registration?.active?.state === 'activated' && kept !== undefined;
    });
  // It is asked for when the page has nothing else to do.
  await expect.poll(ready, { timeout: 3 * WAIT_MS }).toBe(true);
}

const heading = (page: Page) => page.locator('h1').innerText();
const kind = (page: Page) => page.evaluate(() => window.placed?.client.sync.state.kind ?? null);

async function visit(context: BrowserContext): Promise<Page> {
  const page = await open(context, server.url);
  await prepared(page);
  return page;
}

test('a server that cannot be reached: the page says so, shows no picture, and comes back by itself', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await visit(context);
  await server.down();
  await page.reload();
  await expect.poll(() => heading(page)).toBe("Can't reach the canvas");
  expect(await page.locator('canvas, img').count()).toBe(0);
  expect(await page.evaluate(() => document.documentElement.lang)).toMatch(/^en/);
  await server.up();
  await expect.poll(() => kind(page), { timeout: 3 * WAIT_MS }).toBe('live');
  await context.close();
});

test('without a network the page says that one is offline', async () => {
  const context = await browser.newContext({ ...DESKTOP, colorScheme: 'dark' });
  const page = await visit(context);
  await context.setOffline(true);
  await page.reload();
  await expect.poll(() => heading(page)).toBe('You are offline');
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  expect(await background()).toBe('rgb(59, 59, 59)');
  await context.setOffline(false);
  await expect.poll(() => kind(page)).toBe('live');
  await context.close();
});

test('the worker keeps nothing but that page', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await visit(context);
  await page.reload();
  await expect.poll(() => kind(page)).toBe('live');
  const kept = await page.evaluate(async () => {
    const urls: string[] = [];
    for (const name of await caches.keys()) {
      for (const { url } of await (await caches.open(name)).keys()) urls.push(new URL(url).pathname);
    }
    return urls;
  });
  expect(kept).toEqual(['/offline']);
  await context.close();
});

test('the page can be installed: a manifest whose icons are there', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  const href = await page.locator('link[rel=manifest]').evaluate((link: HTMLLinkElement) => link.href);
  const answer = await fetch(href);
  expect(answer.headers.get('content-type')).toContain('application/manifest+json');
  const manifest = (await answer.json()) as { icons: { src: string; sizes: string; type: string }[] };
  expect(manifest.icons.length).toBeGreaterThan(3);
  const touch = await page.locator('link[rel=apple-touch-icon]').evaluate((link: HTMLLinkElement) => link.href);
  for (const { src, sizes, type } of [...manifest.icons, { src: touch, sizes: '180x180', type: 'image/png' }]) {
    const icon = await fetch(new URL(src, href));
    expect(icon.status, src).toBe(200);
    expect(icon.headers.get('content-type'), src).toBe(type);
    if (sizes === 'any') continue;
    const bytes = Buffer.from(await icon.arrayBuffer());
    expect(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, src).toBe(sizes);
  }
  const cdp = await context.newCDPSession(page);
  const { errors } = await cdp.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  await context.close();
});
