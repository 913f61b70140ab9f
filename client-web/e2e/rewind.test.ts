// SPDX-License-Identifier: ISC
// Rewind on a canvas of two blocks and a tail, against a fold of its own.

import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Edit } from '../src/core/edit';
import { evening } from './art';
import { DESKTOP, drawnAt, draws, launch, lookAt, open, paint, PHONE, text, WAIT_MS, whereIs } from './page';
import { pastSum, recorded, Recording, sha256 } from './recorder';
import { Server } from './server';

const BLOCK_EDITS = 65_536;
const TARGET = 44;
const RED = 5;

let browser: Browser;
let server: Server;
let painters: BrowserContext;
let recording: Recording;
let context: BrowserContext;
let page: Page;
let errors: string[];

/** Stripes that differ from round to round, so that no two versions look the same. */
function stripes(round: number, rows: number): Edit[] {
  const edits: Edit[] = [];
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < 512; x++) edits.push({ x, y: 700 + y, colour: 1 + ((x + y + 5 * round) % 15) });
  }
  return edits;
}

beforeAll(async () => {
  // Small records, and many of them.
  server = await Server.start('--batch-ms', '20', '--tick-ms', '20');
  browser = await launch();
  painters = await browser.newContext(DESKTOP);
  const painter = await open(painters, server.url);
  await paint(painter, evening());
  for (let round = 0; round < 8; round++) await paint(painter, stripes(round, 24));
  recording = await recorded(server);
  expect(recording.edits(recording.newest)).toBeGreaterThan(2 * BLOCK_EDITS);
  expect(recording.edits(recording.newest)).toBeLessThan(3 * BLOCK_EDITS);
  await painter.close();
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await server?.remove();
});

beforeEach(async () => {
  errors = [];
});

afterEach(async () => {
  await context?.close();
  expect(errors).toEqual([]);
});

async function visit(hash = '', options: object = DESKTOP): Promise<void> {
  context = await browser.newContext(options);
  page = await open(context, server.url + hash);
  page.on('pageerror', (error) => errors.push(error.message));
}

const settled = () => page.evaluate(() => window.placed.past?.rewind.settled === true);
const moment = () => page.evaluate(() => window.placed.past?.rewind.moment ?? null);

async function settles(): Promise<void> {
  await expect.poll(settled, { timeout: WAIT_MS }).toBe(true);
}

/** Rewind shows this version, to the last pixel. */
async function shows(version: number): Promise<void> {
  await expect.poll(moment, { timeout: WAIT_MS }).toBe(version);
  await settles();
  expect(await pastSum(page)).toBe(sha256(recording.indices(version)));
}

async function rewind(): Promise<void> {
  await page.locator('#rewind').click();
  await settles();
}

const goTo = (version: number) => page.evaluate((v) => window.placed.past!.rewind.goTo(v), version);

/** A version near this part of all records. */
const versionAt = (part: number): number =>
  recording.versions[Math.floor(part * (recording.versions.length - 1))]!;

test('any version, in any order, is the fold of the log up to it', async () => {
  await visit();
  await rewind();
  await shows(recording.newest);
  for (const part of [0.9, 0.1, 0.5, 0.45, 0.55, 1, 0, 0.7, 0.2]) {
    const version = versionAt(part);
    await goTo(version);
    await shows(version);
  }
  await goTo(0);
  await shows(0);
});

test('the screen shows it, at the view that there was', async () => {
  await visit();
  await lookAt(page, 500, 500, 4);
  const view = () => page.evaluate(() => window.placed.view);
  const before = await view();
  const colour = await page.evaluate(
    (i) => window.placed.plane.info!.palette[i!]!.rgb,
    recording.indices(recording.newest)[480 * 1000 + 480],
  );
  expect(colour).not.toBe('#ffffff');
  await draws(page, 'screen', 480, 480, colour);
  await rewind();
  await goTo(0);
  await draws(page, 'screen', 480, 480, '#ffffff');
  expect(await view()).toEqual(before);
  // Pan and zoom as ever.
  await page.keyboard.press('+');
  await expect.poll(async () => (await view()).k).toBe(8);
  await page.keyboard.press('Escape');
  await draws(page, 'screen', 480, 480, colour);
});

test('where all of the canvas was shown, all of it is above the timeline', async () => {
  await visit();
  await page.keyboard.press('0');
  await rewind();
  const hidden = () =>
    page.evaluate(() => {
      const { k, y } = window.placed.view;
      return Math.max(0, y + 1000 * k - document.getElementById('timeline')!.getBoundingClientRect().top);
    });
  await expect.poll(hidden).toBe(0);
  await page.keyboard.press('Escape');
});

test('a drag inside a block shows versions of it, and makes no request', async () => {
  await visit();
  await rewind();
  const inside = recording.versions.filter((v) => {
    const edits = recording.edits(v);
    return edits > BLOCK_EDITS * 1.1 && edits < BLOCK_EDITS * 1.9;
  });
  await goTo(inside[0]!);
  await shows(inside[0]!);
  const requests: string[] = [];
  page.on('request', (request) => requests.push(new URL(request.url()).pathname));
  const slider = (await page.locator('#moment-slider').boundingBox())!;
  const place = (version: number) =>
    page.evaluate((v) => window.placed.past!.rewind.shown!.axis!.placeOf(v), version);
  const x = async (version: number) => slider.x + 12 + (slider.width - 24) * (await place(version));
  const [from, to] = [await x(inside[0]!), await x(inside.at(-1)!)];
  await page.mouse.move(from, slider.y + 22);
  await page.mouse.down();
  const seen = new Set<number>();
  for (let i = 0; i <= 30; i++) {
    await page.mouse.move(from + ((to - from) * i) / 30, slider.y + 22);
    seen.add((await moment())!);
  }
  await page.mouse.up();
  expect(seen.size).toBeGreaterThan(Math.min(8, inside.length - 3));
  const last = (await moment())!;
  await shows(last);
  expect(Math.abs(recording.edits(last) - recording.edits(inside.at(-1)!))).toBeLessThan(12_000);
  expect(requests.filter((path) => /\.(bin|png)$/.test(path))).toEqual([]);
});

test('keys: records, ends, and back to now', async () => {
  await visit();
  await page.keyboard.press('r');
  await settles();
  await page.keyboard.press('Home');
  await shows(0);
  await page.keyboard.press('ArrowRight');
  const first = (await moment())!;
  expect(first).toBeGreaterThan(0);
  await shows(first);
  await page.keyboard.press('Shift+ArrowRight');
  const eleventh = (await moment())!;
  expect(eleventh).toBeGreaterThan(first);
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect.poll(moment).toBe(0);
  await page.keyboard.press('End');
  await shows(recording.newest);
  const slider = page.locator('#moment-slider');
  expect(await slider.getAttribute('aria-valuetext')).toMatch(
    new RegExp(`\\d.*, version ${recording.newest.toLocaleString('en-US')}$`),
  );
  expect(await page.evaluate(() => document.activeElement!.id)).toBe('moment-slider');
  // Keys that would draw say nothing and do nothing.
  await page.keyboard.press('Enter');
  await page.keyboard.press('3');
  expect(await page.evaluate(() => window.placed.pending().length)).toBe(0);
  await page.keyboard.press('Escape');
  await expect.poll(moment).toBeNull();
  expect(await page.locator('#timeline').isVisible()).toBe(false);
  expect(await page.locator('#palette').isVisible()).toBe(true);
  expect(await page.evaluate(() => document.activeElement!.id)).toBe('marks');
});

test('playing goes on to the end, and can be paused', async () => {
  await visit();
  await rewind();
  // Slowly, so that there is time to pause it.
  await page.getByRole('button', { name: '1 times as fast', exact: true }).click();
  await page.locator('#moment-slider').focus();
  await page.keyboard.press('Home');
  await shows(0);
  await page.keyboard.press(' ');
  await expect.poll(moment, { timeout: WAIT_MS }).toBeGreaterThan(0);
  await page.keyboard.press(' ');
  const paused = (await moment())!;
  expect(await page.evaluate(() => window.placed.past!.rewind.playing)).toBe(false);
  await shows(paused);
  await page.getByRole('button', { name: '1,000 times as fast' }).click();
  await page.locator('#play').click();
  await shows(recording.newest);
  expect(await page.evaluate(() => window.placed.past!.rewind.playing)).toBe(false);
  // From the end it starts again at the beginning.
  await page.getByRole('button', { name: '1 times as fast', exact: true }).click();
  await page.locator('#play').click();
  await expect.poll(moment, { timeout: WAIT_MS }).toBeLessThan(recording.newest);
});

test('nothing is placed in the past, and it says why', async () => {
  await visit();
  await lookAt(page, 500, 500, 16);
  await rewind();
  await page.mouse.click(640, 300);
  await text(page, '#hint-text', /This is the past/);
  expect(await page.evaluate(() => window.placed.pending().length)).toBe(0);
});

test('a link leads to the moment and the place, and Live takes the moment off it', async () => {
  const version = versionAt(0.6);
  await visit(`#x=430&y=420&scale=8&v=${version}`);
  await shows(version);
  expect(await page.evaluate(() => window.placed.view.k)).toBe(8);
  await goTo(versionAt(0.3));
  await page.keyboard.press('l');
  await expect
    .poll(() => page.evaluate(() => location.hash))
    .toMatch(new RegExp(`^#x=\\d+&y=\\d+&scale=8&v=${versionAt(0.3)}$`));
  await page.locator('#go-live').click();
  await expect.poll(() => page.evaluate(() => location.hash)).toMatch(/^#x=\d+&y=\d+&scale=8$/);
  await page.evaluate((v) => (location.hash = `#x=1&y=1&scale=8&v=${v}`), version);
  await shows(version);
  await page.evaluate(() => (location.hash = '#x=1&y=1&scale=8'));
  await expect.poll(moment).toBeNull();
});

test('a link to a version that is not there shows the newest, and says so', async () => {
  await visit('#x=430&y=420&scale=8&v=999999999');
  await shows(recording.newest);
  await text(page, '#hint-text', /That version doesn't exist/);
});

test('the heat map and the pixels that nobody painted', async () => {
  await visit();
  await page.keyboard.press('h');
  await expect.poll(() => overlay(), { timeout: WAIT_MS }).not.toBeNull();
  const heat = recording.heat(recording.newest);
  const hot = 700 * 1000 + 10;
  const once = 420 * 1000 + 430;
  expect([heat[hot], heat[once], heat[0]]).toEqual([8, 1, 0]);
  const [brightest, bright, dark] = await overlayAt([hot, once, 0]);
  const light = (rgb: readonly number[]) => rgb[0]! + rgb[1]! + rgb[2]!;
  expect(light(brightest!)).toBeGreaterThan(light(bright!));
  expect(light(bright!)).toBeGreaterThan(light(dark!));

  // All pixels of the second map, against the fold, now and at moments of the past.
  await page.keyboard.press('h');
  await text(page, '#hint-text', 'Never painted');
  await unpaintedIs(recording.newest);
  await rewind();
  for (const part of [0.5, 0.1, 0.75]) {
    await goTo(versionAt(part));
    await settles();
    await unpaintedIs(versionAt(part));
  }
  await goTo(0);
  await settles();
  await unpaintedIs(0);
  await page.keyboard.press('h');
  await expect.poll(() => overlay()).toBeNull();
});

/** Which map lies over the canvas, once it is the one that was asked for. */
const overlay = () =>
  page.evaluate(() => {
    const layers = window.placed.past?.layers;
    return layers?.settled && layers.sources.size > 0 ? layers.choice : null;
  });

const overlayAt = (cells: readonly number[]) =>
  page.evaluate((cells) => {
    const canvas = window.placed.past!.layers.sources.get('0,0')!;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, 1000, 1000);
    return cells.map((p) => [...data.subarray(4 * p, 4 * p + 3)]);
  }, cells);

async function unpaintedIs(version: number): Promise<void> {
  const heat = recording.heat(version);
  const expected = sha256(Uint8Array.from(heat, (n) => (n === 0 ? 1 : 0)));
  const sum = () =>
    page.evaluate(async () => {
      const layers = window.placed.past!.layers;
      const canvas = layers.sources.get('0,0');
      if (!canvas || !layers.settled) return null;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, 1000, 1000);
      const bright = new Uint8Array(1_000_000);
      for (let p = 0; p < bright.length; p++) bright[p] = data[4 * p]! > 128 ? 1 : 0;
      const digest = await crypto.subtle.digest('SHA-256', bright);
      return Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, '0')).join('');
    });
  await expect.poll(sum, { timeout: WAIT_MS }).toBe(expected);
}

test('a map says what it means, and its button takes it away', async () => {
  await visit();
  await page.keyboard.press('h');
  await expect.poll(() => overlay(), { timeout: WAIT_MS }).toBe('heat');
  await text(page, '#map-legend', 'Dark: never. Bright: 8 times');
  await page.keyboard.press('h');
  await expect.poll(() => overlay(), { timeout: WAIT_MS }).toBe('unpainted');
  await text(page, '#map-legend', 'Bright: nobody ever painted here');
  await page.getByRole('button', { name: 'Picture only' }).click();
  await expect.poll(() => overlay()).toBeNull();
  await page.locator('#map-legend').waitFor({ state: 'detached' });
});

test('with the card open rewind follows its cell, from change to change', async () => {
  const cell = { x: 100, y: 710 };
  // Once a round of stripes.
  const changes = recording.editsOf(cell.x, cell.y);
  expect(changes.length).toBe(8);
  await visit();
  await lookAt(page, cell.x, cell.y, 16);
  await page.keyboard.press('ArrowRight');
  await page.evaluate(({ x, y }) => window.placed.lookAt(x, y, 16), cell);
  const at = await whereIs(page, cell.x, cell.y);
  await page.mouse.move(at.x, at.y);
  await page.keyboard.press('i');
  await text(page, '#card h2', `${cell.x}, ${cell.y}`);
  await page.keyboard.press('r');
  await settles();
  await text(page, '#moment-cell', `${cell.x}, ${cell.y}: 8 changes`);
  const colours = await page.evaluate(() => window.placed.plane.info!.palette.map(({ name }) => name));
  for (const { version, colour } of changes.slice(-3).reverse()) {
    await page.keyboard.press('ArrowLeft');
    await expect.poll(moment, { timeout: WAIT_MS }).toBe(version);
    const chip = page.locator('#card header .chip');
    await expect.poll(() => chip.getAttribute('title')).toBe(colours[colour]);
  }
  await page.keyboard.press('ArrowRight');
  await expect.poll(moment, { timeout: WAIT_MS }).toBe(changes.at(-2)!.version);
  // The card first, then the past.
  await page.keyboard.press('Escape');
  await page.locator('#card').waitFor({ state: 'detached' });
  await page.locator('#moment-cell').waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await page.locator('#timeline').waitFor({ state: 'detached' });
});

test('a film of what is played is saved as WebM, and says how far it is', async () => {
  await visit();
  await rewind();
  await goTo(versionAt(0.2));
  await settles();
  await page.getByRole('button', { name: '1 times as fast', exact: true }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as a film' }).click();
  await text(page, '#filming', /^Film: 0:0[1-9], [0-9.]+ MB, \d+% played$/);
  await page.getByRole('button', { name: 'End the film and save it' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^placed-\d+\.webm$/);
  const bytes = await readFile(await file.path());
  // EBML, as WebM begins.
  expect(bytes.subarray(0, 4).toString('hex')).toBe('1a45dfa3');
  expect(bytes.length).toBeGreaterThan(1_000);
  await text(page, '#hint-text', /^Saved as placed-\d+\.webm$/);
  expect(await page.locator('#filming').count()).toBe(0);
});

test('a browser that cannot make films says so', async () => {
  await visit();
  await page.evaluate(() => Reflect.deleteProperty(window, 'MediaRecorder'));
  await rewind();
  await page.getByRole('button', { name: 'Save as a film' }).click();
  await text(page, '#hint-text', /^This browser can't make films/);
});

test('while the server cannot answer, the page says so, shows nothing wrong, and goes on by itself', async () => {
  await visit();
  await rewind();
  await shows(recording.newest);
  let answer = { status: 503, headers: { 'Retry-After': '1' }, body: '{}' };
  await page.route('**/h/**', (route) => route.fulfill(answer));
  const version = versionAt(0.2);
  const before = await pastSum(page);
  await goTo(version);
  await text(page, '#hint-text', /still reading its history/);
  expect(await pastSum(page)).toBe(before);
  expect(await page.locator('#timeline').getAttribute('aria-busy')).toBe('true');
  answer = { status: 200, headers: { 'Retry-After': '0' }, body: 'not what was asked for' };
  await text(page, '#hint-text', /can't be read/);
  expect(await pastSum(page)).toBe(before);
  await page.unroute('**/h/**');
  await shows(version);
  await expect.poll(() => page.locator('#hint').isVisible()).toBe(false);
});

// From here on the canvas changes.

test('edits go on arriving meanwhile, and are there at once on Live', async () => {
  await visit();
  await lookAt(page, 300, 300, 8);
  await rewind();
  const version = versionAt(0.5);
  await goTo(version);
  await shows(version);
  await server.edit(300, 300, RED);
  await expect
    .poll(() => page.evaluate(() => window.placed.client.board!.at(300, 300)), { timeout: WAIT_MS })
    .toBe(RED);
  await shows(version);
  expect(await drawnAt(page, 'screen', 300, 300)).toBe('#ffffff');
  // The very next picture is the present.
  await context.setOffline(true);
  await page.keyboard.press('Escape');
  await draws(page, 'screen', 300, 300, '#e50009');
  await context.setOffline(false);
});

test('the maps follow what is painted', async () => {
  await visit();
  await page.keyboard.press('h');
  await page.keyboard.press('h');
  await expect.poll(() => overlay(), { timeout: WAIT_MS }).toBe('unpainted');
  const cell = 330 * 1000 + 330;
  const [before] = await overlayAt([cell]);
  await server.edit(330, 330, RED);
  // Every ten seconds they ask for what is new.
  await expect
    .poll(async () => (await overlayAt([cell]))[0]![0], { timeout: 3 * WAIT_MS })
    .toBeLessThan(before![0]!);
});

test('what came after the last block, while rewind is open, is reached', async () => {
  await visit();
  await rewind();
  const before = (await moment())!;
  await server.edit(310, 310, RED);
  // The end of the axis follows now and then; its key goes to the newest that is known.
  await expect
    .poll(
      async () => {
        await page.keyboard.press('End');
        return moment();
      },
      { timeout: WAIT_MS },
    )
    .toBeGreaterThan(before);
  await settles();
  const colour = await page.evaluate(
    () => window.placed.past!.rewind.shown!.canvases.get('0,0')!.board.indices[310 * 1000 + 310],
  );
  expect(colour).toBe(RED);
});

/** One finger at these points, one after the other. */
async function finger(cdp: CDPSession, path: readonly { x: number; y: number }[]): Promise<void> {
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: object[]) =>
    cdp.send('Input.dispatchTouchEvent', { type, touchPoints: touchPoints as never });
  await send('touchStart', [{ ...path[0]!, id: 0 }]);
  for (const point of path.slice(1)) await send('touchMove', [{ ...point, id: 0 }]);
  await send('touchEnd', []);
}

test.each([
  [390, 844],
  [320, 568],
  [844, 390],
])('a phone of %i x %i: all of the timeline is on the screen, large enough, and drags', async (width, height) => {
  await visit('', { ...PHONE, viewport: { width, height } });
  await page.locator('#rewind').tap();
  await settles();
  await page.locator('#timeline').evaluate((e) => Promise.all(e.getAnimations().map((a) => a.finished)));
  const boxes = await page
    .locator('#timeline button, #moment-slider, #zoom button')
    .evaluateAll((all) => all.map((e) => ({ id: e.id || e.textContent, ...e.getBoundingClientRect().toJSON() })));
  expect(boxes.length).toBe(12);
  for (const box of boxes) {
    expect(box.left, box.id).toBeGreaterThanOrEqual(0);
    expect(box.right, box.id).toBeLessThanOrEqual(width);
    expect(box.bottom, box.id).toBeLessThanOrEqual(height);
    expect(Math.min(box.width, box.height), box.id).toBeGreaterThanOrEqual(TARGET);
  }
  const newest = (await moment())!;
  const slider = (await page.locator('#moment-slider').boundingBox())!;
  const y = slider.y + slider.height / 2;
  const x = (part: number) => slider.x + 12 + (slider.width - 24) * part;
  const cdp = await context.newCDPSession(page);
  const view = await page.evaluate(() => window.placed.view);
  await finger(cdp, [1, 0.9, 0.7, 0.5].map((part) => ({ x: x(part), y })));
  await settles();
  const middle = (await moment())!;
  expect(middle).toBeGreaterThan(0);
  expect(middle).toBeLessThan(newest);
  await shows(middle);
  expect(await page.evaluate(() => window.placed.view)).toEqual(view);
  await page.locator('#go-live').tap();
  await expect.poll(moment).toBeNull();
});
