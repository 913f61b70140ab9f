// SPDX-License-Identifier: ISC
// A plane of canvases on one page.

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  chooseColour,
  DESKTOP,
  canPlace,
  draws,
  launch,
  live,
  lookAt,
  lost,
  open,
  PREVIEW,
  pendingCount,
  sameLoad,
  settled,
  still,
  text,
  WAIT_MS,
  whereIs,
} from './page';
import { Wire } from './proxy';
import { Server } from './server';

const RED = 5;
const BLUE = 12;

let browser: Browser;
let server: Server;

beforeAll(async () => {
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
});

beforeEach(async () => {
  server = await Server.start('--plane', '3x2');
});

afterEach(async () => {
  await server.remove();
});

/** The canvases that are connected and live, as "0,0 1,0". */
const liveCanvases = (page: Page) =>
  page.evaluate(() =>
    [...window.placed.plane.live]
      .filter((client) => client.sync.state.kind === 'live')
      .map(({ at }) => `${at.x},${at.y}`)
      .sort()
      .join(' '),
  );

async function liveAre(page: Page, names: string): Promise<void> {
  await expect.poll(() => liveCanvases(page), { timeout: WAIT_MS }).toBe(names);
}

const colourAt = (page: Page, x: number, y: number) =>
  page.evaluate(([x, y]) => window.placed.plane.colourAt({ x, y }), [x, y] as const);

async function has(page: Page, x: number, y: number, colour: number | null): Promise<void> {
  await expect.poll(() => colourAt(page, x, y), { timeout: WAIT_MS }).toBe(colour);
}

const place = (page: Page, cells: readonly (readonly [number, number])[], colour: number) =>
  page.evaluate(
    ([cells, colour]) => window.placed.plane.place(cells.map(([x, y]) => ({ x, y, colour }))),
    [cells, colour] as const,
  );

test('the first view shows all of the plane, and four canvases of it are live', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  const { view, bounds } = await page.evaluate(() => ({
    view: window.placed.view,
    bounds: window.placed.plane.bounds,
  }));
  expect(bounds).toEqual({ x0: 0, y0: 0, x1: 3000, y1: 2000 });
  expect(view.x).toBeGreaterThanOrEqual(0);
  expect(view.x + 3000 * view.k).toBeLessThanOrEqual(DESKTOP.viewport.width);
  expect(view.y + 2000 * view.k).toBeLessThanOrEqual(DESKTOP.viewport.height);
  await expect
    .poll(async () => (await liveCanvases(page)).split(' ').length, { timeout: WAIT_MS })
    .toBe(4);
  await context.close();
});

test('clicks and lines across the corner of four canvases just work', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  const other = await open(context, server.url);
  for (const p of [page, other]) {
    await lookAt(p, 1000, 1000, 16);
    await liveAre(p, '0,0 0,1 1,0 1,1');
  }
  await chooseColour(page, 'red');
  for (const [x, y] of [
    [999, 999],
    [1000, 999],
    [999, 1000],
    [1000, 1000],
  ] as const) {
    const at = await whereIs(page, x, y);
    await page.mouse.click(at.x, at.y);
    await text(page, '#where', new RegExp(`^${x}, ${y} `));
    await has(other, x, y, RED);
    await draws(other, 'screen', x, y, '#e50009');
  }
  const line = Array.from({ length: 300 }, (_, i) => [850 + i, 1150 - i] as const);
  expect(await place(page, line, BLUE)).toBeNull();
  for (const i of [0, 149, 150, 299]) await has(other, line[i]![0], line[i]![1], BLUE);
  await settled(page);
  await context.close();
});

test('a drag with Shift draws a line over the border, and Escape takes it back', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await lookAt(page, 1000, 1000, 16);
  await liveAre(page, '0,0 0,1 1,0 1,1');
  await chooseColour(page, 'blue');
  const drag = async (from: readonly [number, number], to: readonly [number, number]) => {
    const [a, b] = [await whereIs(page, ...from), await whereIs(page, ...to)];
    await page.mouse.move(a.x, a.y);
    await page.keyboard.down('Shift');
    await page.mouse.down();
    await page.mouse.move(b.x, b.y, { steps: 4 });
  };
  const view = () => page.evaluate(() => window.placed.view);
  const before = await view();
  await drag([990, 995], [1009, 1004]);
  await draws(page, 'marks', 990, 995, PREVIEW);
  await draws(page, 'marks', 1000, 1000, PREVIEW);
  expect(await pendingCount(page)).toBe(0);
  await page.mouse.up();
  await page.keyboard.up('Shift');
  for (const [x, y] of [
    [990, 995],
    [999, 999],
    [1000, 1000],
    [1009, 1004],
  ] as const) {
    await has(page, x, y, BLUE);
  }
  await settled(page);
  expect(await view()).toEqual(before);

  await drag([990, 1010], [1009, 1010]);
  await draws(page, 'marks', 1000, 1010, PREVIEW);
  await page.keyboard.press('Escape');
  await draws(page, 'marks', 1000, 1010, null);
  await page.mouse.up();
  await page.keyboard.up('Shift');
  expect(await pendingCount(page)).toBe(0);
  expect(await colourAt(page, 1000, 1010)).toBe(0);
  await context.close();
});

test('the canvases that one looks at are live, the others are pictures, and far ones are freed', async () => {
  const context = await browser.newContext(DESKTOP);
  await server.edit(2500, 500, RED);
  await server.edit(500, 1500, RED);
  const page = await open(context, server.url);
  await lookAt(page, 500, 1500, 16);
  await expect.poll(() => liveCanvases(page), { timeout: WAIT_MS }).toContain('0,1');
  await draws(page, 'screen', 500, 1500, '#e50009');
  expect(await colourAt(page, 2500, 500)).toBeNull();
  await lookAt(page, 2500, 500, 16);
  await expect.poll(() => liveCanvases(page), { timeout: WAIT_MS }).toContain('2,0');
  await expect.poll(() => liveCanvases(page), { timeout: WAIT_MS }).not.toContain('0,1');
  await has(page, 2500, 500, RED);
  await draws(page, 'screen', 2500, 500, '#e50009');
  expect(await colourAt(page, 500, 1500)).toBeNull();

  // All of it at once: those that are not live are drawn too, from pictures.
  await page.keyboard.press('0');
  await still(page);
  await expect
    .poll(async () => (await liveCanvases(page)).split(' ').length, { timeout: WAIT_MS })
    .toBe(4);
  await context.close();
});

test('links and coordinates are the plane\'s', async () => {
  const context = await browser.newContext({
    ...DESKTOP,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await server.edit(2345, 1234, RED);
  const page = await open(context, `${server.url}#x=2345&y=1234&scale=16`);
  await liveAre(page, '2,1');
  const at = await whereIs(page, 2345, 1234);
  await page.mouse.move(at.x, at.y);
  await text(page, '#where', '2345, 1234 · 16×');
  await page.locator('#where').click();
  await page.getByRole('button', { name: 'Copy link' }).click();
  await expect.poll(() => page.evaluate(() => location.hash)).toMatch(/^#x=23\d\d&y=12\d\d&scale=16$/);
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(page.url());
  const again = await open(context, copied);
  await expect
    .poll(() => again.evaluate(() => window.placed.view.k), { timeout: WAIT_MS })
    .toBe(16);
  await liveAre(again, '2,1');
  await context.close();
});

test('nothing can be placed beside the plane, or on a canvas that is closed', async () => {
  await server.edit(1500, 500, RED);
  await server.down();
  server.options = ['--plane', '1x1'];
  await server.up();
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  expect(await page.evaluate(() => window.placed.plane.bounds)).toEqual({
    x0: 0,
    y0: 0,
    x1: 2000,
    y1: 1000,
  });
  await chooseColour(page, 'blue');
  let at = await lookAt(page, 1500, 500, 16);
  await has(page, 1500, 500, RED);
  await page.mouse.click(at.x, at.y);
  await text(page, '#hint', 'This area is closed');
  expect(await pendingCount(page)).toBe(0);
  expect(await colourAt(page, 1500, 500)).toBe(RED);

  await page.evaluate(() => window.placed.lookAt(999, 999, 16));
  at = await whereIs(page, 999, 1002);
  await page.mouse.click(at.x, at.y);
  expect(await pendingCount(page)).toBe(0);
  expect(await place(page, [[999, 1002]], BLUE)).toBe('outside');
  expect(await place(page, [[998, 999], [1500, 501]], BLUE)).toBe('locked');
  expect(await colourAt(page, 998, 999)).toBe(0);
  await context.close();
});

test('a canvas that opens under an open page appears, and takes pixels', async () => {
  await server.down();
  server.options = ['--plane', '1x1'];
  await server.up();
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await chooseColour(page, 'red');
  expect(await place(page, [[1000, 500]], RED)).toBe('outside');

  await server.down();
  await lost(page);
  server.options = ['--plane', '2x1'];
  await server.up();
  await live(page);
  await expect
    .poll(() => page.evaluate(() => window.placed.plane.bounds.x1), { timeout: WAIT_MS })
    .toBe(2000);
  await lookAt(page, 1000, 500, 16);
  await liveAre(page, '0,0 1,0');
  await canPlace(page, 1001, 500);
  // All that there is to see had become more, and the view was flying there.
  await still(page);
  const at = await whereIs(page, 1001, 500);
  await page.mouse.click(at.x, at.y);
  await expect.poll(() => colourAt(page, 1001, 500)).toBe(RED);
  await sameLoad(page);
  await context.close();
});

test('at 100 ms round trip the corner of four canvases takes no more trips than it must', async () => {
  for (const x of [999, 1000]) for (const y of [999, 1000]) await server.edit(x, y, RED);
  const wire = await Wire.to(server.port, 50);
  const context = await browser.newContext(DESKTOP);
  const page = await context.newPage();
  await page.addInitScript(() => {
    const times: { drawn?: number; live?: number } = {};
    (window as { times?: typeof times }).times = times;
    const look = () => {
      const clients = window.placed?.plane ? [...window.placed.plane.live] : [];
      if (clients.length === 4 && clients.every((client) => client.drawn)) {
        times.drawn ??= performance.now();
      }
      if (clients.length === 4 && clients.every(({ sync }) => sync.state.kind === 'live')) {
        times.live = performance.now();
        return;
      }
      setTimeout(look, 5);
    };
    look();
  });
  const times = () => page.evaluate(() => (window as { times?: { drawn?: number; live?: number } }).times!);
  await page.goto(`${wire.url}#x=1000&y=1000&scale=16`);
  await expect.poll(async () => (await times()).live ?? 0, { timeout: WAIT_MS }).toBeGreaterThan(0);
  const { drawn, live: connected } = await times();
  // All pictures but the one that the document asks for are asked for at once.
  const pictures = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .filter(({ name }) => name.includes('/c/'))
      .map(({ startTime, duration }) => ({ from: startTime, to: startTime + duration })),
  );
  expect(pictures).toHaveLength(3);
  const lastAsked = Math.max(...pictures.map(({ from }) => from));
  expect(lastAsked).toBeLessThan(Math.min(...pictures.map(({ to }) => to)));
  console.log(`plane over 100 ms: drawn after ${Math.round(drawn!)} ms, live after ${Math.round(connected!)} ms`);
  await draws(page, 'screen', 999, 999, '#e50009');
  await draws(page, 'screen', 1000, 1000, '#e50009');
  await context.close();
  await wire.remove();
});
