// SPDX-License-Identifier: ISC
// Moving about by wheel, trackpad, mouse, pen and touch. Needs nothing but the server; about a minute.

import type { BrowserContextOptions, CDPSession, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import {
  boardAt,
  boardHas,
  chooseColour,
  DESKTOP,
  dragTo,
  draws,
  lookAt,
  open,
  pendingCount,
  PHONE,
  version,
  WAIT_MS,
  whereIs,
} from './page';
import { browser, forAll, server } from './scene';

const CTRL = 2;

/** How many animation frames the page asked for. */
type Counting = { asked?: number };

forAll();

async function opened(
  options: BrowserContextOptions = DESKTOP,
  kept: Record<string, string> = {},
): Promise<{ page: Page; cdp: CDPSession; close(): Promise<void> }> {
  const context = await browser.newContext(options);
  await context.addInitScript((kept) => {
    for (const [key, value] of Object.entries(kept)) localStorage.setItem(key, value);
  }, kept);
  const page = await open(context, server.url);
  return { page, cdp: await context.newCDPSession(page), close: () => context.close() };
}

const viewOf = (page: Page) =>
  page.evaluate(() => {
    const { k, x, y } = window.placed.view;
    return { k, x, y };
  });

/** Polls until the scale is this; within so much of it that it is nothing but arithmetic. */
async function scaled(page: Page, k: number): Promise<void> {
  await expect.poll(async () => (await viewOf(page)).k, { timeout: WAIT_MS }).toBeCloseTo(k, 9);
}

describe('the wheel', () => {
  test.each([1, 1.25, 2])('at pixel ratio %f: ten notches in and ten out return exactly', async (ratio) => {
    const { page, close } = await opened({ ...DESKTOP, deviceScaleFactor: ratio });
    await page.mouse.move(431, 277);
    const before = await viewOf(page);
    for (let i = 0; i < 10; i++) await page.mouse.wheel(0, -120);
    // Browsers count a wheel's pixels as those of the device.
    await scaled(page, before.k * 2 ** (2.4 / ratio));
    for (let i = 0; i < 10; i++) await page.mouse.wheel(0, 120);
    await expect.poll(() => viewOf(page), { timeout: WAIT_MS }).toEqual(before);
    await close();
  });

  test('leaves nothing to do when it is over', async () => {
    const { page, close } = await opened();
    await page.evaluate(() => {
      const real = window.requestAnimationFrame.bind(window);
      const counting = window as Counting;
      counting.asked = 0;
      window.requestAnimationFrame = (callback) => {
        counting.asked!++;
        return real(callback);
      };
    });
    const frames = () => page.evaluate(() => (window as Counting).asked!);
    await page.mouse.move(500, 300);
    await page.mouse.wheel(0, -240);
    await expect.poll(frames, { timeout: WAIT_MS }).toBeGreaterThan(0);
    const asked = async () => {
      const before = await frames();
      await page.waitForTimeout(400);
      return (await frames()) - before;
    };
    await expect.poll(asked, { timeout: WAIT_MS }).toBe(0);
    await close();
  });
});

describe('a trackpad', () => {
  test('pinches about the pointer, and the page itself does not zoom', async () => {
    const { page, cdp, close } = await opened();
    await lookAt(page, 500, 500, 8);
    const at = { x: 300, y: 300 };
    const under = await page.evaluate(() => {
      const { k, x } = window.placed.view;
      return (300 - x) / k;
    });
    for (let i = 0; i < 10; i++) {
      const pinch = { type: 'mouseWheel', ...at, deltaX: 0, deltaY: -7, modifiers: CTRL } as const;
      await cdp.send('Input.dispatchMouseEvent', pinch);
    }
    await scaled(page, 8 * Math.exp(0.7));
    const { k, x } = await viewOf(page);
    expect((300 - x) / k).toBeCloseTo(under, 6);
    expect(await page.evaluate(() => window.visualViewport!.scale)).toBe(1);
    await close();
  });

  const swipe = async (cdp: CDPSession) => {
    for (let i = 0; i < 5; i++) {
      const step = { type: 'mouseWheel', x: 600, y: 300, deltaX: 3, deltaY: 5 } as const;
      await cdp.send('Input.dispatchMouseEvent', step);
    }
  };

  test('pans with two fingers, where that was chosen', async () => {
    const { page, cdp, close } = await opened(DESKTOP, { 'placed.wheel': 'pan' });
    await lookAt(page, 500, 500, 8);
    const { k, x, y } = await viewOf(page);
    await swipe(cdp);
    await expect.poll(() => viewOf(page), { timeout: WAIT_MS }).toEqual({ k, x: x - 15, y: y - 25 });
    // A mouse that is there, too, zooms as ever.
    await page.waitForTimeout(500);
    await page.mouse.wheel(0, -100);
    await scaled(page, k * 2 ** 0.2);
    await close();
  });

  test('zooms with two fingers where nothing was chosen', async () => {
    const { page, cdp, close } = await opened();
    await lookAt(page, 500, 500, 8);
    await swipe(cdp);
    await scaled(page, 8 * 2 ** (-25 / 250));
    await close();
  });
});

/** In the page: a quick drag of the mouse to the right, let go in motion; and, if `caught`, pressed again
 * and let go in the same moment. Moves as a hand would, which no message from outside is quick enough
 * for. */
function throwRight(caught: boolean): void {
  const marks = document.getElementById('marks')!;
  const fire = (type: string, clientX: number, buttons: number) => {
    const more = { pointerId: 1, pointerType: 'mouse', clientX, clientY: 300, buttons, bubbles: true };
    marks.dispatchEvent(new PointerEvent(type, more));
  };
  fire('pointerdown', 300, 1);
  for (let i = 1; i <= 6; i++) {
    const until = performance.now() + 12;
    while (performance.now() < until);
    fire('pointermove', 300 + 15 * i, 1);
  }
  fire('pointerup', 390, 0);
  if (!caught) return;
  fire('pointerdown', 390, 1);
  fire('pointerup', 390, 0);
}

describe('a picture that is thrown', () => {
  test('glides on', async () => {
    const { page, close } = await opened();
    await lookAt(page, 500, 500, 8);
    const { x } = await viewOf(page);
    await page.evaluate(throwRight, false);
    const moved = async () => (await viewOf(page)).x - x;
    await expect.poll(moved, { timeout: WAIT_MS }).toBeGreaterThan(150);
    await close();
  });

  test('is stopped by a press, which places nothing', async () => {
    const { page, close } = await opened();
    await chooseColour(page, 'black');
    await lookAt(page, 500, 500, 8);
    const { x } = await viewOf(page);
    const before = await version(page);
    await page.evaluate(throwRight, true);
    await page.waitForTimeout(500);
    expect((await viewOf(page)).x - x).toBe(90);
    expect(await pendingCount(page)).toBe(0);
    expect(await version(page)).toBe(before);
    await close();
  });

  test('stays where it is for people who do not want things to move', async () => {
    const { page, close } = await opened({ ...DESKTOP, reducedMotion: 'reduce' });
    await lookAt(page, 500, 500, 8);
    const { x } = await viewOf(page);
    await page.evaluate(throwRight, false);
    await page.waitForTimeout(300);
    expect((await viewOf(page)).x - x).toBe(90);
    await close();
  });
});

describe('a mouse', () => {
  test('may tremble by four pixels, and clicks on what was under it when it was pressed', async () => {
    const { page, close } = await opened();
    await chooseColour(page, 'black');
    const at = await lookAt(page, 610, 610, 8);
    await page.mouse.move(at.x, at.y);
    await Promise.all([dragTo(page, at.x + 4, at.y), page.mouse.up()]);
    await boardHas(page, 610, 610, 3);
    await close();
  });

  test('takes the colour under it with the right button, and places nothing', async () => {
    await server.edit(620, 620, 12);
    const { page, close } = await opened();
    await boardHas(page, 620, 620, 12);
    const at = await lookAt(page, 620, 620, 16);
    await page.mouse.click(at.x, at.y, { button: 'right' });
    const chosen = () => page.locator('.swatch input:checked').getAttribute('aria-label');
    await expect.poll(chosen, { timeout: WAIT_MS }).toBe('blue');
    expect(await pendingCount(page)).toBe(0);
    await close();
  });

  test('drags on when it leaves the window', async () => {
    const { page, close } = await opened();
    const at = await lookAt(page, 500, 500, 8);
    await page.mouse.move(at.x, at.y);
    await dragTo(page, at.x, 100);
    await page.mouse.move(at.x, -200);
    await page.waitForTimeout(150);
    await page.mouse.up();
    expect((await whereIs(page, 500, 500)).y).toBeCloseTo(-200, 6);
    await close();
  });
});

test('a pen hovers, clicks and pans as a mouse does', async () => {
  const { page, cdp, close } = await opened();
  await chooseColour(page, 'red');
  const at = await lookAt(page, 640, 640, 16);
  const pen = (type: 'mouseMoved' | 'mousePressed' | 'mouseReleased', x: number, buttons: number) =>
    cdp.send('Input.dispatchMouseEvent', {
      type,
      x,
      y: at.y,
      buttons,
      button: type === 'mouseMoved' && buttons === 0 ? 'none' : 'left',
      clickCount: 1,
      pointerType: 'pen',
    });
  await pen('mouseMoved', at.x, 0);
  await expect.poll(() => page.textContent('#where'), { timeout: WAIT_MS }).toMatch(/^640, 640/);
  await Promise.all([pen('mousePressed', at.x, 1), pen('mouseReleased', at.x, 0)]);
  await boardHas(page, 640, 640, 5);
  await Promise.all([pen('mousePressed', at.x, 1), pen('mouseMoved', at.x + 50, 1)]);
  await page.waitForTimeout(150);
  await pen('mouseReleased', at.x + 50, 0);
  expect((await whereIs(page, 640, 640)).x).toBeCloseTo(at.x + 50, 6);
  await close();
});

describe('fingers', () => {
  const touch = (cdp: CDPSession, type: 'touchStart' | 'touchMove' | 'touchEnd' | 'touchCancel', ...points: [number, number][]) =>
    cdp.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });

  test('that pinch and come back leave the view as it was', async () => {
    const { page, cdp, close } = await opened(PHONE);
    await lookAt(page, 300, 300, 8);
    const before = await viewOf(page);
    await touch(cdp, 'touchStart', [150, 400], [250, 400]);
    for (const d of [10, 25, 60, 80, 60, 25, 10, 0]) {
      await touch(cdp, 'touchMove', [150 - d, 400 - d], [250 + d, 400 + d / 2]);
    }
    await touch(cdp, 'touchEnd');
    const after = await viewOf(page);
    expect(after.k).toBeCloseTo(before.k, 9);
    expect(Math.hypot(after.x - before.x, after.y - before.y)).toBeLessThan(1e-6);
    await close();
  });

  test('of which a second one comes hold nothing any more: no card, no pixel', async () => {
    const { page, cdp, close } = await opened(PHONE);
    await page.locator('.swatch').nth(5).tap();
    const at = await lookAt(page, 320, 320, 16);
    const before = await version(page);
    const first = touch(cdp, 'touchStart', [at.x, at.y]);
    await Promise.all([first, touch(cdp, 'touchStart', [at.x, at.y], [at.x + 80, at.y])]);
    await page.waitForTimeout(600);
    await touch(cdp, 'touchEnd');
    expect(await page.locator('#card').count()).toBe(0);
    expect(await page.locator('#place').isVisible()).toBe(false);
    expect(await version(page)).toBe(before);
    await close();
  });

  test('that the browser takes away tap nothing', async () => {
    const { page, cdp, close } = await opened(PHONE);
    await page.locator('.swatch').nth(5).tap();
    const at = await lookAt(page, 330, 330, 16);
    await Promise.all([touch(cdp, 'touchStart', [at.x, at.y]), touch(cdp, 'touchCancel')]);
    await page.waitForTimeout(300);
    expect(await page.locator('#place').isVisible()).toBe(false);
    expect(await boardAt(page, 330, 330)).toBe(0);
    await close();
  });
});

test('where frames come late the view is drawn coarsely while it moves, and sharply at rest', async () => {
  const { page, close } = await opened({ ...DESKTOP, deviceScaleFactor: 2 });
  await server.edit(500, 500, 12);
  await boardHas(page, 500, 500, 12);
  await page.evaluate(() => {
    const real = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (callback) =>
      real((now) => {
        callback(now);
        const until = performance.now() + 40;
        while (performance.now() < until);
      });
  });
  const at = await lookAt(page, 500, 500, 16);
  await page.mouse.move(at.x, at.y);
  const coarse = () => page.locator('canvas:not([id])').count();
  const zoomed = async () => {
    await page.mouse.wheel(0, -100);
    await page.mouse.wheel(0, 100);
    return coarse();
  };
  await expect.poll(zoomed, { timeout: WAIT_MS }).toBeGreaterThan(0);
  const shown = () =>
    page.evaluate(() => {
      const opacity = (id: string) => document.getElementById(id)!.style.opacity;
      const canvas = document.querySelector<HTMLElement>('main > canvas:not([id])')!;
      return [opacity('screen'), opacity('marks'), canvas.style.visibility];
    });
  await expect.poll(shown, { timeout: WAIT_MS }).toEqual(['', '', 'hidden']);
  await draws(page, 'screen', 500, 500, '#0083c7');
  await draws(page, 'screen', 501, 500, '#ffffff');
  await close();
});
