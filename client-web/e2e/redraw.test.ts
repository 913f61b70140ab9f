// SPDX-License-Identifier: ISC
// Of what others paint only what changed is drawn again: to the last bit what all of it would look like.

import { expect, test } from 'vitest';
import type { Edit } from '../src/core/edit';
import { drawn, open, paint } from './page';
import { browser, forAll, server } from './scene';

forAll('--plane', '2x1', '--message-rate', '0');

declare global {
  interface Window {
    /** How many parts of the window's picture were drawn by themselves. */
    partsDrawn?: number;
    /** What it looked like. */
    looked?: Uint8ClampedArray;
  }
}

/** Within and across the edge between two canvases, at the plane's edge, small and large. */
const VIEWS = [
  { k: 1.31, x: -700.3, y: -120.7 },
  { k: 2.4, x: -2_100.2, y: 35.4 },
  { k: 0.83, x: -300, y: -20 },
  { k: 6.27, x: -6_000.9, y: -900.1 },
  { k: 19.4, x: 60.3, y: 70.8 },
  { k: 0.31, x: 20.5, y: 60.5 },
];

test.each([1, 1.5, 2, 3])('at pixel ratio %f what is drawn in parts is as if all were drawn', async (ratio) => {
  const context = await browser.newContext({ viewport: { width: 640, height: 480 }, deviceScaleFactor: ratio });
  await context.addInitScript(() => {
    const { rect } = CanvasRenderingContext2D.prototype;
    window.partsDrawn = 0;
    CanvasRenderingContext2D.prototype.rect = function (this: CanvasRenderingContext2D, ...all) {
      if (this.canvas.id === 'screen' && all[3] < this.canvas.height) window.partsDrawn!++;
      rect.apply(this, all);
    };
  });
  const page = await open(context, server.url);
  const painter = await open(context, server.url);
  let colour = Math.round(4 * ratio);
  for (const view of VIEWS) {
    await page.bringToFront();
    await page.evaluate((view) => window.placed.show(view), view);
    await drawn(page);
    const look = () =>
      page.evaluate(async () => {
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        const { width, height } = document.getElementById('screen') as HTMLCanvasElement;
        const g = (document.getElementById('screen') as HTMLCanvasElement).getContext('2d')!;
        const before = window.looked;
        const now = (window.looked = g.getImageData(0, 0, width, height).data);
        if (before?.length !== now.length) return -1;
        let n = 0;
        now.forEach((v, i) => v !== before[i] && n++);
        return n;
      });
    await look();
    const edits: Edit[] = [];
    colour = (colour % 15) + 1;
    const [left, top] = [Math.max(0, Math.floor(-view.x / view.k)), Math.max(0, Math.floor(-view.y / view.k))];
    const right = Math.min(1999, Math.floor((640 - view.x) / view.k));
    const bottom = Math.min(999, Math.floor((480 - view.y) / view.k));
    for (let i = 0, n = 7 + colour; i < 40; i++, n = (n * 48271) % 0x7fffffff) {
      const across = i % 5 === 0 && left < 1000 && right > 1000 ? 999 + (i % 2) : null;
      const x = across ?? left + (n % (right - left + 1));
      edits.push({ x, y: top + ((n >> 8) % (bottom - top + 1)), colour: (colour + i) % 16 });
    }
    await page.evaluate(() => (window.partsDrawn = 0));
    await paint(painter, edits);
    const cells = [...new Map(edits.map((edit) => [`${edit.x},${edit.y}`, edit])).values()];
    await expect
      .poll(() => page.evaluate((cells) => cells.map(({ x, y }) => window.placed.clientOf(x, y)?.board?.at(x % 1000, y)), cells))
      .toEqual(cells.map(({ colour }) => colour));
    // What others painted may wait for a moment before it is drawn; with an own pixel all of it is. While the
    // view comes to rest, which may take a busy machine a while, it is drawn with the whole of it.
    let own = colour;
    await expect
      .poll(async () => {
        await paint(page, [{ x: left, y: top, colour: own }]);
        own = (own % 15) + 1;
        await look();
        return page.evaluate(() => window.partsDrawn);
      })
      .toBeGreaterThan(0);
    await page.evaluate(() => (window.partsDrawn = 0));
    await page.evaluate(() => window.placed.show({ ...window.placed.view }));
    expect([view.k, await look()]).toEqual([view.k, 0]);
    expect(await page.evaluate(() => window.partsDrawn)).toBe(0);
  }
  await context.close();
});
