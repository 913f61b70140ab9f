// SPDX-License-Identifier: ISC
// The staff's part of the page, end to end: a moderator finds who painted over a picture, rolls it back,
// thinks better of it, locks the place and bans; and works through reports.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { boardAt, boardHas, boardSum, DESKTOP, launch, lookAt, open, paint, PHONE, text, whereIs } from './page';
import { Server } from './server';

const SIDE = 12;
const X = 300;
const Y = 200;

let browser: Browser;
let server: Server;
let moderator: string;

const square = (colour: (i: number) => number) =>
  Array.from({ length: SIDE * SIDE }, (_, i) => ({
    x: X + (i % SIDE),
    y: Y + Math.floor(i / SIDE),
    colour: colour(i),
  }));

beforeAll(async () => {
  server = await Server.start('--staff-page', 'on', '--identity', 'cookie');
  browser = await launch();
  moderator = String((await server.control('token', { name: 'anna', role: 'moderator' })).token);
});

afterAll(async () => {
  await browser?.close();
  await server?.remove();
});

/** A page whose cookie makes it somebody. */
async function somebody(): Promise<Page> {
  const page = await open(await browser.newContext(DESKTOP), server.url);
  await expect.poll(() => page.evaluate(() => window.placed.plane.identity.standing.kind)).toBe('known');
  return page;
}

async function enter(page: Page, token: string): Promise<void> {
  await page.evaluate(() => (location.hash = '#staff'));
  await page.getByLabel('Token of the staff').fill(token);
  await page.keyboard.press('Enter');
}

async function giveReason(page: Page, verb: string, why: string): Promise<void> {
  const dialog = page.getByRole('dialog').filter({ has: page.getByRole('button', { name: verb }) });
  await dialog.getByLabel('Reason, for the audit').fill(why);
  await dialog.getByRole('button', { name: verb }).click();
}

test('a wrong token says so, and opens nothing', async () => {
  const page = await somebody();
  await enter(page, 'not-a-token');
  await text(page, '#staff .notice', 'That token is not known here');
  expect(await page.getByRole('button', { name: 'Drag a rectangle' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.locator('#staff').waitFor({ state: 'hidden' });
  await page.context().close();
});

test('a raid is found, previewed, rolled back, undone, locked out and banned', async () => {
  const artist = await somebody();
  const raider = await somebody();
  await paint(artist, square((i) => 1 + (i % 15)));
  const artwork = await boardSum(artist);
  await paint(raider, square(() => 5).filter((_, i) => i % 3 === 0));
  const page = await somebody();
  await boardHas(page, X, Y, 5);
  const raided = await boardSum(page);
  await enter(page, moderator);
  await text(page, '#staff header', /^Staff\s+anna, moderator\s+Leave$/);

  const from = await lookAt(page, X, Y, 16);
  const to = await whereIs(page, X + SIDE - 1, Y + SIDE - 1);
  await page.getByRole('button', { name: 'Drag a rectangle' }).click();
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 3 });
  await page.mouse.up();
  await text(page, '#staff .quiet >> nth=1', `${X}, ${Y}: ${SIDE} × ${SIDE}`);

  // By count: the artist first. What some of them have painted over is not the artist's any more.
  const authors = page.locator('#staff .authors li');
  await expect.poll(() => authors.locator('.count').allInnerTexts()).toEqual(['144', '48']);
  await authors.nth(1).getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Preview roll back' }).click();
  // One of the three in a row was red before.
  await text(page, '#staff .outcome p', /^48 edits: (4\d) pixels would change/);
  await page.locator('#staff-preview').waitFor();
  expect(await boardSum(page)).toBe(raided);

  await page.getByRole('button', { name: /^Roll back \d+ pixels$/ }).click();
  await giveReason(page, 'Roll back', 'raid on the artwork');
  await text(page, '#staff .outcome p', /^Rolled back, as action \d+$/);
  await expect.poll(() => boardSum(page)).toBe(artwork);
  await page.locator('#staff-preview').waitFor({ state: 'hidden' });

  await page.getByRole('button', { name: 'Undo that' }).click();
  await giveReason(page, 'Undo', 'wrong picture');
  await text(page, '#staff .outcome', /^Action \d+ is undone$/);
  await expect.poll(() => boardSum(page)).toBe(raided);

  await page.getByRole('button', { name: 'Lock until' }).click();
  await page.getByLabel('What visitors read, if anything').fill('<i>resting</i>');
  await giveReason(page, 'Lock', 'let it rest');
  await text(page, '#staff .notice', 'The area is locked');
  await page.getByRole('button', { name: 'Ban', exact: true }).click();
  await giveReason(page, 'Ban', 'raid');
  await text(page, '#staff .notice', '1 author banned');

  // The artist is told of the lock, in the operator's words as they were written.
  await expect.poll(() => artist.evaluate(() => window.placed.plane.info!.regions.length)).toBe(1);
  await artist.getByRole('radio', { name: 'white', exact: true }).check({ force: true });
  const at = await lookAt(artist, X + 1, Y + 1, 16);
  await artist.mouse.click(at.x, at.y);
  await text(artist, '#hint-text', /^This area is closed (until|for) .*: <i>resting<\/i>$/);
  expect(await artist.locator('#marks').getAttribute('data-closed')).toBe('');
  // The raider has been banned everywhere.
  await raider.getByRole('radio', { name: 'black', exact: true }).check({ force: true });
  const elsewhere = await lookAt(raider, 700, 700, 16);
  await raider.mouse.click(elsewhere.x, elsewhere.y);
  await text(raider, '#hint-text', /^You can't draw here until .*, reason: raid$/);
  await expect.poll(() => raider.evaluate(() => window.placed.pending().length)).toBe(0);
  expect(await boardAt(raider, 700, 700)).toBe(0);

  // All of it is in the audit.
  await page.getByRole('button', { name: 'Audit' }).click();
  await expect
    .poll(() => page.locator('#staff .rows .title').allInnerTexts())
    .toEqual([
      expect.stringMatching(/^ban [0-9a-f]{16}$/),
      `region locked ${X},${Y} ${SIDE}x${SIDE}`,
      'undo',
      'rollback',
      'token anna',
      'token first',
    ]);
  await text(page, '#staff .rows', /raid on the artwork/);

  await page.getByRole('button', { name: 'Bans' }).click();
  await page.getByRole('button', { name: 'End', exact: true }).click();
  await giveReason(page, 'End it', 'sorry');
  await text(page, '#staff .rows', 'Nobody is banned');
  await page.getByRole('button', { name: 'Regions' }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await giveReason(page, 'Remove', 'rested');
  await text(page, '#staff .rows', 'There are no regions');
  await expect.poll(() => artist.evaluate(() => window.placed.plane.info!.regions.length)).toBe(0);
  for (const each of [artist, raider, page]) await each.context().close();
});

test('reports are walked through by J and K, and closed', async () => {
  const visitor = await somebody();
  for (const [x, y] of [
    [100, 100],
    [800, 600],
  ]) {
    await visitor.evaluate(
      ([x, y]) => fetch('report', { method: 'POST', body: JSON.stringify({ x, y, reason: 'hate' }), headers: { 'Content-Type': 'application/json' } }),
      [x, y],
    );
  }
  const page = await somebody();
  await enter(page, moderator);
  const rows = page.locator('#staff .rows > li');
  await expect
    .poll(async () => {
      await page.getByRole('button', { name: 'Reports', exact: true }).click();
      return rows.count();
    })
    .toBe(2);
  await page.locator('#marks').focus();
  await page.keyboard.press('j');
  await text(page, '#staff [aria-current] .title', /^hate at /);
  const first = await page.locator('#staff [aria-current] .title').innerText();
  await page.keyboard.press('j');
  await expect.poll(() => page.locator('#staff [aria-current] .title').innerText()).not.toBe(first);
  await page.keyboard.press('k');
  await text(page, '#staff [aria-current] .title', first);
  await rows.first().getByRole('button', { name: 'Close', exact: true }).click();
  await giveReason(page, 'Close', 'seen to');
  await expect.poll(() => rows.count()).toBe(1);
  await page.context().close();
  await visitor.context().close();
});

test('on a phone it is a sheet, and the token is kept for the tab only', async () => {
  const context = await browser.newContext(PHONE);
  const page = await open(context, server.url);
  await enter(page, moderator);
  await page.getByRole('button', { name: 'Drag a rectangle' }).waitFor();
  const box = (await page.locator('#staff').boundingBox())!;
  expect([box.x, box.width, box.y + box.height]).toEqual([0, 390, 844]);
  for (const button of await page.locator('#staff button:visible').all()) {
    expect((await button.boundingBox())!.height).toBeGreaterThanOrEqual(44);
  }
  await page.reload();
  await page.getByRole('button', { name: 'Drag a rectangle' }).waitFor();
  const other = await open(context, server.url);
  expect(await other.locator('#staff').count()).toBe(0);
  await page.getByRole('button', { name: 'Leave' }).click();
  await page.reload();
  await page.locator('#palette').waitFor();
  expect(await page.locator('#staff:visible').count()).toBe(0);
  await context.close();
});
