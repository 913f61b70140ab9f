// SPDX-License-Identifier: ISC
// A browser and what the tests ask of a page. Every wait here has an end.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import type { Edit } from '../src/core/edit';
import { MAX_EDITS } from '../src/core/protocol';
import type { Handle } from '../src/main';

declare global {
  interface Window {
    placed: Handle;
    /** Set by a test; gone if the page was loaded again. */
    sameLoad?: boolean;
    /** What keepWords() has kept. */
    said?: string[];
  }
}

/** Long: a machine may be busy with much else. What is there is not waited for. */
export const WAIT_MS = 40_000;
const LOOK_MS = 40;

/** Reads until it is this (or matches it), for a while; then fails with what it was at the end. */
async function until<T>(read: () => Promise<T>, expected: T | RegExp): Promise<void> {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const value = await read();
    if (expected instanceof RegExp ? expected.test(String(value)) : value === expected) return;
    if (Date.now() > end) assert.deepEqual(value, expected);
    await sleep(LOOK_MS);
  }
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    timeout: 40_000,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export const DESKTOP = { viewport: { width: 1280, height: 800 } };
export const PHONE = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 3,
  hasTouch: true,
  isMobile: true,
};

/** Opens the page and waits until it is live. */
export async function open(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  await page.goto(url);
  await live(page);
  await page.evaluate(() => (window.sameLoad = true));
  return page;
}

export const version = (page: Page) => page.evaluate(() => window.placed.client.sync.version);

async function isIn(page: Page, kind: string): Promise<void> {
  // The page shows its picture before the script with the handle has come.
  const state = () => page.evaluate(() => window.placed?.client.sync.state.kind ?? 'not loaded');
  await until<string>(state, kind);
}

export const live = (page: Page) => isIn(page, 'live');
export const lost = (page: Page) => isIn(page, 'lost');

/** As when another tab is in front, or this one again. */
export const hide = (page: Page, hidden: boolean) =>
  page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);

/** From now on, everything is kept that an element says. */
export const keepWords = (page: Page, id: string) =>
  page.evaluate((id) => {
    const said: string[] = [];
    const element = document.getElementById(id)!;
    const note = () => said.push(element.textContent!);
    new MutationObserver(note).observe(element, { childList: true, characterData: true, subtree: true });
    window.said = said;
  }, id);

/** What was kept. */
export const wordsSaid = (page: Page) => page.evaluate(() => window.said!);

/** Presses "Try now", be it that the page has just tried by itself. */
export const tryNow = (page: Page) =>
  page.evaluate(() => document.getElementById('try-now')!.click());

/** The page is the one that was opened, never loaded again. */
export async function sameLoad(page: Page): Promise<void> {
  assert.equal(await page.evaluate(() => window.sameLoad), true, 'the page was loaded again');
}

export async function text(page: Page, selector: string, expected: string | RegExp): Promise<void> {
  const read = () => page.locator(selector).innerText();
  await until<string>(read, expected);
}

/** The colour that the board has at a cell; null until the page has its first picture. */
export const boardAt = (page: Page, x: number, y: number) =>
  page.evaluate(([x, y]) => window.placed?.client.board?.at(x, y) ?? null, [x, y] as const);

export async function boardHas(page: Page, x: number, y: number, colour: number): Promise<void> {
  await until(() => boardAt(page, x, y), colour);
}

/** How many own pixels the log has not confirmed, those included that wait for a second click. */
export const pendingCount = (page: Page) => page.evaluate(() => window.placed.pending().length);

/** So many own pixels are on their way. */
export async function sent(page: Page, count: number): Promise<void> {
  await until(() => page.evaluate(() => [...window.placed.plane.pending()].length), count);
}

export async function settled(page: Page): Promise<void> {
  await until(() => pendingCount(page), 0);
}

/** No flight is under way, nor just over: a click counts. */
export async function still(page: Page): Promise<void> {
  await until(() => page.evaluate(() => window.placed.settled), true);
}

/** The canvases around a cell are live: nothing is in the way of placing on it. */
export async function canPlace(page: Page, x: number, y: number): Promise<void> {
  const obstacle = () =>
    page.evaluate(
      ([x, y]) =>
        [-99, 99]
          .flatMap((dx) => [-99, 99].map((dy) => window.placed.plane.obstacle({ x: x + dx, y: y + dy })))
          .join(''),
      [x, y] as const,
    );
  await until(obstacle, '');
}

/** No picture of a canvas is awaited. */
export async function drawn(page: Page): Promise<void> {
  await until(() => page.evaluate(() => window.placed.complete), true);
}

/** Puts a cell into the middle of the window at this scale; returns where its middle is. */
export async function lookAt(page: Page, x: number, y: number, k: number) {
  await page.evaluate(([x, y, k]) => window.placed.lookAt(x, y, k), [x, y, k] as const);
  return whereIs(page, x, y);
}

/** Where on the screen the middle of a cell is. */
export const whereIs = (page: Page, x: number, y: number) =>
  page.evaluate(
    ([x, y]) => {
      const view = window.placed.view;
      return { x: view.x + (x + 0.5) * view.k, y: view.y + (y + 0.5) * view.k };
    },
    [x, y] as const,
  );

/** The colour, as #rrggbb, that a canvas shows near the corner of a cell; null where transparent. */
export const drawnAt = (page: Page, canvas: 'screen' | 'marks', x: number, y: number) =>
  page.evaluate(
    ([canvas, x, y]) => {
      const { view } = window.placed;
      const g = (document.getElementById(canvas) as HTMLCanvasElement).getContext('2d')!;
      const at = (v: number, offset: number) =>
        Math.floor((offset + (v + 0.1) * view.k) * devicePixelRatio);
      const [r, g_, b, a] = g.getImageData(at(x, view.x), at(y, view.y), 1, 1).data;
      if (a === 0) return null;
      return '#' + [r!, g_!, b!].map((v) => v.toString(16).padStart(2, '0')).join('');
    },
    [canvas, x, y] as const,
  );

/** What would be painted in blue is half transparent, which the canvas keeps multiplied, and so rounded. */
export const PREVIEW = /^#008[2-4]c[5-8]$/;

export async function draws(
  page: Page,
  canvas: 'screen' | 'marks',
  x: number,
  y: number,
  rgb: string | RegExp | null,
): Promise<void> {
  await until<string | null>(() => drawnAt(page, canvas, x, y), rgb);
}

const MESSAGES_AT_A_TIME = 16;

/** Presses the mouse and moves on at once: on a busy machine, a press that waits for the move is a hold. */
export async function dragTo(page: Page, x: number, y: number, steps = 1): Promise<void> {
  await Promise.all([page.mouse.down(), page.mouse.move(x, y, { steps })]);
}

/** Many edits through the page, as somebody with a very quick hand would; waits until all are in. */
export async function paint(page: Page, edits: readonly Edit[]): Promise<void> {
  const some = MAX_EDITS * MESSAGES_AT_A_TIME;
  for (let i = 0; i < edits.length; i += some) {
    await page.evaluate(
      ([edits, most]) => {
        for (let j = 0; j < edits.length; j += most) {
          window.placed.plane.place(edits.slice(j, j + most));
        }
      },
      [edits.slice(i, i + some), MAX_EDITS] as const,
    );
    await settled(page);
  }
}

/** The checksum of what a page has on its board. */
export const boardSum = (page: Page) => page.evaluate(() => window.placed.client.board!.sum());

export async function chooseColour(page: Page, name: string): Promise<void> {
  await page.getByRole('radio', { name, exact: true }).check({ force: true });
}
