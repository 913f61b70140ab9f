// SPDX-License-Identifier: ISC
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { evening } from './art';
import {
  boardAt,
  boardSum,
  boardHas,
  chooseColour,
  DESKTOP,
  draws,
  hide,
  keepWords,
  launch,
  live,
  lookAt,
  lost,
  open,
  paint,
  pendingCount,
  sameLoad,
  sent,
  settled,
  text,
  tryNow,
  WAIT_MS,
  whereIs,
  wordsSaid,
} from './page';
import { Wire } from './proxy';
import { Server } from './server';

let browser: Browser;
let server: Server;

beforeAll(async () => {
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
});

beforeEach(async () => {
  server = await Server.start();
});

afterEach(async () => {
  await server.remove();
});

test('offline and back: the page says so, and catches up without a reload', async () => {
  const wire = await Wire.to(server.port);
  const context = await browser.newContext(DESKTOP);
  const other = await open(context, server.url);
  const page = await open(context, wire.url);
  for (const p of [page, other]) {
    await chooseColour(p, 'red');
    await lookAt(p, 50, 50, 16);
  }
  let at = await whereIs(page, 50, 50);
  await page.mouse.click(at.x, at.y);
  await boardHas(other, 50, 50, 5);

  wire.cut();
  await lost(page);
  await text(page, '#banner', /Connection lost\. Trying again/);
  await text(page, '#people', 'Offline');
  // The picture stays, and what cannot be saved is not drawn.
  await draws(page, 'screen', 50, 50, '#e50009');
  at = await whereIs(page, 52, 50);
  await page.mouse.click(at.x, at.y);
  await text(page, '#hint', /Not connected/);
  expect(await pendingCount(page)).toBe(0);

  at = await whereIs(other, 51, 50);
  await other.mouse.click(at.x, at.y);
  await boardHas(other, 51, 50, 5);
  expect(await boardAt(page, 51, 50)).toBe(0);

  wire.mend();
  await tryNow(page);
  await boardHas(page, 51, 50, 5);
  await live(page);
  await expect.poll(() => page.isVisible('#banner'), { timeout: WAIT_MS }).toBe(false);
  await sameLoad(page);
  await context.close();
  await wire.remove();
});

test('back by itself when the wire is whole again', async () => {
  const wire = await Wire.to(server.port);
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, wire.url);
  wire.cut();
  await lost(page);
  wire.mend();
  await live(page);
  await sameLoad(page);
  await context.close();
  await wire.remove();
});

test.each([
  ['WebSocket', ''],
  ['event stream', '?transport=events'],
])('a wire that died without a word is noticed though nothing happens, by %s', async (_, query) => {
  const wire = await Wire.to(server.port);
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, wire.url + query);
  wire.die();
  // The page asks by itself; before, a silence of half a minute was nothing to it.
  await lost(page);
  await text(page, '#banner', /^Connection lost\./);
  wire.mend();
  await tryNow(page);
  await live(page);
  await sameLoad(page);
  await context.close();
  await wire.remove();
});

test('a server that stands still is noticed when the network changed', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  server.signal('SIGSTOP');
  await page.evaluate(() => window.dispatchEvent(new Event('offline')));
  await lost(page);
  server.signal('SIGCONT');
  await live(page);
  await sameLoad(page);
  await context.close();
});

test.each(['SIGTERM', 'SIGKILL'] as const)(
  'after a restart (%s) everything is where it was',
  async (signal) => {
    const context = await browser.newContext(DESKTOP);
    const page = await open(context, server.url);
    await chooseColour(page, 'dark purple');
    const at = await lookAt(page, 999, 999, 16);
    await page.mouse.click(at.x, at.y);
    await settled(page);
    expect(await boardAt(page, 999, 999)).toBe(15);

    const code = await server.down(signal);
    if (signal === 'SIGTERM') expect(code).toBe(0);
    await lost(page);
    await server.up();
    await live(page);
    expect(await boardAt(page, 999, 999)).toBe(15);
    await draws(page, 'screen', 999, 999, '#820080');
    await sameLoad(page);

    // Somebody who comes now sees it too, and both go on.
    const late = await open(context, server.url);
    await boardHas(late, 999, 999, 15);
    const next = await whereIs(page, 998, 999);
    await page.mouse.click(next.x, next.y);
    await boardHas(late, 998, 999, 15);
    await context.close();
  },
);

test('an edit of unknown outcome is offered again when the picture does not have it', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await chooseColour(page, 'red');
  const at = await lookAt(page, 60, 60, 16);
  server.signal('SIGSTOP');
  await page.mouse.click(at.x, at.y);
  await sent(page, 1);
  await server.down('SIGKILL');
  await lost(page);
  expect(await pendingCount(page)).toBe(0);
  await text(page, '#hint', /^1 pixel was not saved/);
  await server.up();
  await live(page);
  expect(await boardAt(page, 60, 60)).toBe(0);
  await page.mouse.move(at.x + 100, at.y);
  await draws(page, 'marks', 60, 60, null);
  await draws(page, 'screen', 60, 60, '#ffffff');
  await page.getByRole('button', { name: 'Place again' }).click();
  await boardHas(page, 60, 60, 5);
  await context.close();
});

test('pixels painted into a dead connection are asked about, said, and can be placed again', async () => {
  const wire = await Wire.to(server.port);
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, wire.url);
  await chooseColour(page, 'red');
  await lookAt(page, 40, 40, 40);
  wire.die();
  for (let x = 36; x < 46; x++) {
    const at = await whereIs(page, x, 40);
    await page.mouse.click(at.x, at.y);
  }
  await sent(page, 10);
  await text(page, '#hint', 'Waiting for the server: your pixels are not saved yet');
  await lost(page);
  await text(page, '#hint', /^10 pixels were not saved/);
  expect(await pendingCount(page)).toBe(0);
  const again = page.getByRole('button', { name: 'Place again' });
  expect(await again.isDisabled()).toBe(true);

  // One of them was placed by somebody else meanwhile: there is nothing to place again.
  const other = await open(context, server.url);
  await chooseColour(other, 'red');
  const there = await lookAt(other, 36, 40, 40);
  await other.mouse.click(there.x, there.y);
  await boardHas(other, 36, 40, 5);

  wire.mend();
  await tryNow(page);
  await live(page);
  await text(page, '#hint', /^9 pixels were not saved/);
  await again.click();
  await settled(page);
  for (let x = 36; x < 46; x++) await boardHas(other, x, 40, 5);
  await expect.poll(() => again.isVisible(), { timeout: WAIT_MS }).toBe(false);
  await sameLoad(page);
  await context.close();
  await wire.remove();
});

test('a whole picture that was drawn meanwhile is caught up with', async () => {
  const wire = await Wire.to(server.port);
  const context = await browser.newContext(DESKTOP);
  const other = await open(context, server.url);
  const page = await open(context, wire.url);
  wire.cut();
  await lost(page);
  await paint(other, evening());
  const sum = await boardSum(other);
  expect(await boardSum(page)).not.toBe(sum);
  wire.mend();
  // It would try by itself, but after so long a break only in half a minute.
  await tryNow(page);
  await expect.poll(() => boardSum(page), { timeout: WAIT_MS }).toBe(sum);
  await live(page);
  await sameLoad(page);
  // Who comes by the picture has the same.
  expect(await boardSum(await open(context, server.url))).toBe(sum);
  await context.close();
  await wire.remove();
});

test('a server with another log is followed, though its versions are lower', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await chooseColour(page, 'red');
  for (let x = 70; x < 73; x++) {
    const at = await lookAt(page, x, 70, 16);
    await page.mouse.click(at.x, at.y);
    await settled(page);
  }
  await server.down();
  await lost(page);
  await server.forget();
  await server.up();
  await boardHas(page, 70, 70, 0);
  await live(page);
  const at = await whereIs(page, 75, 70);
  await page.mouse.click(at.x, at.y);
  await boardHas(page, 75, 70, 5);
  await sameLoad(page);
  await context.close();
});

test('a hidden tab counts nothing; when it is looked at again, words come after a second only', async () => {
  const wire = await Wire.to(server.port);
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, wire.url);
  await hide(page, true);
  await keepWords(page, 'controls');
  wire.cut();
  await lost(page);
  await page.waitForTimeout(2_500);
  expect(await wordsSaid(page)).toEqual([]);
  expect(await page.isVisible('#banner')).toBe(false);
  // It is back before anybody could have read that it was lost.
  wire.mend();
  await hide(page, false);
  await live(page);
  await page.waitForTimeout(1_500);
  expect(await page.isVisible('#banner')).toBe(false);
  expect((await wordsSaid(page)).join()).not.toMatch(/Offline|Connection lost/);
  // And when it stays lost, that is said after all.
  await hide(page, true);
  wire.cut();
  await lost(page);
  await hide(page, false);
  await text(page, '#banner', /^Connection lost\. Trying again/);
  await context.close();
  await wire.remove();
});

test('a server that restarts is not said to be lost at once', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  await text(page, '#people', /here$/);
  await page.evaluate(() => {
    const banner = document.getElementById('banner')!;
    const began = performance.now();
    window.said = [];
    new MutationObserver(() => {
      if (!banner.hidden) window.said!.push(String(performance.now() - began));
    }).observe(banner, { attributes: true });
  });
  await server.down();
  await lost(page);
  await text(page, '#banner', /^Connection lost\./);
  expect(Number((await wordsSaid(page))[0])).toBeGreaterThan(2_900);
  await server.up();
  await tryNow(page);
  await live(page);
  await context.close();
});

test('a refusal comes before a state, and that before a result', async () => {
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, server.url);
  const rank = () => page.locator('#hint').getAttribute('data-rank');
  await expect.poll(rank).toBe('coach');
  await server.control('freeze', { on: true, why: 't' });
  await text(page, '#hint-text', 'Drawing is paused');
  expect(await rank()).toBe('state');
  await chooseColour(page, 'red');
  const at = await lookAt(page, 30, 30, 16);
  await page.mouse.click(at.x, at.y);
  await expect.poll(rank).toBe('refusal');
  await expect.poll(rank).toBe('state');
  // It has been read by now, so that a result may take its place for a while.
  await page.evaluate(() => history.replaceState(null, '', '#'));
  await page.locator('#marks').focus();
  await page.keyboard.press('l');
  await expect.poll(rank).toBe('result');
  await text(page, '#hint-text', 'Drawing is paused');
  await server.control('freeze', { on: false, why: 't' });
  await expect.poll(rank).not.toBe('state');
  await context.close();
});
