// SPDX-License-Identifier: ISC
// What one sees first. Needs no other program; a minute.

import { beforeAll, expect, test } from 'vitest';
import { boardHas, DESKTOP, drawn, draws, live, open, PHONE, WAIT_MS } from './page';
import { browser, forAll, server } from './scene';

forAll();

beforeAll(async () => {
  await server.edit(500, 500, 5);
});

const SIZES = {
  desktop: DESKTOP,
  phone: PHONE,
  'small phone': { ...PHONE, viewport: { width: 320, height: 568 } },
  'phone on its side': { ...PHONE, viewport: { width: 844, height: 390 } },
};

test.each(Object.entries(SIZES))('on a %s the picture stays where it is when the controls come', async (_, size) => {
  const context = await browser.newContext(size);
  const page = await open(context, server.url);
  await expect.poll(() => page.locator('.swatch').count()).toBe(16);
  const [before, after] = await page.evaluate(() => {
    const [mark] = performance.getEntriesByName('placed:art') as PerformanceMark[];
    const { k, x, y } = window.placed.view;
    return [mark?.detail as object, { k, x, y }];
  });
  expect(after).toEqual(before);
  await context.close();
});

test('what is fetched first is not fetched again', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await context.newPage();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  // The server lets a cache show an old picture while it asks for the new one (stale-while-revalidate).
  // A browser does so by itself where our script comes a second after the picture, as on a busy machine.
  await page.route('**/canvas.png', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, headers: { ...answer.headers(), 'cache-control': 'no-cache' } });
  });
  await page.goto(server.url);
  await live(page);
  await drawn(page);
  for (const path of ['/info', '/canvas.png']) expect(asked.filter((one) => one === path)).toHaveLength(1);
  // A preload that is not asked for in the same way later would come twice, too.
  const assets = asked.filter((path) => path.startsWith('/assets/'));
  expect(assets.filter((path, i) => assets.indexOf(path) !== i)).toEqual([]);
  expect(asked.indexOf('/canvas.png')).toBeLessThan(asked.findIndex((path) => path.startsWith('/assets/main')));
  await context.close();
});

test('a link leads to its place at once', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, `${server.url}#x=500&y=500&scale=16`);
  await draws(page, 'screen', 500, 500, '#e50009');
  const detail = await page.evaluate(
    () => (performance.getEntriesByName('placed:art')[0] as PerformanceMark).detail as { k: number },
  );
  expect(detail.k).toBe(16);
  await context.close();
});

test.each(['info', 'canvas.png'])('a first /%s that fails is asked for again', async (name) => {
  const context = await browser.newContext(DESKTOP);
  const page = await context.newPage();
  let failures = 0;
  // The document's own request, and what the first script makes of it.
  await page.route(`**/${name}`, (route) => (failures++ < 2 ? route.abort() : route.continue()));
  await page.goto(server.url);
  await expect.poll(() => page.evaluate(() => window.placed?.client.sync.state.kind), { timeout: WAIT_MS }).toBe('live');
  await boardHas(page, 500, 500, 5);
  await context.close();
});

test('controls do not wait for a picture that does not come', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await context.newPage();
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/canvas.png', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(server.url);
  await expect.poll(() => page.locator('.swatch').count(), { timeout: WAIT_MS }).toBe(16);
  release();
  await live(page);
  await boardHas(page, 500, 500, 5);
  await context.close();
});

test('without scripts the page shows the picture and says so', async () => {
  const context = await browser.newContext({ ...DESKTOP, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(server.url);
  const still = page.locator('#still');
  await expect.poll(() => still.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1_000);
  const box = (await still.boundingBox())!;
  expect(box.height).toBeGreaterThan(500);
  expect(box.y + box.height).toBeLessThanOrEqual(DESKTOP.viewport.height);
  expect(await page.locator('#noscript').innerText()).toContain('JavaScript');
  await context.close();
});
