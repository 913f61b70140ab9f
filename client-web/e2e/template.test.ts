// SPDX-License-Identifier: ISC
// Templates: where they come from, how they show, what is left of them, and that they stay. Needs
// nothing but the server; about a minute.

import { createServer, type Server as HttpServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeCells } from '../src/core/template/encode';
import { boardHas, canPlace, DESKTOP, launch, lookAt, open, PHONE, still, text, WAIT_MS, whereIs } from './page';
import { Server } from './server';

const SMALL = { ...PHONE, viewport: { width: 320, height: 568 }, deviceScaleFactor: 2 };
const PALETTE = [
  '#ffffff', '#e4e4e4', '#888888', '#222222', '#ffa7d1', '#e50009', '#e59500', '#a06a42',
  '#e5d900', '#94e044', '#02be01', '#00d3dd', '#0083c7', '#0000ea', '#cf6ee4', '#820080',
];
const [RED, BLUE, CLEAR] = [5, 13, 255];

/** A picture of cells, and the same with each as a square of pixels. */
async function picture(rows: readonly (readonly number[])[], scale = 1): Promise<Buffer> {
  const large = rows.flatMap((row) => Array.from({ length: scale }, () => row.flatMap((index) => Array<number>(scale).fill(index))));
  const cells = { width: large[0]!.length, height: large.length, indices: Uint8Array.from(large.flat()) };
  return Buffer.from(await encodeCells(cells, PALETTE));
}

/** 4 x 3: a red and a blue half, and one cell that may be anything. */
const FLAG = [
  [RED, RED, BLUE, BLUE],
  [RED, RED, BLUE, BLUE],
  [RED, RED, BLUE, CLEAR],
];

let browser: Browser;
let server: Server;
let elsewhere: HttpServer;
let origin: string;
let flag: Buffer;

beforeAll(async () => {
  flag = await picture(FLAG);
  const bomb = Buffer.from('89504e470d0a1a0a0000000d49484452000186a0000186a00802000000', 'hex');
  elsewhere = createServer((request, answer) => {
    const cors = request.url === '/closed.png' ? {} : { 'Access-Control-Allow-Origin': '*' };
    const found = request.url !== '/missing.png';
    answer.writeHead(found ? 200 : 404, { 'Content-Type': 'image/png', ...cors });
    answer.end(request.url === '/page' ? '<p>' : request.url === '/bomb.png' ? bomb : flag);
  }).listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  origin = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
  server = await Server.start('--template-sources', origin, '--plane', '2x1');
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await server?.remove();
  elsewhere?.close();
});

const linkOf = (page: Page) => page.evaluate(() => Object.fromEntries(new URLSearchParams(location.hash.slice(1))));
const linkTo = (address: string, more = '') => `${server.url}#template=${encodeURIComponent(address)}${more}`;

/** What the layers show in the middle of a cell, as #rrggbb and how opaque; null where nothing. */
async function layerAt(page: Page, x: number, y: number) {
  const at = await whereIs(page, x, y);
  return page.evaluate(({ x, y }) => {
    const g = document.querySelector<HTMLCanvasElement>('#marks')!.getContext('2d')!;
    const [r, g_, b, a] = g.getImageData(Math.floor(x * devicePixelRatio), Math.floor(y * devicePixelRatio), 1, 1).data;
    if (!a) return null;
    return { rgb: [r, g_, b].map((v) => Math.round(v! / 8) * 8).join(), opacity: Math.round((a / 255) * 10) / 10 };
  }, at);
}
const red = (opacity: number) => ({ rgb: '232,0,8', opacity });
const blue = (opacity: number) => ({ rgb: '0,0,232', opacity });

/** How much space a thing takes outside of the window. */
const outside = (page: Page) =>
  page.evaluate(() => {
    const wide = [...document.querySelectorAll('#template, #template *, #template-panel, #template-panel *, #template-add, #template-add *')];
    return wide
      .filter((element) => {
        const { left, right, width } = element.getBoundingClientRect();
        return width > 0 && !element.closest('.unseen') && (left < -1 || right > innerWidth + 1);
      })
      .map((element) => element.outerHTML.slice(0, 80));
  });

async function withPage(options: object, url: string, use: (page: Page, context: BrowserContext) => Promise<void>) {
  const context = await browser.newContext(options);
  const page = await open(context, url);
  await use(page, context);
  await context.close();
}

test('a link lays a picture of another server over its cells, sharp at every scale', () =>
  withPage(DESKTOP, linkTo(`${origin}/flag.png`, '&ox=100&oy=200&title=Our+flag'), async (page) => {
    await text(page, '#template .title', 'Our flag');
    for (const scale of [1.5, 4, 30]) {
      await lookAt(page, 101, 201, scale);
      await expect.poll(() => layerAt(page, 100, 200)).toEqual(red(0.6));
      await expect.poll(() => layerAt(page, 102, 201)).toEqual(blue(0.6));
      expect(await layerAt(page, 103, 202)).toBeNull();
      expect(await layerAt(page, 99, 200)).toBeNull();
    }
    // A click goes through it.
    const { x, y } = await whereIs(page, 101, 201);
    expect(await page.evaluate(([x, y]) => document.elementFromPoint(x, y)?.id, [x, y] as const)).toBe('marks');
    await page.keyboard.press('l');
    await expect.poll(() => linkOf(page)).toMatchObject({ template: `${origin}/flag.png`, ox: '100', oy: '200', scale: '30' });
    await page.keyboard.press('t');
    await expect.poll(() => layerAt(page, 100, 200)).toBeNull();
    await page.keyboard.press('t');
    await expect.poll(() => layerAt(page, 100, 200)).toEqual(red(0.6));
  }));

test('progress is counted while others paint, and Next leads to what is left and takes its colour', () =>
  withPage(DESKTOP, linkTo(`${origin}/flag.png`, '&ox=300&oy=300'), async (page) => {
    await text(page, '#template .left', '11 left');
    await server.edit(300, 300, RED);
    await text(page, '#template .left', '10 left');
    await server.edit(301, 300, BLUE);
    await server.edit(302, 300, BLUE);
    // Somebody spoils what was right.
    await text(page, '#template .left', '9 left');
    await server.edit(300, 300, 8);
    await text(page, '#template .left', '10 left');
    await page.locator('#template .open').click();
    await text(page, '#template-panel .details .counts >> nth=0', '1 right, 2 wrong, 8 missing');
    await page.locator('#template-panel .colours button').nth(1).click();
    await canPlace(page, 302, 301);
    await page.keyboard.press('n');
    await still(page);
    const aimed = () =>
      page.evaluate(() => document.querySelector<HTMLInputElement>('input[name="colour"]:checked')?.value);
    await expect.poll(aimed).toBe(String(BLUE));
    await page.keyboard.press('Enter');
    await text(page, '#template-panel .left', '9 left');
    // One after the other until nothing is left.
    for (let left = 9; left > 0; left--) {
      await page.keyboard.press('n');
      await still(page);
      await page.keyboard.press('Enter');
      await text(page, '#template-panel .left', left > 1 ? `${left - 1} left` : 'Nothing is left to paint');
    }
    for (const [x, y, colour] of [[300, 300, RED], [301, 302, RED], [303, 301, BLUE], [303, 302, 0]] as const) {
      await boardHas(page, x, y, colour);
    }
  }));

test('a file becomes a template as one sees it before: enlarged, dithered, of any width; and it stays', () =>
  withPage(DESKTOP, `${server.url}#x=500&y=500&scale=8`, async (page, context) => {
    await page.keyboard.press('t');
    await page.locator('#template-add').waitFor();
    const large = await picture([...FLAG, ...FLAG], 6);
    await page.locator('#template-add input[type=file]').setInputFiles({ name: 'our flag.png', mimeType: 'image/png', buffer: large });
    await text(page, '#template-add .facts .quiet >> nth=0', '4 × 6 pixels of the canvas\nThe picture is enlarged 6 times');
    expect(await page.getByLabel('Name').inputValue()).toBe('our flag');
    await page.getByLabel('Width').fill('8');
    await text(page, '#template-add .facts .quiet >> nth=0', /^8 × 12/);
    await page.getByLabel('Width').fill('4');
    await text(page, '#template-add .facts .quiet >> nth=0', /^4 × 6/);
    await page.getByRole('button', { name: 'Use it' }).click();
    await page.locator('#template-grip').press('Shift+ArrowRight');
    await page.locator('#template-grip').press('ArrowUp');
    await page.locator('#template-grip').press('Enter');
    await text(page, '#template .left', '22 left');
    const placeOf = () => layerAt(page, 508, 496);
    await expect.poll(placeOf).toEqual(red(0.6));
    // Nobody else has it: the address does not name it.
    expect(await linkOf(page)).not.toHaveProperty('template');
    await page.locator('#template .open').click();
    await page.getByLabel('Dots').check({ force: true });
    await page.getByLabel('Opacity').fill('100');
    await expect.poll(placeOf).toEqual(red(1));
    const again = await context.newPage();
    again.setDefaultTimeout(WAIT_MS);
    await again.goto(`${server.url}#x=500&y=500&scale=8`);
    await text(again, '#template .title', 'our flag');
    await text(again, '#template .left', '22 left');
    await expect.poll(() => layerAt(again, 508, 496)).toEqual(red(1));
    // The link for others holds the picture, as it is small.
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.bringToFront();
    await page.getByRole('button', { name: 'Copy a link with the picture in it' }).click();
    await text(page, '#hint-text', 'Link copied: the picture is in it');
    const href = await page.evaluate(() => navigator.clipboard.readText());
    const stranger = await open(await browser.newContext(DESKTOP), href);
    await text(stranger, '#template .title', 'our flag');
    await text(stranger, '#template .left', '22 left');
    await expect.poll(() => layerAt(stranger, 508, 496)).toEqual(red(0.6));
    await stranger.context().close();
    await page.getByRole('button', { name: 'Remove' }).click();
    await expect.poll(placeOf).toBeNull();
    await again.reload();
    await expect.poll(() => again.evaluate(() => window.placed.client.sync.state.kind)).toBe('live');
    expect(await again.locator('#template').count()).toBe(0);
  }));

/** Hands something to the page as a paste, or as something that is dropped. */
const hand = (page: Page, kind: 'paste' | 'drop', file: Buffer | null, words = '') =>
  page.evaluate(
    ([kind, base64, words]) => {
      const data = new DataTransfer();
      if (base64) {
        const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
        data.items.add(new File([bytes], 'handed.png', { type: 'image/png' }));
      } else data.setData('text/plain', words);
      const options = { bubbles: true, cancelable: true };
      if (kind === 'paste') document.body.dispatchEvent(new ClipboardEvent('paste', { ...options, clipboardData: data }));
      else {
        document.body.dispatchEvent(new DragEvent('dragover', { ...options, dataTransfer: data }));
        document.body.dispatchEvent(new DragEvent('drop', { ...options, dataTransfer: data }));
      }
    },
    [kind, file?.toString('base64') ?? '', words] as const,
  );

test('pasting, dropping, and whole links of Pxls; several lie on each other in their order', () =>
  withPage(DESKTOP, `${server.url}#x=700&y=700&scale=10`, async (page) => {
    const use = page.getByRole('button', { name: 'Use it' });
    await hand(page, 'paste', flag);
    // Enter accepts what is shown.
    await expect.poll(() => use.evaluate((button) => button === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    await page.locator('#template-grip').press('Enter');
    await text(page, '#template .title', 'handed');
    await hand(page, 'drop', await picture([[BLUE, BLUE], [BLUE, BLUE]]));
    await use.click();
    await page.locator('#template-grip').press('Enter');
    // Both begin in the middle: the newer one is on top.
    await expect.poll(() => layerAt(page, 700, 700)).toMatchObject({ opacity: 0.8 });
    const pxls = `https://pxls.space/#x=1&y=2&scale=4&template=${encodeURIComponent(`${origin}/flag.png`)}&ox=800&oy=700&tw=4&title=From+Pxls`;
    await hand(page, 'paste', null, pxls);
    await use.click();
    await text(page, '#template .title', 'From Pxls');
    await expect.poll(() => linkOf(page)).toMatchObject({ template: `${origin}/flag.png`, ox: '800', oy: '700' });
    await lookAt(page, 800, 700, 10);
    await expect.poll(() => layerAt(page, 800, 700)).toEqual(red(0.6));
    await page.locator('#template .open').click();
    expect(await page.locator('#template-panel li').count()).toBe(3);
    await page.locator('#template-panel li').first().getByRole('button', { name: 'Show' }).click();
    await expect.poll(() => layerAt(page, 800, 700)).toBeNull();
    // Only the chosen colour, and symbols.
    await page.locator('#template-panel li').nth(2).locator('.pick').click();
    await lookAt(page, 700, 700, 30);
    await page.locator('#template-panel li').nth(1).getByRole('button', { name: 'Show' }).click();
    await page.keyboard.press('6');
    await page.getByLabel('Only the chosen colour').check();
    await expect.poll(() => layerAt(page, 700, 699)).toBeNull();
    await expect.poll(() => layerAt(page, 698, 699)).toEqual(red(0.6));
    await page.getByLabel('Symbols').check({ force: true });
    await page.getByLabel('Opacity').fill('100');
    await expect.poll(() => layerAt(page, 698, 699)).toMatchObject({ opacity: 1 });
    // Nothing of this is somebody else's text.
    await hand(page, 'paste', null, 'just words');
    expect(await page.locator('#template-add').count()).toBe(0);
  }));

test.each([
  ['http://127.0.0.1:9/x.png', /^This canvas shows no pictures from 127\.0\.0\.1:9: its operator can allow that \(--template-sources\)$/],
  ['/missing.png', /^There is no picture at this address: 127\.0\.0\.1:\d+ says 404$/],
  ['/closed.png', /let other pages read the picture \(CORS\)/],
  ['/page', /^That picture can't be read/],
  ['/bomb.png', /^That picture has too many pixels/],
  ['data:image/png;base64,AAAA', /^That picture can't be read/],
])('what is wrong with %s is said', (address, words) =>
  withPage(DESKTOP, linkTo(address.startsWith('/') ? origin + address : address, '&ox=1&oy=1'), async (page) => {
    await text(page, '#hint-text', words);
    await expect.poll(() => linkOf(page)).not.toHaveProperty('template');
    expect(await page.locator('#template').count()).toBe(0);
  }),
);

test('on a phone: the bar above the palette, the sheet, and moving by drag and by buttons', () =>
  withPage(SMALL, linkTo(`${origin}/flag.png`, '&tw=4&x=500&y=300&scale=8'), async (page) => {
    // It names no place: it comes to the middle, to be moved.
    await page.locator('#template-grip').waitFor({ state: 'attached' });
    await expect.poll(async () => (await linkOf(page)).ox).toMatch(/^\d+$/);
    const before = await linkOf(page);
    const at = await whereIs(page, Number(before.ox) + 1, Number(before.oy) + 1);
    expect(await outside(page)).toEqual([]);
    await page.getByRole('button', { name: 'Down' }).click();
    await page.mouse.move(at.x, at.y);
    await page.mouse.down();
    await page.mouse.move(at.x + 41, at.y - 17, { steps: 4 });
    await page.mouse.up();
    const moved = { ox: String(Number(before.ox) + 5), oy: String(Number(before.oy) - 2 + 1) };
    await expect.poll(() => linkOf(page)).toMatchObject(moved);
    await page.getByRole('button', { name: 'Done' }).click();
    await text(page, '#template .left', '11 left');
    const bar = (await page.locator('#template').boundingBox())!;
    const palette = (await page.locator('#palette').boundingBox())!;
    expect(Math.round(bar.height)).toBeGreaterThanOrEqual(56);
    expect(bar.y + bar.height).toBeLessThanOrEqual(palette.y);
    expect(await outside(page)).toEqual([]);
    await page.locator('#template .open').tap();
    const sheet = (await page.locator('#template-panel').boundingBox())!;
    expect(sheet.y).toBeGreaterThan(568 * 0.4);
    expect(await outside(page)).toEqual([]);
    const small = await page.locator('#template-panel button:visible').evaluateAll((all) =>
      all.filter((one) => one.getBoundingClientRect().height < 44).map((one) => one.outerHTML.slice(0, 80)),
    );
    expect(small).toEqual([]);
    await page.getByRole('button', { name: 'Close' }).tap();
    await page.locator('#template .next').tap();
    await still(page);
    await expect.poll(() => page.locator('#place').isVisible()).toBe(true);
  }));

test('a keyboard that comes up on the screen hides no field', () =>
  withPage(SMALL, server.url, async (page) => {
    await page.locator('#menu').tap();
    await page.locator('[data-id=template]').tap();
    const field = page.locator('#template-address');
    await field.tap();
    // As browsers report it: the window stays, its visible part does not.
    await page.evaluate(() => {
      const view = window.visualViewport!;
      Object.defineProperty(view, 'height', { configurable: true, get: () => innerHeight - 260 });
      view.dispatchEvent(new Event('resize'));
    });
    const below = async () => {
      const { y, height } = (await field.boundingBox())!;
      return y + height - (SMALL.viewport.height - 260);
    };
    await expect.poll(below).toBeLessThanOrEqual(0);
  }));

test('a template lies across canvases; beyond the edge of the plane nothing counts, and in the past the template stays without Next', () =>
  withPage(DESKTOP, linkTo(`${origin}/flag.png`, '&ox=998&oy=998'), async (page) => {
    await text(page, '#template .left', '8 left');
    await page.locator('#template .open').click();
    await text(page, '#template-panel .details .counts >> nth=0', '0 right, 0 wrong, 8 missing, 3 outside the canvas');
    await server.edit(999, 998, RED);
    await server.edit(1000, 998, BLUE);
    await server.edit(1001, 999, RED);
    await text(page, '#template-panel .details .counts >> nth=0', '2 right, 1 wrong, 5 missing, 3 outside the canvas');
    await page.keyboard.press('r');
    await expect.poll(() => page.locator('#template-panel .actions .strong').count()).toBe(0);
    await page.keyboard.press('Escape');
  }));

test('where nothing may be kept, templates work for as long as the page', async () => {
  const context = await browser.newContext(DESKTOP);
  await context.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('no', 'SecurityError');
    };
  });
  const page = await open(context, linkTo(`${origin}/flag.png`, '&ox=10&oy=10'));
  await text(page, '#template .left', '11 left');
  await text(page, '#hint-text', "The browser doesn't keep templates: they go with this page");
  await context.close();
});
