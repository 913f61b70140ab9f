// SPDX-License-Identifier: ISC
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { DOUBLE_MS } from '../src/core/gestures';
import {
  boardAt,
  boardHas,
  lookAt,
  open,
  pendingCount,
  PHONE,
  still,
  version,
  WAIT_MS,
  whereIs,
  wordsSaid,
} from './page';
import { browser, forAll, server } from './scene';

const TARGET = 44;

let context: BrowserContext;

forAll();

beforeAll(async () => {
  context = await browser.newContext(PHONE);
});

const zoomOf = (page: Page) => page.evaluate(() => window.placed.view.k);

/** Fingers at these points: put down, moved along, lifted. */
async function fingers(
  cdp: CDPSession,
  path: { x: number; y: number }[][],
  pause = () => Promise.resolve(),
): Promise<void> {
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: object[]) =>
    cdp.send('Input.dispatchTouchEvent', { type, touchPoints: touchPoints as never });
  const points = (step: { x: number; y: number }[]) => step.map((p, id) => ({ ...p, id }));
  const [first, second, ...others] = path.map(points);
  // At once: a finger that rests is a hold.
  await Promise.all([send('touchStart', first!), send('touchMove', second!)]);
  for (const step of others) {
    await pause();
    await send('touchMove', step);
  }
  await send('touchEnd', []);
}

test('the palette is two rows of eight, each large enough for a thumb', async () => {
  const page = await open(context, server.url);
  const boxes = await page.locator('.swatch').evaluateAll((all) =>
    all.map((swatch) => {
      const { x, y, width, height } = swatch.getBoundingClientRect();
      return { x, y, width, height };
    }),
  );
  expect(boxes).toHaveLength(16);
  expect(new Set(boxes.map((box) => Math.round(box.y))).size).toBe(2);
  for (const box of boxes) {
    expect(box.width).toBeGreaterThanOrEqual(TARGET);
    expect(box.height).toBeGreaterThanOrEqual(TARGET);
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(PHONE.viewport.width);
    expect(box.y + box.height).toBeLessThanOrEqual(PHONE.viewport.height);
  }
  for (const button of await page.locator('#zoom button').all()) {
    expect((await button.boundingBox())!.width).toBeGreaterThanOrEqual(TARGET);
  }
  await page.close();
});

test('a phone on its side has the palette as two columns, all of it on the screen', async () => {
  const side = await browser.newContext({ ...PHONE, viewport: { width: 844, height: 390 } });
  const page = await open(side, server.url);
  const boxes = await page
    .locator('.swatch')
    .evaluateAll((all) => all.map((swatch) => swatch.getBoundingClientRect().toJSON()));
  expect(new Set(boxes.map((box) => Math.round(box.x))).size).toBe(2);
  for (const box of boxes) {
    expect(box.width).toBeGreaterThanOrEqual(TARGET);
    expect(box.height).toBeGreaterThanOrEqual(TARGET);
    expect(box.bottom).toBeLessThanOrEqual(390);
  }
  await side.close();
});

test('a tap aims, the button places', async () => {
  const page = await open(context, server.url);
  await page.locator('.swatch').nth(5).tap();
  const at = await lookAt(page, 100, 100, 16);
  const before = await version(page);
  await page.touchscreen.tap(at.x, at.y);
  const place = page.getByRole('button', { name: 'Place', exact: true });
  await place.waitFor();
  expect(await pendingCount(page)).toBe(0);
  expect(await version(page)).toBe(before);
  expect((await place.boundingBox())!.height).toBeGreaterThanOrEqual(TARGET);
  await page.evaluate(() => {
    const told: string[] = [];
    navigator.vibrate = (pattern) => told.push(JSON.stringify(pattern)) > 0;
    window.said = told;
  });
  await place.tap();
  await boardHas(page, 100, 100, 5);
  // Felt once the log has it, and once only.
  await expect.poll(async () => (await wordsSaid(page)).length).toBe(1);
  await page.close();
});

test('the palette folds away to one line with the chosen colour, and stays so', async () => {
  const one = await browser.newContext(PHONE);
  const page = await open(one, server.url);
  await page.locator('.swatch').nth(5).tap();
  const fold = page.locator('#fold');
  const height = async () => (await page.locator('#deck').boundingBox())!.height;
  const before = await height();
  await fold.tap();
  await page.locator('#palette').waitFor({ state: 'hidden' });
  expect(await fold.getAttribute('aria-expanded')).toBe('false');
  expect(await fold.innerText()).toBe('red');
  expect((await fold.boundingBox())!.height).toBeGreaterThanOrEqual(TARGET);
  expect(await height()).toBeLessThanOrEqual(before - 2 * TARGET);
  // One can place all the same, and it is so the next time.
  const at = await lookAt(page, 130, 130, 16);
  await page.touchscreen.tap(at.x, at.y);
  await page.getByRole('button', { name: 'Place', exact: true }).tap();
  await boardHas(page, 130, 130, 5);
  const next = await open(one, server.url);
  await next.locator('#fold').waitFor();
  expect(await next.isVisible('#palette')).toBe(false);
  await next.locator('#fold').tap();
  await next.locator('#palette').waitFor();
  await one.close();
});

test('a second tap on the same cell places, one beside it aims anew', async () => {
  const page = await open(context, server.url);
  await page.locator('.swatch').nth(12).tap();
  const at = await lookAt(page, 200, 200, 20);
  const beside = await whereIs(page, 201, 200);
  await page.touchscreen.tap(beside.x, beside.y);
  await page.touchscreen.tap(at.x, at.y);
  expect(await pendingCount(page)).toBe(0);
  // At once, it would be a double tap.
  await page.waitForTimeout(2 * DOUBLE_MS);
  await page.touchscreen.tap(at.x, at.y);
  await boardHas(page, 200, 200, 12);
  expect(await boardAt(page, 201, 200)).toBe(0);
  await page.close();
});

test('a double tap zooms and places nothing, from near as from afar', async () => {
  const page = await open(context, server.url);
  await page.locator('.swatch').nth(5).tap();
  const before = await version(page);
  // Without a wait in between: on a busy machine that would make it two slow taps.
  const twice = (x: number, y: number) =>
    Promise.all([page.touchscreen.tap(x, y), page.touchscreen.tap(x, y)]);
  await twice(195, 400);
  await expect.poll(() => zoomOf(page), { timeout: WAIT_MS }).toBe(16);
  await still(page);
  const at = await lookAt(page, 600, 600, 10);
  await twice(at.x, at.y);
  await expect.poll(() => zoomOf(page), { timeout: WAIT_MS }).toBe(20);
  await still(page);
  expect(await pendingCount(page)).toBe(0);
  expect(await version(page)).toBe(before);
  await page.close();
});

const SURFACES = ['#palette', '#zoom', '#status', '#where', '#place'];

test('a double tap where the button comes up zooms and places nothing', async () => {
  const page = await open(context, server.url);
  await page.locator('.swatch').nth(5).tap();
  await lookAt(page, 700, 700, 10);
  // Where it comes up, for this colour.
  const at = await whereIs(page, 700, 700);
  await page.touchscreen.tap(at.x, at.y);
  const place = page.getByRole('button', { name: 'Place', exact: true });
  await place.waitFor();
  const { x, y } = (await place.boundingBox())!;
  await page.keyboard.press('Escape');
  await place.waitFor({ state: 'hidden' });
  const before = await version(page);
  const twice = () => page.touchscreen.tap(x + 60, y + 20);
  await Promise.all([twice(), twice()]);
  await expect.poll(() => zoomOf(page), { timeout: WAIT_MS }).toBe(20);
  await still(page);
  expect(await pendingCount(page)).toBe(0);
  expect(await version(page)).toBe(before);
  await page.close();
});

/** Whether no surface lies over what is aimed at. */
const inSight = (page: Page, x: number, y: number) =>
  page.evaluate(
    ([x, y]) => {
      const { view } = window.placed;
      const middle = (v: number, offset: number) => (v + 0.5) * view.k + offset;
      return document.elementFromPoint(middle(x, view.x), middle(y, view.y))?.id;
    },
    [x, y] as const,
  );

test('what is aimed at comes out from under what lies over it, and is still aimed at', async () => {
  const small = await browser.newContext({ ...PHONE, viewport: { width: 320, height: 568 } });
  const page = await open(small, server.url);
  await page.locator('.swatch').nth(5).tap();
  await lookAt(page, 300, 700, 16);
  const box = (await page.locator('#deck').boundingBox())!;
  // Right above the palette, where the button comes.
  const cell = await page.evaluate(
    ([x, y]) => {
      const { view } = window.placed;
      return { x: Math.floor((x - view.x) / view.k), y: Math.floor((y - view.y) / view.k) };
    },
    [120, box.y - 24] as const,
  );
  await page.touchscreen.tap(120, box.y - 24);
  await page.locator('#place').waitFor();
  await expect.poll(() => inSight(page, cell.x, cell.y), { timeout: WAIT_MS }).toBe('marks');
  expect(await page.locator('#where').innerText()).toContain(`${cell.x}, ${cell.y}`);
  await small.close();
});

test('a phone that is turned keeps what is aimed at', async () => {
  const turned = await browser.newContext(PHONE);
  const page = await open(turned, server.url);
  await page.locator('.swatch').nth(5).tap();
  await lookAt(page, 300, 800, 16);
  await page.touchscreen.tap(60, 600);
  await page.locator('#place').waitFor();
  const aimed = await page.locator('#where').innerText();
  const [x, y] = aimed.split(/[,·]/).map(Number);
  for (const viewport of [{ width: 844, height: 390 }, PHONE.viewport]) {
    await page.setViewportSize(viewport);
    await expect.poll(() => inSight(page, x!, y!), { timeout: WAIT_MS }).toBe('marks');
    expect(await page.locator('#where').innerText()).toBe(aimed);
  }
  await turned.close();
});

test('on a phone on its side the card stands clear of the buttons', async () => {
  const side = await browser.newContext({ ...PHONE, viewport: { width: 844, height: 390 } });
  const page = await open(side, server.url);
  await lookAt(page, 300, 300, 16);
  const cdp = await side.newCDPSession(page);
  const touchPoints = [{ x: 90, y: 300, id: 0 }];
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
  await page.waitForFunction(() => document.querySelector('main')!.hasAttribute('data-aiming'));
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  const card = page.locator('#card');
  await card.waitFor();
  const meets = () =>
    page.evaluate(() => {
      const boxOf = (id: string) => document.getElementById(id)!.getBoundingClientRect();
      const a = boxOf('card');
      return ['zoom', 'tools', 'palette', 'status', 'menu'].filter((id) => {
        const b = boxOf(id);
        return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
      });
    });
  await expect.poll(meets, { timeout: WAIT_MS }).toEqual([]);
  await side.close();
});

test('a tap during a flight places nothing and does not end the flight half-way', async () => {
  const page = await open(context, server.url);
  await page.locator('.swatch').nth(5).tap();
  const before = await version(page);
  await page.touchscreen.tap(195, 400);
  await page.waitForTimeout(DOUBLE_MS + 20);
  await page.touchscreen.tap(230, 420);
  await expect.poll(() => zoomOf(page), { timeout: WAIT_MS }).toBe(16);
  await still(page);
  expect(await pendingCount(page)).toBe(0);
  expect(await version(page)).toBe(before);
  await page.close();
});

test.each(SURFACES)('a pinch on %s does not zoom the page', async (selector) => {
  const page = await open(context, server.url);
  await page.locator('.swatch').nth(5).tap();
  const cell = await lookAt(page, 300, 300, 16);
  await page.touchscreen.tap(cell.x, cell.y);
  const box = (await page.locator(selector).boundingBox())!;
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const cdp = await context.newCDPSession(page);
  const apart = (d: number) => [
    { x: middle.x - d, y: middle.y },
    { x: middle.x + d, y: middle.y },
  ];
  const path = Array.from({ length: 20 }, (_, i) => apart(12 + 4 * i));
  await fingers(cdp, path, () => page.waitForTimeout(16));
  // The browser's own zoom comes a little after the fingers.
  await page.waitForTimeout(300);
  expect(await page.evaluate(() => window.visualViewport!.scale)).toBe(1);
  expect(await pendingCount(page)).toBe(0);
  await page.close();
});

test('a tap from afar flies in and aims', async () => {
  const page = await open(context, server.url);
  const before = await version(page);
  await page.touchscreen.tap(195, 400);
  await expect.poll(() => zoomOf(page), { timeout: WAIT_MS }).toBe(16);
  await page.getByRole('button', { name: 'Choose a colour' }).waitFor();
  expect(await version(page)).toBe(before);
  await page.close();
});

test('one finger pans', async () => {
  const page = await open(context, server.url);
  const cdp = await context.newCDPSession(page);
  const from = await lookAt(page, 300, 300, 10);
  await fingers(cdp, [
    [from],
    [{ x: from.x + 20, y: from.y + 10 }],
    [{ x: from.x + 40, y: from.y + 30 }],
    [{ x: from.x + 60, y: from.y + 50 }],
  ]);
  const to = await whereIs(page, 300, 300);
  expect(to.x - from.x).toBeGreaterThan(30);
  expect(to.y - from.y).toBeGreaterThan(20);
  expect(await zoomOf(page)).toBe(10);
  expect(await pendingCount(page)).toBe(0);
  await page.close();
});

test('two fingers pinch, about the point between them', async () => {
  const page = await open(context, server.url);
  const cdp = await context.newCDPSession(page);
  const middle = await lookAt(page, 300, 300, 8);
  const apart = (d: number) => [
    { x: middle.x - d, y: middle.y },
    { x: middle.x + d, y: middle.y },
  ];
  await fingers(cdp, [40, 50, 60, 70, 80].map(apart));
  const k = await zoomOf(page);
  expect(k).toBeCloseTo(16, 6);
  const after = await whereIs(page, 300, 300);
  expect(Math.hypot(after.x - middle.x, after.y - middle.y)).toBeLessThan(1);

  await fingers(cdp, [80, 60, 40, 20].map(apart));
  expect(await zoomOf(page)).toBeCloseTo(k / 4, 6);
  await page.close();
});
