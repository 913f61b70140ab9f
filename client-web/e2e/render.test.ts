// SPDX-License-Identifier: ISC
// The pages of placed-render on the real one.

import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DESKTOP, launch, PHONE, text, WAIT_MS } from './page';
import { RenderServer, SEA } from './renderserver';
import { Server } from './server';

const SMALL = { ...PHONE, viewport: { width: 320, height: 568 }, deviceScaleFactor: 2 };

let browser: Browser;
let server: RenderServer;
let canvas: Server;
/** What browsers complained about, of which there must be nothing. */
const complaints: string[] = [];

beforeAll(async () => {
  canvas = await Server.start('--template-sources', 'http://127.0.0.1:*');
  server = await RenderServer.start('--fractal', '1', '--canvas', canvas.url);
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await server?.remove();
  await canvas?.remove();
});

/** Someone of the public, unless it is the `base` of somebody else. */
async function open(path: string, options: BrowserContextOptions = DESKTOP, base = server.url): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`${path}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`${path}: ${error.message}`));
  await page.goto(base + path);
  return page;
}

const linkOf = (page: Page): Promise<Record<string, string>> =>
  page.evaluate(() => Object.fromEntries(new URLSearchParams(location.hash.slice(1))));

/** All tiles in view have come. */
const drawn = (page: Page) => page.waitForSelector('#map[aria-busy="false"]');

/** The colour of the tile that is shown at a point of the window, as #rrggbb. */
const tileColour = (page: Page, x: number, y: number): Promise<string | undefined> =>
  page.evaluate(
    ([x, y]) => {
      const under = [...document.querySelectorAll<HTMLCanvasElement>('#map .leaflet-tile-loaded')];
      const tile = under.find((tile) => {
        const { left, top, right, bottom } = tile.getBoundingClientRect();
        return left <= x && x < right && top <= y && y < bottom;
      });
      if (!tile) return undefined;
      const { left, top, width } = tile.getBoundingClientRect();
      const by = tile.width / width;
      const [r, g, b] = tile.getContext('2d')!.getImageData((x - left) * by, (y - top) * by, 1, 1).data;
      return '#' + [r!, g!, b!].map((value) => value.toString(16).padStart(2, '0')).join('');
    },
    [x, y] as const,
  );

test('the explorer shows the set, goes where one zooms, and Back and links lead back', async () => {
  const page = await open('explore');
  await drawn(page);
  // The middle of the whole set is in it; its edge is not.
  expect(await tileColour(page, 640, 400)).toBe('#000000');
  expect(await tileColour(page, 140, 400)).not.toBe('#000000');
  await expect.poll(() => linkOf(page)).toEqual({ set: 'mandelbrot', x: '-0.5', y: '0', z: '2', palette: 'fire' });
  await page.focus('#map');
  await page.keyboard.press('+');
  await expect.poll(async () => (await linkOf(page)).z).toBe('3');
  await page.keyboard.press('p');
  await expect.poll(async () => (await linkOf(page)).palette).toBe('ocean');
  await drawn(page);
  const link = page.url();
  await page.keyboard.press('0');
  await expect.poll(async () => (await linkOf(page)).z).toBe('2');
  await page.goBack();
  await expect.poll(() => page.url()).toBe(link);
  const other = await open(link.slice(server.url.length));
  await drawn(other);
  const whole = await linkOf(page);
  await expect.poll(() => linkOf(other)).toEqual(whole);
  await expect.poll(() => other.getByRole('radio', { name: 'Ocean' }).isChecked()).toBe(true);
  for (const one of [page, other]) await one.context().close();
});

test('at the deepest zoom a pixel is still a pixel', async () => {
  const page = await open('explore#set=mandelbrot&x=1.4371928473&y=1.9182736453&z=40');
  await expect.poll(async () => (await linkOf(page)).palette).toBe('fire');
  const before = await linkOf(page);
  await page.focus('#map');
  const moved = async () => (Number((await linkOf(page)).x) - Number(before.x)) / (4 / 2 ** 48);
  // 96 pixels a press, and the link has a tenth of one.
  for (const pixels of [96, 192]) {
    await page.keyboard.press('ArrowRight');
    await expect.poll(async () => Math.round(await moved())).toBe(pixels);
  }
  expect(Math.abs(Number((await linkOf(page)).y) - Number(before.y))).toBeLessThan(2 / 2 ** 48);
  const places = await page.locator('#map .leaflet-tile').evaluateAll((tiles) =>
    tiles.map((tile) => {
      const { left, top, width } = tile.getBoundingClientRect();
      return [(left + 2560) % 256, (top + 2560) % 256, width].join();
    }),
  );
  expect(places.length).toBeGreaterThan(10);
  expect(new Set(places).size).toBe(1);
  expect(places[0]).toMatch(/^\d+,\d+,256$/);
  await page.context().close();
});

test('the Julia set under the pointer is shown beside, and opens', async () => {
  const page = await open('explore');
  await drawn(page);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.mouse.move(500, 300, { steps: 3 });
  await page.mouse.move(520, 330, { steps: 10 });
  await expect.poll(() => asked.at(-1)).toBe('/julia/1/-0.969,0.273/0/0/0.png');
  await text(page, '#preview-title', '-0.969, 0.273');
  // At most one at a time: not one for each place that the pointer was at.
  expect(asked.filter((path) => path.startsWith('/julia/')).length).toBeLessThan(10);
  await page.mouse.click(520, 330);
  await page.mouse.move(900, 600);
  await text(page, '#preview-title', '-0.969, 0.273');
  await page.getByRole('button', { name: 'Open this Julia set' }).click();
  // The link is whole when the view has come to rest.
  const whole = { set: 'julia', c: '-0.969,0.273', x: '0', y: '0', z: '2', palette: 'fire' };
  await expect.poll(() => linkOf(page)).toEqual(whole);
  await drawn(page);
  const other = await open(page.url().slice(server.url.length));
  await drawn(other);
  await expect.poll(() => linkOf(other)).toEqual(whole);
  await other.context().close();
  await page.getByRole('button', { name: 'Mandelbrot set' }).click();
  await expect.poll(() => linkOf(page)).toMatchObject({ set: 'mandelbrot', z: '6' });
  await page.context().close();
});

test('a map has its tiles, whose they are, its zooms, and a link', async () => {
  const page = await open('maps#lat=10&lon=20&z=4');
  await drawn(page);
  expect(await tileColour(page, 640, 400)).toBe(SEA);
  await text(page, '#attribution', "Nobody's sea");
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await expect.poll(() => linkOf(page)).toEqual({ lat: '10', lon: '20', z: '5' });
  await expect.poll(() => page.getByRole('button', { name: 'Zoom in' }).isDisabled()).toBe(true);
  await page.context().close();
});

test('an image that is dropped becomes five pictures before one\'s eyes, and workers come and go', async () => {
  const page = await open('factory', DESKTOP, server.adminUrl);
  const thumbnail = page.locator('[data-pool="image:thumbnail"]');
  await text(page, '[data-pool="image:thumbnail"] .quiet', '1 idle');
  const image = Buffer.from(await (await fetch(`${server.url}mandelbrot/1/0/0/0.png`)).arrayBuffer());
  await page.locator('#file').setInputFiles({ name: 'apple man.png', mimeType: 'image/png', buffer: image });
  await text(page, '#image-title', 'apple man');
  for (const op of ['thumbnail', 'grayscale', 'blur', 'rotate90', 'stencil']) {
    await page.locator(`[data-op="${op}"][data-state="done"] img`).waitFor();
  }
  const { img, width } = await page.evaluate(() => ({
    img: document.querySelector<HTMLImageElement>('[data-op="rotate90"] img')!.naturalWidth,
    width: document.querySelector<HTMLInputElement>('.stencil input')!.value,
  }));
  expect([img, width]).toEqual([256, '100']);
  await text(page, '#announcer', 'All variants are there');
  // The stencil as one wants it, and the canvas with it.
  await page.getByLabel('Width').fill('40');
  await page.getByLabel('Dithered').check();
  const link = page.getByRole('link', { name: 'Open on the canvas' });
  await expect.poll(() => link.getAttribute('href')).toMatch(/stencil-40-dither&tw=40&title=apple\+man$/);
  const opens = page.context().waitForEvent('page');
  await link.click();
  const painted = await opens;
  await expect.poll(() => painted.evaluate(() => new URLSearchParams(location.hash.slice(1)).get('tw'))).toBe('40');
  // The link names no place: it is moved to one first.
  await painted.getByRole('button', { name: 'Done' }).click();
  await text(painted, '#template .title', 'apple man');
  await painted.close();
  await thumbnail.getByRole('button', { name: 'more' }).click();
  await thumbnail.getByRole('button', { name: 'more' }).click();
  await expect.poll(() => thumbnail.locator('output').innerText()).toBe('3');
  await text(page, '[data-pool="image:thumbnail"] .quiet', '3 idle');
  await thumbnail.getByRole('button', { name: 'less' }).click();
  await text(page, '[data-pool="image:thumbnail"] .quiet', '2 idle');
  await text(page, '[data-pool="image:thumbnail"] dd >> nth=1', '1');
  // Others see it, too, but cannot command; and the link names the image.
  const other = await open('factory' + new URL(page.url()).hash);
  await other.locator('[data-op="blur"][data-state="done"] img').waitFor();
  await other.locator('#images img').waitFor();
  await text(other, '[data-pool="image:thumbnail"] .quiet', '2 idle');
  expect(await other.getByRole('button', { name: 'more' }).count()).toBe(0);
  for (const one of [page, other]) await one.context().close();
});

test('what the server would refuse is not sent; when the events break, the page says so and goes on', async () => {
  const page = await open('factory');
  let sent = 0;
  page.on('request', (request) => (sent += request.method() === 'POST' ? 1 : 0));
  await page.locator('#pools li').first().waitFor();
  const choose = (name: string, buffer: Buffer) =>
    page.locator('#file').setInputFiles({ name, mimeType: 'image/png', buffer });
  await choose('a.png', Buffer.from('GIF89a of another name'));
  await text(page, '#upload-says', 'This is no JPEG, PNG or WebP image');
  const bomb = Buffer.from('89504e470d0a1a0a0000000d49484452000186a0000186a00802000000', 'hex');
  await choose('bomb.png', bomb);
  await text(page, '#upload-says', 'This image has 10,000 megapixels; the most are 50 megapixels');
  expect(sent).toBe(0);
  // Its complaints are no faults of the page.
  const lost = await page.context().newPage();
  await lost.route('**/events', (route) => route.abort());
  await lost.goto(`${server.url}factory`);
  await text(lost, '#say-text', 'Connection lost. Trying again');
  await lost.unroute('**/events');
  await lost.locator('#dot[data-state="live"]').waitFor();
  await expect.poll(() => lost.locator('#say').isVisible()).toBe(false);
  await page.context().close();
});

test.each([
  ['', '#cards img[data-loaded]'],
  ['explore', '#map[aria-busy="false"]'],
  ['maps', '#map[aria-busy="false"]'],
  ['factory', '#pools li'],
])('/%s fits on small phones, controls included', async (path, ready) => {
  const page = await open(path, SMALL);
  await page.locator(ready).first().waitFor();
  const outside = await page.evaluate(() => {
    const wide = [...document.querySelectorAll('body *')].filter((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      return width > 0 && !element.closest('#map, .unseen, .brand, .picture') && (left < 0 || right > innerWidth);
    });
    return [document.documentElement.scrollWidth - innerWidth, ...wide.map((element) => element.outerHTML.slice(0, 80))];
  });
  expect(outside).toEqual([0]);
  const small = await page.locator('button:visible, a:visible, .swatch:visible').evaluateAll((all) =>
    all.filter((one) => one.getBoundingClientRect().height < 32).map((one) => one.outerHTML.slice(0, 80)),
  );
  expect(small).toEqual([]);
  await page.context().close();
});

test('no page complained, nor did its policy', () => {
  expect(complaints).toEqual([]);
});
