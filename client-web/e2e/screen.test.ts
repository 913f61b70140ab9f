// SPDX-License-Identifier: ISC
import { expect, test } from 'vitest';
import { boardHas, chooseColour, DESKTOP, drawnAt, draws, lookAt, open, PREVIEW, WAIT_MS } from './page';
import { browser, forAll, server } from './scene';

forAll();

test.each([1, 1.5, 2])('at pixel ratio %f the first view fills the room', async (ratio) => {
  const context = await browser.newContext({ ...DESKTOP, deviceScaleFactor: ratio });
  const page = await open(context, server.url);
  const { side, room } = await page.evaluate(() => {
    const palette = document.getElementById('palette')!.getBoundingClientRect();
    return { side: 1000 * window.placed.view.k, room: palette.top };
  });
  // Between the palette and what is at the top; the margins are less than 90.
  expect(side).toBeLessThan(room);
  expect(side).toBeGreaterThan(room - 90);
  await context.close();
});

test('at a scale between whole pixels all cells look equally wide', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await page.evaluate(() => {
    const { board } = window.placed.client;
    for (let x = 0; x < 200; x++) for (let y = 0; y < 20; y++) board!.put(x, y, x % 2 ? 3 : 0);
  });
  // As a pinch may leave it.
  await page.mouse.move(640, 400);
  await page.evaluate(() => window.placed.show({ k: 2.4, x: 640, y: 400 }));
  const dark = await page.evaluate(async () => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const g = (document.getElementById('screen') as HTMLCanvasElement).getContext('2d')!;
    const row = g.getImageData(640, 410, 480, 1).data;
    return Array.from({ length: 480 }, (_, i) => 255 - row[4 * i]!);
  });
  // Each dark cell is 2.4 pixels wide, be it spread over two, three or four of them.
  for (let i = 1; i < 99; i++) {
    const start = 4.8 * i + 2.4;
    const about = dark.slice(Math.floor(start) - 1, Math.ceil(start + 2.4) + 1);
    const width = about.reduce((sum, v) => sum + v, 0) / (255 - 0x22);
    expect(Math.abs(width - 2.4)).toBeLessThan(0.25);
  }
  await context.close();
});

test('a window that moves to a screen of another pixel ratio stays sharp', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  const cdp = await context.newCDPSession(page);
  const { width, height } = DESKTOP.viewport;
  const sizes = () =>
    page.evaluate(() =>
      ['screen', 'marks'].map((id) => {
        const { width, height } = document.getElementById(id) as HTMLCanvasElement;
        return [width, height];
      }),
    );
  for (const deviceScaleFactor of [2, 1.5, 1]) {
    const metrics = { width, height, deviceScaleFactor, mobile: false };
    await cdp.send('Emulation.setDeviceMetricsOverride', metrics);
    const wanted = [width * deviceScaleFactor, height * deviceScaleFactor];
    await expect.poll(sizes, { timeout: WAIT_MS }).toEqual([wanted, wanted]);
  }
  await context.close();
});

type Losable = { loseGraphics?: (surfaces: boolean) => void };

test.each([
  ['of the page', true],
  ['of the window alone', false],
])('after the browser threw the graphics %s away, all is drawn again', async (_which, surfaces) => {
  const context = await browser.newContext(DESKTOP);
  await context.addInitScript(() => {
    // The surfaces are canvases that are nowhere on the page.
    const made: HTMLCanvasElement[] = [];
    const create = document.createElement.bind(document);
    document.createElement = ((tag: string) => {
      const element = create(tag);
      if (element instanceof HTMLCanvasElement) made.push(element);
      return element;
    }) as typeof document.createElement;
    (window as Losable).loseGraphics = (surfaces) => {
      const all = [...(surfaces ? made : []), ...document.querySelectorAll('canvas')];
      for (const canvas of all) canvas.dispatchEvent(new Event('contextlost', { cancelable: true }));
      for (const canvas of all) canvas.getContext('2d')!.reset();
      for (const canvas of all) canvas.dispatchEvent(new Event('contextrestored'));
    };
  });
  const page = await open(context, server.url);
  await chooseColour(page, 'blue');
  const at = await lookAt(page, 500, 500, 16);
  if (surfaces) await page.mouse.click(at.x, at.y);
  else await server.edit(500, 500, 12);
  await boardHas(page, 500, 500, 12);
  await draws(page, 'screen', 500, 500, '#0083c7');
  await page.mouse.move(at.x + 32, at.y);
  await draws(page, 'marks', 502, 500, PREVIEW);

  const blank = await page.evaluate((surfaces) => {
    (window as Losable).loseGraphics!(surfaces);
    const g = (document.getElementById('screen') as HTMLCanvasElement).getContext('2d')!;
    return g.getImageData(640, 400, 1, 1).data[3];
  }, surfaces);
  expect(blank).toBe(0);
  await draws(page, 'screen', 500, 500, '#0083c7');
  await draws(page, 'screen', 501, 500, '#ffffff');
  await draws(page, 'marks', 502, 500, PREVIEW);
  expect(await drawnAt(page, 'marks', 510, 500)).toBeNull();
  await context.close();
});

test('a contrast theme leaves the palette its colours', async () => {
  const context = await browser.newContext({ ...DESKTOP, forcedColors: 'active' });
  const page = await open(context, server.url);
  const colours = await page.locator('.swatch span').evaluateAll((all) =>
    all.map((span) => getComputedStyle(span).backgroundColor),
  );
  const named = await page.evaluate(() =>
    window.placed.plane.info!.palette.map(({ rgb }) => {
      const n = Number.parseInt(rgb.slice(1), 16);
      return `rgb(${n >> 16}, ${(n >> 8) & 255}, ${n & 255})`;
    }),
  );
  expect(colours).toEqual(named);
  await context.close();
});
