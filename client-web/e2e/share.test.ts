// SPDX-License-Identifier: ISC
// Links, pictures that are saved, the page in a frame of another one, and what is printed. About 30 s.

import { createServer, type Server as HttpServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodePicture } from '../src/core/picture';
import { boardHas, DESKTOP, dragTo, drawnAt, launch, live, lookAt, open, settled, text, version, WAIT_MS } from './page';
import { Server } from './server';

let browser: Browser;
let server: Server;
let blog: HttpServer;
let blogUrl: string;

/** A page of another origin with ours in a frame. */
async function startBlog(): Promise<void> {
  blog = createServer((request, response) => {
    const hash = new URL(request.url!, 'http://blog').searchParams.get('hash') ?? '';
    response.setHeader('Content-Type', 'text/html');
    response.end(
      `<!doctype html><title>blog</title><h1>Look</h1><iframe width="640" height="400" src="${server.url}?embed${hash}"></iframe>`,
    );
  });
  await new Promise<void>((done) => blog.listen(0, '127.0.0.1', done));
  // By another name, so that it is another site.
  blogUrl = `http://localhost:${(blog.address() as AddressInfo).port}/`;
}

beforeAll(async () => {
  server = await Server.start('--frame-ancestors', "'self' http://localhost:*");
  browser = await launch();
  await startBlog();
  for (const [x, y, colour] of [
    [0, 0, 5],
    [999, 999, 12],
    [512, 40, 3],
    [513, 40, 10],
  ] as const) {
    await server.edit(x, y, colour);
  }
});

afterAll(async () => {
  await browser?.close();
  blog?.close();
  await server?.remove();
});

async function choose(page: Page, id: string): Promise<void> {
  await page.click('#menu');
  await page.locator(`#menu-panel [data-id="${id}"]`).click();
}

test('the canvas that is saved equals the board, and its name says which version', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await boardHas(page, 513, 40, 10);
  const [download] = await Promise.all([page.waitForEvent('download'), choose(page, 'save-canvas')]);
  expect(download.suggestedFilename()).toBe(`placed_canvas_0_0_v${await version(page)}.png`);
  const file = new Uint8Array(await readFile(await download.path()));
  const info = await page.evaluate(() => window.placed.plane.info!);
  const picture = await decodePicture(file, info, info.palette.map(({ rgb }) => rgb));
  const indices = await page.evaluate(() => {
    const { board } = window.placed.client;
    const rows: number[][] = [];
    for (const y of [0, 40, 999]) rows.push(Array.from({ length: 1000 }, (_, x) => board!.at(x, y)));
    return rows;
  });
  for (const [i, y] of [0, 40, 999].entries()) {
    expect([...picture.indices.slice(1000 * y, 1000 * (y + 1))]).toEqual(indices[i]);
  }
  await context.close();
});

test('the view that is saved is what one sees, and the grid is on it', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await lookAt(page, 512, 40, 16);
  await expect.poll(() => drawnAt(page, 'screen', 513, 40)).toBe('#02be01');
  const [download] = await Promise.all([page.waitForEvent('download'), choose(page, 'save-view')]);
  expect(download.suggestedFilename()).toBe(`placed_x512_y40_16x_v${await version(page)}.png`);
  const url = `data:image/png;base64,${(await readFile(await download.path())).toString('base64')}`;
  const same = await page.evaluate(async (url) => {
    const image = new Image();
    image.src = url;
    await image.decode();
    const shown = (...sources: CanvasImageSource[]) => {
      const g = document.createElement('canvas').getContext('2d')!;
      Object.assign(g.canvas, { width: image.width, height: image.height });
      for (const source of sources) g.drawImage(source, 0, 0);
      return g.getImageData(0, 0, image.width, image.height).data;
    };
    const [screen, marks] = ['screen', 'marks'].map((id) => document.getElementById(id) as HTMLCanvasElement);
    const saved = shown(image);
    // What is half transparent is rounded twice on a canvas of its own.
    const differing = (seen: Uint8ClampedArray) => {
      let count = 0;
      for (let i = 0; i < saved.length; i += 4) {
        const far = [0, 1, 2].some((n) => Math.abs(saved[i + n]! - seen[i + n]!) > 3);
        if (seen[i + 3] === 255 && far) count++;
      }
      return count;
    };
    return {
      different: differing(shown(screen!, marks!)),
      grid: differing(shown(screen!)) > 1_000,
      clear: saved.filter((v, i) => i % 4 === 3 && v !== 255).length,
      size: image.width === screen!.width && image.height === screen!.height,
    };
  }, url);
  expect(same).toEqual({ different: 0, grid: true, clear: 0, size: true });
  await context.close();
});

test('a link leads to place and scale, and is followed when the address changes', async () => {
  const context = await browser.newContext(DESKTOP);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await open(context, `${server.url}#x=512&y=40&scale=16`);
  const k = () => page.evaluate(() => window.placed.view.k);
  expect(await k()).toBe(16);
  await page.evaluate(() => (location.hash = '#x=10&y=990&scale=4'));
  await expect.poll(k).toBe(4);
  await choose(page, 'link');
  await text(page, '#hint', 'Link copied');
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toMatch(/#x=10&y=990&scale=4$/);
  await context.close();
});

test("the system's own dialog shares the link where there is one", async () => {
  const context = await browser.newContext(DESKTOP);
  await context.addInitScript(() => {
    Object.defineProperty(navigator, 'share', {
      value: (data: ShareData) => {
        document.title = data.url ?? '';
        return Promise.resolve();
      },
    });
  });
  const page = await open(context, `${server.url}#x=512&y=40&scale=16`);
  await choose(page, 'share');
  await expect.poll(() => page.title()).toMatch(/#x=512&y=40&scale=16$/);
  await context.close();
});

test('in a frame of another page there is the picture, which moves, and a link', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  await page.goto(`${blogUrl}?hash=${encodeURIComponent('#x=512&y=40&scale=16')}`);
  const frame = page.frames()[1]!;
  await expect.poll(() => frame.evaluate(() => window.placed?.client.sync.state.kind)).toBe('live');
  for (const id of ['palette', 'menu', 'zoom', 'where', 'status', 'place']) {
    expect(await frame.locator(`#${id}`).isVisible(), id).toBe(false);
  }
  const box = (await page.locator('iframe').boundingBox())!;
  const [x, y] = [box.x + 320, box.y + 200];
  const before = await frame.evaluate(() => window.placed.view);
  await page.mouse.move(x, y);
  await dragTo(page, x - 100, y - 20, 4);
  await page.mouse.up();
  await expect.poll(() => frame.evaluate(() => window.placed.view.x)).toBeLessThan(before.x - 50);
  await page.mouse.wheel(0, -300);
  await expect.poll(() => frame.evaluate(() => window.placed.view.k)).toBeGreaterThan(before.k);
  // A click places nothing, and nobody is asked who they are.
  await page.mouse.click(x, y);
  await page.keyboard.press('1');
  await page.keyboard.press('Enter');
  expect(await frame.evaluate(() => window.placed.pending().length)).toBe(0);
  const link = frame.locator('#embed-link');
  expect(await link.isVisible()).toBe(true);
  await link.hover();
  expect(await link.getAttribute('target')).toBe('_blank');
  const href = await link.evaluate((link: HTMLAnchorElement) => link.href);
  expect(href).toMatch(/\/#x=\d+&y=\d+&scale=[\d.]+$/);
  await context.close();
});

test('in a frame a link with a moment shows it, and one without the present', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  await page.goto(`${blogUrl}?hash=${encodeURIComponent('#x=512&y=40&scale=16&v=0')}`);
  const frame = page.frames()[1]!;
  const past = () => frame.evaluate(() => document.querySelector('main')!.hasAttribute('data-past'));
  await expect.poll(past).toBe(true);
  await expect.poll(() => frame.evaluate(() => window.placed.past?.rewind.moment)).toBe(0);
  expect(await frame.locator('#timeline').count()).toBe(0);
  const link = frame.locator('#embed-link');
  expect(await link.evaluate((link: HTMLAnchorElement) => link.hash)).toContain('v=0');
  await frame.evaluate(() => (location.hash = '#x=512&y=40&scale=16'));
  await expect.poll(past).toBe(false);
  await context.close();
});

test('without the permission of the operator no other page shows it', async () => {
  const other = await Server.start();
  const context = await browser.newContext(DESKTOP);
  const page = await context.newPage();
  await page.goto(blogUrl);
  const refused = page.waitForEvent('console', (message) => message.text().includes('frame-ancestors'));
  await page.evaluate((url) => {
    document.querySelector('iframe')!.src = `${url}?embed`;
  }, other.url);
  await refused;
  await context.close();
  await other.remove();
});

test('who only looks on in a frame needs no identity, and rules do not matter', async () => {
  const ruled = await Server.start('--energy', '600000/30000/30000');
  const context = await browser.newContext(DESKTOP);
  const page = await context.newPage();
  const errors: string[] = [];
  const asked: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(`${ruled.url}?embed#x=512&y=40&scale=8&v=3&template=./favicon.svg`);
  await live(page);
  await page.locator('#embed-link').waitFor();
  const href = await page.locator('#embed-link').evaluate((link: HTMLAnchorElement) => link.href);
  expect(href).toMatch(/\/#x=512&y=40&scale=8&v=3&template=/);
  await page.mouse.move(300, 300);
  await page.mouse.dblclick(300, 300);
  await page.keyboard.press('r');
  await page.keyboard.press('t');
  await page.keyboard.press('i');
  await page.evaluate(() => (location.hash = '#x=10&y=990&scale=4'));
  await expect.poll(() => page.evaluate(() => window.placed.view.k)).toBe(4);
  expect(asked).not.toContain('/identity');
  expect(errors).toEqual([]);
  await context.close();
  await ruled.remove();
});

test('what is printed is the picture', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await lookAt(page, 512, 40, 16);
  await page.emulateMedia({ media: 'print' });
  for (const id of ['palette', 'menu', 'zoom', 'where', 'status']) {
    expect(await page.isVisible(`#${id}`), id).toBe(false);
  }
  expect(await page.isVisible('#screen')).toBe(true);
  await live(page);
  await settled(page);
  await context.close();
});
