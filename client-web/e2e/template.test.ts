// SPDX-License-Identifier: ISC
import { createServer, type Server as HttpServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DESKTOP, launch, lookAt, open, PHONE, text, whereIs } from './page';
import { Server } from './server';

/** 2 x 1 pixels, red and blue. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAYAAAD0In+KAAAAD0lEQVR42mP4z8DwHwgZAA39AgDbWiYqAAAAAElFTkSuQmCC',
  'base64',
);

let browser: Browser;
let server: Server;
let elsewhere: HttpServer;
let picture: string;

beforeAll(async () => {
  elsewhere = createServer((_request, answer) => {
    answer.writeHead(200, { 'Content-Type': 'image/png' });
    answer.end(PICTURE);
  }).listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  const origin = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
  picture = `${origin}/stencil`;
  server = await Server.start('--template-sources', origin);
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await server?.remove();
  elsewhere?.close();
});

const boxOf = async (page: Page) => (await page.locator('#template-image').boundingBox())!;
const linkOf = (page: Page) =>
  page.evaluate(() => Object.fromEntries(new URLSearchParams(location.hash.slice(1))));

test('a link lays a picture of another server over its cells, and follows when one moves', async () => {
  const context = await browser.newContext(DESKTOP);
  const hash = `#template=${encodeURIComponent(picture)}&ox=100&oy=200&tw=40&title=Our+flag`;
  const page = await open(context, server.url + hash);
  await text(page, '#template .title', 'Our flag');
  for (const scale of [4, 10]) {
    await lookAt(page, 120, 210, scale);
    const corner = await whereIs(page, 100, 200);
    await expect.poll(async () => {
      const { x, y, width, height } = await boxOf(page);
      return [corner.x - x, corner.y - y, width, height].map((value) => Math.round(value * 8) / 8);
    }).toEqual([scale / 2, scale / 2, 40 * scale, 20 * scale]);
  }
  // A click goes through it.
  const { x, y } = await whereIs(page, 110, 205);
  expect(await page.evaluate(([x, y]) => document.elementFromPoint(x, y)?.id, [x, y] as const)).toBe('marks');
  await page.keyboard.press('l');
  await expect.poll(() => linkOf(page)).toMatchObject({ template: picture, ox: '100', oy: '200', tw: '40', scale: '10' });
  await page.getByRole('button', { name: 'Close the template' }).click();
  await expect.poll(() => page.locator('#template-image').count()).toBe(0);
  await expect.poll(() => linkOf(page)).not.toHaveProperty('template');
  await context.close();
});

test('on a phone it is dragged to its place, and the link says where that is', async () => {
  const context = await browser.newContext({ ...PHONE, viewport: { width: 320, height: 568 } });
  const page = await open(context, `${server.url}#x=500&y=500&scale=4&template=${encodeURIComponent(picture)}&tw=20`);
  await expect.poll(async () => (await linkOf(page)).ox).toMatch(/^\d+$/);
  const before = await linkOf(page);
  const bar = (await page.locator('#template').boundingBox())!;
  expect(bar.x).toBeGreaterThanOrEqual(0);
  expect(bar.x + bar.width).toBeLessThanOrEqual(320);
  const { x, y, width, height } = await boxOf(page);
  const at = { x: x + width / 2, y: y + height / 2 };
  await page.mouse.move(at.x, at.y);
  await page.mouse.down();
  await page.mouse.move(at.x + 41, at.y - 19, { steps: 3 });
  await page.mouse.up();
  await page.locator('#template-grip').press('ArrowDown');
  const moved = { ox: String(Number(before.ox) + 10), oy: String(Number(before.oy) - 5 + 1) };
  await expect.poll(() => linkOf(page)).toMatchObject(moved);
  await page.getByRole('button', { name: 'Done' }).click();
  await expect.poll(() => page.locator('#template-grip').isVisible()).toBe(false);
  await context.close();
});

test('a picture that the operator does not allow is not asked for, and the page says so', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, `${server.url}#template=http://127.0.0.1:9/x.png&ox=1&oy=1`);
  await text(page, '#hint-text', 'This canvas shows no pictures from 127.0.0.1:9');
  await expect.poll(() => linkOf(page)).not.toHaveProperty('template');
  await context.close();
});
