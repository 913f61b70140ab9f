// SPDX-License-Identifier: ISC
// Text twice as large, and the page at four times its size: everything can be reached, nothing lies over
// the palette, nothing is cut off. About 30 s.

import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { DESKTOP, open, PHONE } from './page';
import { browser, forAll, server } from './scene';

forAll();

const SMALL = { ...PHONE, viewport: { width: 320, height: 568 }, deviceScaleFactor: 2 };
/** 1280 x 1024 at 400 %. */
const ZOOMED = { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 };
const WINDOWS: [string, BrowserContextOptions, number][] = [
  ['a desktop with text of 200 %', DESKTOP, 32],
  ['a phone with text of 200 %', PHONE, 32],
  ['a small phone with text of 200 %', SMALL, 32],
  ['a small phone', SMALL, 16],
  ['a window at 400 %', ZOOMED, 16],
];

interface Finding {
  readonly what: string;
  readonly box: string;
}

/** Controls that stick out of the window, or lie over one another, and texts that are cut off. */
const findings = (page: Page) =>
  page.evaluate(() => {
    const found: Finding[] = [];
    const shown = (element: Element) =>
      (element as HTMLElement).checkVisibility() && element.getBoundingClientRect().width > 0;
    const boxes = ['status', 'menu', 'where', 'zoom', 'palette', 'hint', 'place', 'banner']
      .map((id) => document.getElementById(id))
      .filter((element): element is HTMLElement => element !== null && shown(element))
      .map((element) => ({ id: element.id, box: element.getBoundingClientRect(), element }));
    for (const { id, box, element } of boxes) {
      const words = JSON.stringify(box);
      if (box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1) {
        found.push({ what: `${id} is out of the window`, box: words });
      }
      const clips = getComputedStyle(element).overflow === 'visible' || getComputedStyle(element).overflow === 'hidden';
      if (clips && element.scrollWidth > element.clientWidth + 2) found.push({ what: `${id} is cut off`, box: words });
      for (const other of boxes) {
        if (other.id <= id) continue;
        const apart =
          other.box.left >= box.right - 1 ||
          other.box.right <= box.left + 1 ||
          other.box.top >= box.bottom - 1 ||
          other.box.bottom <= box.top + 1;
        if (!apart) found.push({ what: `${id} and ${other.id} lie over one another`, box: words });
      }
    }
    return found;
  });

/** With the browser's own setting of how large text is. */
async function openLarge(options: BrowserContextOptions, size: number): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await open(context, server.url);
  const cdp = await context.newCDPSession(page);
  await cdp.send('Page.setFontSizes', { fontSizes: { standard: size } });
  const root = () => page.evaluate(() => getComputedStyle(document.documentElement).fontSize);
  await expect.poll(root).toBe(`${0.875 * size}px`);
  return page;
}

test.each(WINDOWS)('%s: controls lie apart and within the window', async (_name, options, size) => {
  const page = await openLarge(options, size);
  await expect.poll(() => findings(page)).toEqual([]);
  await page.context().close();
});

test.each(WINDOWS)('%s: the menu and the help can be read to their ends', async (_name, options, size) => {
  const page = await openLarge(options, size);
  await page.locator('#menu').click();
  await page.locator('#menu-panel').waitFor();
  const about = page.locator('#menu-panel [data-id="about"]');
  await about.scrollIntoViewIfNeeded();
  const cut = (id: string) =>
    page.evaluate((id) => {
      const dialog = document.getElementById(id)!;
      const box = dialog.getBoundingClientRect();
      const inside = box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
      return { inside, wide: dialog.scrollWidth > dialog.clientWidth + 1 };
    }, id);
  expect(await cut('menu-panel')).toEqual({ inside: true, wide: false });
  await about.click();
  await page.locator('#about').waitFor();
  expect(await cut('about')).toEqual({ inside: true, wide: false });
  await page.keyboard.press('Escape');
  await page.locator('#about').waitFor({ state: 'detached' });
  await page.keyboard.press('?');
  await page.locator('#keys-help').waitFor();
  expect(await cut('keys-help')).toEqual({ inside: true, wide: false });
  await page.context().close();
});

test.each(WINDOWS)('%s: every colour can be reached', async (_name, options, size) => {
  const page = await openLarge(options, size);
  const swatches = page.locator('.swatch');
  expect(await swatches.count()).toBe(16);
  for (const index of [0, 7, 8, 15]) {
    const swatch = swatches.nth(index);
    await swatch.scrollIntoViewIfNeeded();
    await swatch.click();
    expect(await swatch.locator('input').isChecked()).toBe(true);
    const { width, height } = (await swatch.boundingBox())!;
    if (options.hasTouch) expect(Math.min(width, height)).toBeGreaterThanOrEqual(38);
  }
  await page.context().close();
});
