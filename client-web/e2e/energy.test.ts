// SPDX-License-Identifier: ISC
// How much one may draw: what the page shows of it, and what it does not send.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  boardAt,
  boardHas,
  chooseColour,
  DESKTOP,
  hide,
  launch,
  live,
  lookAt,
  open,
  pendingCount,
  PHONE,
  settled,
  text,
  version,
  whereIs,
  wordsSaid,
} from './page';
import { onServer, Server } from './server';

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});

afterAll(() => browser?.close());

/** Places at a cell and waits until the log has it. */
async function place(page: Page, x: number, y: number, colour: number): Promise<void> {
  const at = await whereIs(page, x, y);
  await page.mouse.click(at.x, at.y);
  await boardHas(page, x, y, colour);
  await settled(page);
}

/** From now on, all texts are kept that are drawn on a canvas. */
const keepLabels = (page: Page) =>
  page.evaluate(() => {
    const said: string[] = [];
    const { prototype } = CanvasRenderingContext2D;
    const { fillText } = prototype;
    prototype.fillText = function (label, ...rest) {
      said.push(label);
      fillText.call(this, label, ...rest);
    };
    window.said = said;
  });

const meter = (page: Page) => page.locator('#energy').getAttribute('aria-valuetext');

describe('four pixels on blank ground, or two', () => {
  let server: Server;

  // A minute and more for each: that none of them comes back while a test looks.
  beforeAll(async () => {
    server = await Server.start('--energy', '400000/100000/200000');
  });

  afterAll(() => server?.remove());

  test('the bar has a part for each, and the cell under the pointer shows what it costs', async () => {
    const context = await browser.newContext(DESKTOP);
    const page = await open(context, server.url);
    await page.locator('#energy').waitFor();
    expect(await page.locator('#energy .notch').count()).toBe(1);
    await expect.poll(() => meter(page)).toBe('2 of 2 pixels');
    expect(await page.locator('#energy-time').isVisible()).toBe(false);
    await chooseColour(page, 'red');
    const at = await lookAt(page, 100, 100, 16);
    await page.mouse.move(at.x, at.y);
    const share = () => page.locator('#energy .cost').evaluate((cost) => (cost as HTMLElement).style.width);
    await expect.poll(share).toBe('25%');
    await place(page, 100, 100, 5);
    // What has that colour already costs nothing.
    await expect.poll(share).toBe('0%');
    await page.keyboard.press('Shift+Digit5');
    await expect.poll(share).toBe('50%');
    await context.close();
  });

  test('when it is used up, the page says when the next one goes and sends nothing', async () => {
    const context = await browser.newContext(DESKTOP);
    const page = await open(context, server.url);
    await chooseColour(page, 'red');
    await lookAt(page, 200, 200, 16);
    for (let x = 200; x < 204; x++) await place(page, x, 200, 5);
    const beside = await whereIs(page, 204, 200);
    await page.mouse.move(beside.x, beside.y);
    await text(page, '#energy-time', /^[01]:[0-5]\d$/);
    await expect.poll(() => page.title()).toMatch(/^[01]:[0-5]\d · placed$/);
    const before = await version(page);
    await page.mouse.click(beside.x, beside.y);
    await text(page, '#hint-text', /^Next pixel in [01]:[0-5]\d$/);
    expect(await pendingCount(page)).toBe(0);
    expect(await page.locator('#palette').getAttribute('data-dimmed')).toBeNull();
    await page.waitForTimeout(500);
    expect(await version(page)).toBe(before);
    expect(await boardAt(page, 204, 200)).toBe(0);
    expect(await page.locator('#undo').isVisible()).toBe(false);
    // Another page of the same browser knows it, too.
    const other = await open(context, server.url);
    await expect.poll(() => meter(other)).toBe('0 of 2 pixels');
    await context.close();
  });

  test('a line reaches as far as the energy', async () => {
    const context = await browser.newContext(DESKTOP);
    const page = await open(context, server.url);
    await page.locator('#energy').waitFor();
    await chooseColour(page, 'red');
    const from = await lookAt(page, 300, 300, 16);
    const to = await whereIs(page, 310, 300);
    await page.mouse.move(from.x, from.y);
    await page.keyboard.down('Shift');
    await page.mouse.down();
    await keepLabels(page);
    await page.mouse.move(to.x, to.y, { steps: 5 });
    // What it costs is said at the pointer: four of the four that there are on blank ground.
    await expect.poll(async () => (await wordsSaid(page)).at(-1)).toBe('4 of 4');
    await page.mouse.up();
    await page.keyboard.up('Shift');
    await boardHas(page, 303, 300, 5);
    await settled(page);
    expect(await boardAt(page, 304, 300)).toBe(0);
    await expect.poll(() => meter(page)).toBe('0 of 2 pixels');
    await context.close();
  });

  test('the Place button counts, and counts down', async () => {
    const context = await browser.newContext(PHONE);
    const page = await open(context, server.url);
    await page.locator('#energy').waitFor();
    await page.locator('.swatch').nth(5).tap();
    await lookAt(page, 500, 500, 16);
    for (let left = 4; left > 0; left--) {
      const at = await whereIs(page, 500 + left, 500);
      await page.touchscreen.tap(at.x, at.y);
      await text(page, '#place', `Place · 1 of ${left}`);
      await page.locator('#place').tap();
      await boardHas(page, 500 + left, 500, 5);
      await settled(page);
    }
    const at = await whereIs(page, 500, 500);
    await page.touchscreen.tap(at.x, at.y);
    await text(page, '#place', /^Next pixel in [01]:[0-5]\d$/);
    expect(await page.locator('#place').isDisabled()).toBe(true);
    await context.close();
  });

  test('taking back costs, and says so', async () => {
    const context = await browser.newContext(DESKTOP);
    const page = await open(context, server.url);
    await page.locator('#energy').waitFor();
    await chooseColour(page, 'red');
    await lookAt(page, 600, 600, 16);
    await place(page, 600, 600, 5);
    await page.getByRole('button', { name: 'Undo for 1 pixel' }).click();
    await text(page, '#hint-text', 'Undone, for 1 pixel of energy');
    await boardHas(page, 600, 600, 0);
    await expect.poll(() => meter(page)).toBe('0 of 2 pixels');
    await context.close();
  });

  test('pages without a WebSocket know it as well', async () => {
    const context = await browser.newContext(DESKTOP);
    const page = await open(context, `${server.url}?transport=poll`);
    await page.locator('#energy').waitFor();
    await chooseColour(page, 'red');
    await lookAt(page, 700, 700, 16);
    for (let x = 700; x < 704; x++) await place(page, x, 700, 5);
    const beside = await whereIs(page, 704, 700);
    await page.mouse.click(beside.x, beside.y);
    await text(page, '#hint-text', /^Next pixel in [01]:[0-5]\d$/);
    await context.close();
  });
});

test('what is full again is not counted any more, and nothing is drawn then', async () => {
  await onServer(['--energy', '2500/2500/2500'], async (server) => {
    const context = await browser.newContext(DESKTOP);
    const page = await open(context, server.url);
    await page.locator('#energy').waitFor();
    await chooseColour(page, 'red');
    await lookAt(page, 100, 100, 16);
    await place(page, 100, 100, 5);
    const time = page.locator('#energy-time');
    await time.waitFor({ state: 'hidden' });
    await expect.poll(() => page.title()).toBe('placed');
    await expect.poll(() => meter(page)).toBe('1 of 1 pixels');
    await place(page, 101, 100, 5);
    // Full again; from then on the page is still.
    await expect
      .poll(() => page.locator('#energy .have').evaluate((have) => (have as HTMLElement).style.width))
      .toBe('100%');
    await page.locator('#undo').waitFor({ state: 'hidden' });
    const changes = await page.evaluate(async () => {
      const seen: string[] = [];
      const watch = new MutationObserver((records) => {
        for (const { target, type, attributeName } of records) {
          seen.push(`${(target as Element).id || (target as Element).className} ${attributeName ?? type}`);
        }
      });
      watch.observe(document.getElementById('dock')!, {
        subtree: true,
        attributes: true,
        characterData: true,
        childList: true,
      });
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      return seen;
    });
    expect(changes).toEqual([]);
    await context.close();
  });
});

test('where nothing is counted, nothing is shown and nobody gets an identity', async () => {
  await onServer([], async (server) => {
    const context = await browser.newContext(DESKTOP);
    const page = await context.newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(server.url);
    await live(page);
    await chooseColour(page, 'red');
    await lookAt(page, 100, 100, 16);
    await place(page, 100, 100, 5);
    await page.locator('#undo').waitFor();
    expect(await page.locator('#undo').innerText()).toBe('Undo');
    expect(await page.locator('#energy:visible, #energy-time:visible').count()).toBe(0);
    expect(await page.title()).toBe('placed');
    expect(asked).not.toContain('/identity');
    expect(await context.cookies()).toEqual([]);
    await context.close();
  });
});

/** A browser that asks nobody, and whose sounds and notifications are counted. */
const listenIn = (page: Page, answer: NotificationPermission) =>
  page.addInitScript((answer) => {
    window.said = [];
    const say = (words: string) => window.said!.push(words);
    class Told extends EventTarget {
      static permission: NotificationPermission = 'default';
      static async requestPermission() {
        say('asked');
        return (Told.permission = answer);
      }
      constructor(title: string) {
        super();
        say(title);
      }
      close() {}
    }
    class Context {
      state = 'running';
      currentTime = 0;
      destination = {};
      async resume() {}
    }
    class Node {
      gain = { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} };
      connect = (to: unknown) => to;
      start = () => say('note');
      stop = () => {};
    }
    Object.assign(window, { Notification: Told, AudioContext: Context, OscillatorNode: Node, GainNode: Node });
  }, answer);

describe('that it is full', () => {
  let server: Server;

  beforeAll(async () => {
    server = await Server.start('--energy', '6000/6000/6000');
  });

  afterAll(() => server?.remove());

  const entry = (page: Page, id: string) => page.locator(`#menu-panel [data-id="${id}"]`);
  const told = (page: Page) => page.evaluate(() => window.said!);
  const full = (page: Page) => expect.poll(() => meter(page)).toBe('1 of 1 pixels');

  test('is told by sound and notification to who asked for it, and nobody is asked before', async () => {
    const context = await browser.newContext(DESKTOP);
    const page = await context.newPage();
    await listenIn(page, 'granted');
    await page.goto(server.url);
    await live(page);
    await chooseColour(page, 'red');
    await lookAt(page, 100, 100, 16);
    await place(page, 100, 100, 5);
    await text(page, '#energy-time', /^0:0\d$/);
    await full(page);
    expect(await told(page)).toEqual([]);

    await page.click('#menu');
    await entry(page, 'notify').click();
    await expect.poll(() => entry(page, 'notify').getAttribute('aria-checked')).toBe('true');
    await entry(page, 'sound').click();
    await expect.poll(() => entry(page, 'sound').getAttribute('aria-checked')).toBe('true');
    // What it will sound like.
    await expect.poll(() => told(page)).toEqual(['asked', 'note', 'note']);
    await page.keyboard.press('Escape');

    await lookAt(page, 100, 100, 16);
    await place(page, 101, 100, 5);
    await hide(page, true);
    const sorted = async () => (await told(page)).sort();
    await expect.poll(sorted).toEqual(['You can draw again', 'asked', 'note', 'note', 'note', 'note']);
    await hide(page, false);
    await full(page);
    // Both are still chosen at the next visit, and nothing is asked again.
    await page.reload();
    await live(page);
    await page.click('#menu');
    expect(await entry(page, 'sound').getAttribute('aria-checked')).toBe('true');
    expect(await told(page)).toEqual([]);
    await context.close();
  });

  test('cannot be told where the browser denies it, and the page says so', async () => {
    const context = await browser.newContext(DESKTOP);
    const page = await context.newPage();
    await listenIn(page, 'denied');
    await page.goto(server.url);
    await live(page);
    await page.locator('#energy').waitFor();
    await page.click('#menu');
    await entry(page, 'notify').click();
    await text(page, '#hint-text', /^This browser blocks notifications/);
    expect(await entry(page, 'notify').getAttribute('aria-checked')).toBe('false');
    await context.close();
  });
});

test('where nothing is counted, there are no switches for when it is full', async () => {
  await onServer([], async (server) => {
    const context = await browser.newContext(DESKTOP);
    const page = await open(context, server.url);
    await page.click('#menu');
    await page.locator('#menu-panel').waitFor();
    expect(await page.locator('#menu-panel [data-id="sound"], #menu-panel [data-id="notify"]').count()).toBe(0);
    await context.close();
  });
});
