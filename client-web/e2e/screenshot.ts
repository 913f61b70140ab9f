// SPDX-License-Identifier: ISC
// Screenshots of the real page on a real server, light and dark: npm run screenshots -- OUTDIR

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { evening } from './art';
import { chooseColour, DESKTOP, launch, lookAt, open, paint, PHONE, settled } from './page';
import { Server } from './server';

async function shoot(
  browser: Browser,
  url: string,
  options: BrowserContextOptions,
  path: string,
  prepare: (page: Page) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext(options);
  const page = await open(context, url);
  await prepare(page);
  await page.screenshot({ path });
  await context.close();
}

async function desktop(page: Page): Promise<void> {
  await chooseColour(page, 'yellow');
  await lookAt(page, 500, 500, 8);
  await page.mouse.move(412, 470);
}

async function phone(page: Page): Promise<void> {
  await page.locator('.swatch').nth(5).tap();
  const at = await lookAt(page, 500, 500, 5);
  await page.touchscreen.tap(at.x + 62, at.y + 105);
  await page.getByRole('button', { name: 'Place', exact: true }).waitFor();
}

async function main(out: string | undefined): Promise<void> {
  if (!out) throw new Error('usage: npm run screenshots -- OUTDIR');
  await mkdir(out, { recursive: true });
  const server = await Server.start();
  const browser = await launch();
  try {
    const context = await browser.newContext(DESKTOP);
    const painter = await open(context, server.url);
    await paint(painter, evening());
    // One pixel by hand, so that the line for the first visit has done its work.
    await chooseColour(painter, 'white');
    const at = await lookAt(painter, 430, 462, 16);
    await painter.mouse.click(at.x, at.y);
    await settled(painter);
    const storageState = await context.storageState();
    const { url } = server;
    for (const colorScheme of ['light', 'dark'] as const) {
      const name = (what: string) => join(out, colorScheme === 'light' ? what : `${what}-dark`);
      const common = { colorScheme, storageState };
      await shoot(browser, url, { ...DESKTOP, ...common }, `${name('screenshot')}.png`, desktop);
      const small = { ...PHONE, deviceScaleFactor: 2, ...common };
      await shoot(browser, url, small, `${name('screenshot-phone')}.png`, phone);
    }
    await context.close();
  } finally {
    await browser.close();
    await server.remove();
  }
}

await main(process.argv[2]);
