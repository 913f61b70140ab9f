// SPDX-License-Identifier: ISC
// Screenshots of the real page on a real server, light and dark: npm run screenshots -- OUTDIR

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { evening } from './art';
import {
  canPlace,
  chooseColour,
  DESKTOP,
  drawn,
  launch,
  lookAt,
  open,
  paint,
  PHONE,
  settled,
  whereIs,
} from './page';
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

/** A plane of 3 x 2 canvases, with art over its borders. */
async function plane(browser: Browser, out: string): Promise<void> {
  const server = await Server.start('--plane', '3x2');
  try {
    const context = await browser.newContext(DESKTOP);
    const painter = await open(context, server.url);
    // About the corners that four canvases share, and over the border of two.
    for (const [x, y] of [
      [1000, 1000],
      [2000, 1000],
      [500, 1000],
      [1500, 450],
      [1000, 400],
      [2450, 1450],
    ] as const) {
      await lookAt(painter, x, y, 4);
      await canPlace(painter, x, y);
      await paint(painter, evening(x - 500, y - 505));
    }
    await chooseColour(painter, 'red');
    const at = await lookAt(painter, 1300, 1300, 16);
    await canPlace(painter, 1300, 1300);
    await painter.mouse.click(at.x, at.y);
    await settled(painter);
    const storageState = await context.storageState();
    const common = { ...DESKTOP, storageState };
    await shoot(browser, server.url, common, join(out, 'screenshot-plane.png'), async (page) => {
      await page.mouse.move(1000, 760);
      await drawn(page);
    });
    const corner = `${server.url}#x=1000&y=1000&scale=5`;
    await shoot(browser, corner, common, join(out, 'screenshot-corner.png'), async (page) => {
      await canPlace(page, 999, 999);
      await canPlace(page, 1000, 1000);
      await chooseColour(page, 'red');
      await page.mouse.move(820, 300);
    });
    await context.close();
  } finally {
    await server.remove();
  }
}

const SIDE = { ...PHONE, viewport: { width: 844, height: 390 }, deviceScaleFactor: 2 };
const SMALL = { ...PHONE, viewport: { width: 320, height: 568 }, deviceScaleFactor: 2 };

/** Rewind in the middle of its history, and what can lie over the picture. */
async function past(browser: Browser, url: string, options: BrowserContextOptions, path: string): Promise<void> {
  const choose = (page: Page, choice: 'heat' | 'unpainted') =>
    page.evaluate(async (choice) => {
      const { layers } = window.placed.past!;
      layers.choose(choice);
      while (!layers.settled) await new Promise(requestAnimationFrame);
    }, choice);
  await shoot(browser, url, options, `${path}-rewind.png`, async (page) => {
    const { width } = page.viewportSize()!;
    await lookAt(page, 500, 500, width > 1_000 ? 3 : 1.5);
    await page.locator('#rewind').click();
    const settled = () => window.placed.past?.rewind.settled === true;
    await page.waitForFunction(settled);
    await page.evaluate(() => {
      const { rewind } = window.placed.past!;
      rewind.goTo(rewind.shown!.axis!.versionAt(0.6));
    });
    await page.waitForFunction(settled);
  });
  await shoot(browser, url, options, `${path}-heat.png`, async (page) => {
    await lookAt(page, 500, 500, 1.5);
    await page.keyboard.press('h');
    await page.waitForFunction(() => window.placed.past !== null);
    await choose(page, 'heat');
  });
  await shoot(browser, url, options, `${path}-unpainted.png`, async (page) => {
    await lookAt(page, 500, 500, 1.5);
    await page.keyboard.press('h');
    await page.waitForFunction(() => window.placed.past !== null);
    await choose(page, 'unpainted');
  });
}

/** Energy, the card, and the staff's part. */
async function people(browser: Browser, out: string): Promise<void> {
  const server = await Server.start('--energy', '600000/30000/30000', '--staff-page', 'on', '--identity-rate', '0');
  try {
    // Other people's art, who have had all the time that they needed.
    for (const { x, y, colour } of evening().filter(({ x, y }) => x > 440 && x < 470 && y > 500 && y < 506)) {
      const answer = await fetch(`${server.url}identity`, { method: 'POST' });
      const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
      const url = `${server.url}edit?x=${x}&y=${y}&c=${colour}`;
      await fetch(url, { method: 'POST', headers: { Cookie: cookie } });
    }
    const { token } = await server.control('token', { name: 'anna', role: 'moderator' });
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const [size, options] of Object.entries({ desktop: DESKTOP, phone: PHONE, side: SIDE })) {
        const path = (what: string) => join(out, `people-${what}-${size}-${colorScheme}.png`);
        const touch = size !== 'desktop';
        const all = { ...options, colorScheme, ...(touch && { deviceScaleFactor: 2 }) };
        await shoot(browser, server.url, all, path('energy'), async (page) => {
          await page.locator('#energy').waitFor();
          await page.locator('.swatch input').nth(12).check({ force: true });
          await lookAt(page, 455, 500, 16);
          const edits = Array.from({ length: 20 }, (_, i) => ({ x: 450 + i, y: 496, colour: 12 }));
          await page.evaluate((edits) => window.placed.plane.place(edits), edits.slice(0, 14));
          await settled(page);
          const at = await whereIs(page, 458, 493);
          if (touch) await page.touchscreen.tap(at.x, at.y);
          else {
            await page.mouse.click(at.x, at.y);
            await page.mouse.move(at.x + 16, at.y);
          }
          await page.waitForTimeout(500);
        });
        await shoot(browser, server.url, all, path('card'), async (page) => {
          await lookAt(page, 455, 503, 16);
          await page.locator('#where').click();
          await page.locator('#card .line:has-text("by")').waitFor();
          await page.getByRole('button', { name: 'Report' }).click();
        });
        await shoot(browser, server.url, all, path('staff'), async (page) => {
          await page.evaluate(() => (location.hash = '#staff'));
          await page.getByLabel('Token of the staff').fill(String(token));
          await page.keyboard.press('Enter');
          const drag = page.getByRole('button', { name: 'Drag a rectangle' });
          await drag.waitFor();
          await lookAt(page, 455, 504, 8);
          // Clear of the panel in every window.
          const from = await whereIs(page, 457, 504);
          await drag.click();
          await page.mouse.move(from.x, from.y - 40);
          await page.mouse.down();
          await page.mouse.move(from.x + 80, from.y + 20);
          await page.mouse.up();
          await page.locator('#staff .authors input').first().check();
          await page.getByRole('button', { name: 'Roll back' }).click();
          await page.locator('#staff .says', { hasText: 'would change' }).waitFor();
        });
      }
    }
  } finally {
    await server.remove();
  }
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
    // Some of it again and again, as where people fight over it.
    for (let i = 1; i <= 6; i++) {
      await paint(
        painter,
        evening().filter(({ x, y }) => Math.hypot(x - 470 - 10 * i, y - 500) < 14 * i && (x + y) % i === 0),
      );
    }
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
      for (const [size, options] of Object.entries({ desktop: DESKTOP, phone: small, small: SMALL, side: SIDE })) {
        await past(browser, url, { ...options, ...common }, name(`past-${size}`));
      }
    }
    await context.close();
    await plane(browser, out);
    await people(browser, out);
  } finally {
    await browser.close();
    await server.remove();
  }
}

await main(process.argv[2]);
