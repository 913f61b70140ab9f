// SPDX-License-Identifier: ISC
// The staff's part of the page, end to end: a moderator finds who painted over a picture, rolls it back,
// thinks better of it, locks the place and bans; and works through reports.

import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { boardAt, boardHas, boardSum, DESKTOP, draws, lookAt, open, paint, PHONE, text, whereIs } from './page';
import { browser, forAll, server } from './scene';

declare global {
  interface Window {
    axe: typeof axe;
  }
}

/** Longer than it takes until a rule has looked twice. */
const FOUND_MS = 40_000;
const SIDE = 12;
const X = 300;
const Y = 200;

let moderator: string;

const square = (colour: (i: number) => number) =>
  Array.from({ length: SIDE * SIDE }, (_, i) => ({
    x: X + (i % SIDE),
    y: Y + Math.floor(i / SIDE),
    colour: colour(i),
  }));

forAll('--staff-page', 'on', '--identity', 'cookie');

beforeAll(async () => {
  moderator = String((await server.control('token', { name: 'anna', role: 'moderator' })).token);
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

const form = (page: Page) => page.locator('#staff form.action');

/** Gives the action that is open its reason, and does it. */
async function giveReason(page: Page, verb: string | RegExp, why: string): Promise<void> {
  await form(page).getByLabel('Reason, for the audit').fill(why);
  await form(page).getByRole('button', { name: verb }).click();
  await form(page).waitFor({ state: 'hidden' });
}

/** Types the reason where the keys are when the form has come. */
async function typeReason(page: Page, why: string): Promise<void> {
  const reason = form(page).getByLabel('Reason, for the audit');
  await expect.poll(() => reason.evaluate((input) => input === document.activeElement)).toBe(true);
  await page.keyboard.type(why);
}

const tab = (page: Page, name: string) => page.getByRole('tab', { name, exact: true }).click();
const outcome = (page: Page, words: string | RegExp) => text(page, '#staff .outcome p', words);

/** Drags a rectangle over the artwork. */
async function dragArtwork(page: Page): Promise<void> {
  const from = await lookAt(page, X + 20, Y, 12).then(() => whereIs(page, X, Y));
  const to = await whereIs(page, X + SIDE - 1, Y + SIDE - 1);
  await page.getByRole('button', { name: 'Drag a rectangle' }).click();
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 3 });
  await page.mouse.up();
  await text(page, '#staff .where', `${X}, ${Y}: ${SIDE} × ${SIDE}`);
}

/** Somebody's artwork with red on a third of it. */
async function raid(): Promise<{ artist: Page; raider: Page; artwork: string; raided: string }> {
  const artist = await somebody();
  const raider = await somebody();
  await paint(artist, square((i) => 1 + (i % 15)));
  const artwork = await boardSum(artist);
  await paint(raider, square(() => 5).filter((_, i) => i % 3 === 0));
  await boardHas(artist, X, Y, 5);
  const raided = await boardSum(raider);
  return { artist, raider, artwork, raided };
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
  const { artist, raider, artwork, raided } = await raid();
  const page = await somebody();
  await boardHas(page, X, Y, 5);
  await enter(page, moderator);
  await text(page, '#staff header .quiet', 'anna, moderator');
  await dragArtwork(page);

  // By count: the artist first. What some of them have painted over is not the artist's any more.
  const authors = page.locator('#staff .authors li');
  await expect.poll(() => authors.locator('.count').allInnerTexts()).toEqual(['144', '48']);
  // A raid often has one colour: then who painted in it is listed, and all of them are ticked at once.
  await page.locator('#staff').getByLabel('Colour', { exact: true }).selectOption({ label: 'red' });
  await expect.poll(() => authors.locator('.count').allInnerTexts()).toEqual(['48', '10']);
  await page.keyboard.press('Shift+A');
  await expect.poll(() => authors.locator(':checked').count()).toBe(2);
  await page.keyboard.press('Shift+A');
  await expect.poll(() => authors.locator(':checked').count()).toBe(0);
  // With Shift all that are between.
  await authors.nth(1).getByRole('checkbox').click();
  await authors.nth(0).getByRole('checkbox').click({ modifiers: ['Shift'] });
  await expect.poll(() => authors.locator(':checked').count()).toBe(2);
  await page.locator('#staff').getByLabel('Colour', { exact: true }).selectOption('');
  await expect.poll(() => authors.locator('.count').allInnerTexts()).toEqual(['144', '48']);
  // When it was painted: everything within the last two hours.
  await text(page, '#staff .timeline p', / · 192 edits$/);
  await authors.nth(1).getByRole('checkbox').check();
  // A ban says what it would take back, if that is wanted.
  await page.getByRole('button', { name: 'Ban', exact: true }).click();
  await text(page, '#staff .says', 'Nothing of the picture changes.');
  await page.getByLabel('Take back what they painted').selectOption('2h');
  await text(page, '#staff .says', /^4\d pixels of theirs would be taken back/);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Roll back' }).click();
  // One of the three in a row was red before.
  await text(page, '#staff .says', /^48 edits: (4\d) pixels would change/);
  expect(await boardSum(page)).toBe(raided);
  const colours = await page.evaluate(() => window.placed.plane.info!.palette.map(({ rgb }) => rgb));
  await draws(page, 'marks', X, Y, colours[1]!);
  // Put away for a moment, and back.
  await page.getByRole('button', { name: 'As it is now' }).click();
  await draws(page, 'marks', X, Y, null);
  await page.keyboard.press('Escape');
  await form(page).waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Roll back' }).click();
  await giveReason(page, /^Roll back \d+ pixels/, 'raid on the artwork');
  await outcome(page, /^Rolled back, as action \d+$/);
  await expect.poll(() => boardSum(page)).toBe(artwork);
  await draws(page, 'marks', X, Y, null);

  await page.getByRole('button', { name: 'Undo that' }).click();
  await giveReason(page, /^Undo/, 'wrong picture');
  await outcome(page, /^Action \d+ has been undone$/);
  await expect.poll(() => boardSum(page)).toBe(raided);

  await page.getByRole('button', { name: 'Lock until' }).click();
  await text(page, '#staff .says', /^144 pixels would take no edits/);
  await page.getByLabel('What visitors read, if anything').fill('<i>resting</i>');
  await giveReason(page, /^Lock/, 'let it rest');
  await outcome(page, 'The area is locked');
  await page.getByRole('button', { name: 'Ban', exact: true }).click();
  await text(page, '#staff .says', 'Nothing of the picture changes.');
  await giveReason(page, /^Ban/, 'raid');
  await outcome(page, '1 author banned');

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

  // All of it is in the audit, beside.
  await expect
    .poll(() => page.locator('#staff-audit .rows .title').allInnerTexts())
    .toEqual([
      expect.stringMatching(/^ban [0-9a-f]{16}$/),
      `region locked ${X},${Y} ${SIDE}x${SIDE}`,
      'undo',
      'rollback',
      'token anna',
      'token first',
    ]);
  await text(page, '#staff-audit .rows', /raid on the artwork/);
  await page.getByLabel('Filter').fill('wrong picture');
  await expect.poll(() => page.locator('#staff-audit .rows .title').allInnerTexts()).toEqual(['undo']);
  await page.getByLabel('Filter').fill('');
  await page.getByLabel('Kind', { exact: true }).selectOption('ban');
  await expect.poll(() => page.locator('#staff-audit .rows > li').count()).toBe(1);

  await tab(page, 'Regions');
  await page.getByRole('button', { name: 'Change' }).click();
  expect(await form(page).getByLabel('Closed: nobody can paint here').isChecked()).toBe(true);
  await form(page).getByLabel('Closed: nobody can paint here').uncheck();
  await form(page).getByLabel('Cost of a pixel, times').fill('2');
  await giveReason(page, /^Change it/, 'open, but dear');
  await text(page, '#staff .rows', /costs × 2/);
  await expect.poll(() => artist.evaluate(() => window.placed.plane.info!.regions[0]?.factor)).toBe(2);
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await giveReason(page, /^Remove/, 'rested');
  await text(page, '#staff .content', /There are no regions/);
  await expect.poll(() => artist.evaluate(() => window.placed.plane.info!.regions.length)).toBe(0);
  await tab(page, 'Bans');
  await page.getByRole('button', { name: 'End', exact: true }).click();
  await giveReason(page, /^End it/, 'sorry');
  await text(page, '#staff .content', 'Nobody is banned');
  for (const each of [artist, raider, page]) await each.context().close();
});

test('a whole session needs nothing but the keyboard', async () => {
  const { artist, raider, artwork, raided } = await raid();
  await artist.evaluate(
    ([x, y]) =>
      fetch('report', {
        method: 'POST',
        body: JSON.stringify({ x, y, reason: 'hate' }),
        headers: { 'Content-Type': 'application/json' },
      }),
    [X, Y] as const,
  );
  const page = await somebody();
  await boardHas(page, X, Y, 5);
  const { keyboard } = page;
  await page.evaluate(() => (location.hash = '#staff'));
  const token = page.getByLabel('Token of the staff');
  await expect.poll(() => token.evaluate((input) => input === document.activeElement)).toBe(true);
  await keyboard.type(moderator);
  await keyboard.press('Enter');
  await page.getByRole('button', { name: 'Drag a rectangle' }).waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('marks');

  // To the reports by stops, into the list by J, which flies there; F takes its area.
  const selected = () => page.locator('#staff [role=tab][aria-selected=true]').innerText();
  await keyboard.press('.');
  await keyboard.press('.');
  await keyboard.press('.');
  await expect.poll(selected).toBe('Reports');
  await page.locator('#staff [data-row]').first().waitFor();
  await keyboard.press('j');
  await text(page, '#staff [aria-current] .title', /^hate at /);
  await keyboard.press('c');
  await typeReason(page, 'seen to');
  await keyboard.press('Enter');
  await outcome(page, 'The report is closed');
  await text(page, '#staff .content', 'No reports are open');

  // Back on the canvas: the reticle to a corner, then Shift and the arrows.
  await keyboard.press('F6');
  await keyboard.press('F6');
  await keyboard.press('F6');
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).not.toBe('');
  await page.locator('#marks').focus();
  await lookAt(page, X, Y, 16);
  await keyboard.press('ArrowRight');
  const reticle = () => page.locator('#where').innerText();
  await expect.poll(reticle).toMatch(/^\d+, \d+/);
  const [x, y] = (await reticle()).match(/-?\d+/g)!.map(Number) as [number, number];
  const walk = async (key: string, n: number) => {
    for (let i = 0; i < n; i++) await keyboard.press(key);
  };
  await walk(x > X ? 'ArrowLeft' : 'ArrowRight', Math.abs(x - X));
  await walk(y > Y ? 'ArrowUp' : 'ArrowDown', Math.abs(y - Y));
  await keyboard.down('Shift');
  await walk('ArrowRight', SIDE - 1);
  await walk('ArrowDown', SIDE - 1);
  await keyboard.up('Shift');
  await text(page, '#staff .where', `${X}, ${Y}: ${SIDE} × ${SIDE}`);

  // J to the second author, Space ticks, U previews, Enter does it.
  await expect.poll(() => page.locator('#staff .authors li').count()).toBeGreaterThanOrEqual(2);
  const names = await page.locator('#staff .authors li label').evaluateAll((all) => all.map((one) => (one as HTMLElement).title));
  const who = await raider.evaluate(async () => (await (await fetch('identity', { method: 'POST' })).json()).name as string);
  const at = await page.locator('#staff .authors li').evaluateAll((all, who) => all.findIndex((one) => one.textContent!.includes(who)), who);
  expect(names.length).toBeGreaterThan(at);
  await walk('j', at + 1);
  await keyboard.press(' ');
  await keyboard.press('u');
  await text(page, '#staff .says', /^48 edits: (4\d) pixels would change/);
  await typeReason(page, 'raid');
  await keyboard.press('Enter');
  await outcome(page, /^Rolled back, as action \d+$/);
  await expect.poll(() => boardSum(page)).toBe(artwork);
  await keyboard.press('q');
  await text(page, '#staff .says', /pixels would change/);
  await typeReason(page, 'no');
  await keyboard.press('Enter');
  await outcome(page, /has been undone$/);
  await expect.poll(() => boardSum(page)).toBe(raided);

  // Locked for ten minutes, and banned with all of theirs taken back; Escape leaves either.
  await keyboard.press('o');
  await form(page).waitFor();
  await keyboard.press('Escape');
  await form(page).waitFor({ state: 'hidden' });
  await keyboard.press('b');
  await typeReason(page, 'raid');
  await keyboard.press('Tab');
  await keyboard.press('Tab');
  await keyboard.press('ArrowDown');
  // What is there now was painted by the action.
  await text(page, '#staff .says', 'Nothing of theirs is on top.');
  await page.getByLabel('Reason, for the audit').press('Enter');
  await outcome(page, '1 author banned');
  await expect.poll(() => boardSum(page)).toBe(raided);
  // Shift+Q leaves, and forgets the token.
  await page.locator('#marks').focus();
  await keyboard.press('Shift+Q');
  await page.locator('#staff').waitFor({ state: 'hidden' });
  expect(await page.evaluate(() => sessionStorage.getItem('placed.staff'))).toBeNull();
  for (const each of [artist, raider, page]) await each.context().close();
});

test('what fails says why, and what was typed stays', async () => {
  const page = await somebody();
  await enter(page, moderator);
  await dragArtwork(page);
  await page.getByRole('button', { name: 'Lock until' }).click();
  await page.route('**/control/region', (route) => route.abort());
  await form(page).getByLabel('Reason, for the audit').fill('a reason');
  await form(page).getByLabel('What visitors read, if anything').fill('words');
  await form(page).getByRole('button', { name: /^Lock/ }).click();
  await text(page, '#staff .trouble', 'No answer: try again');
  expect(await form(page).getByLabel('Reason, for the audit').inputValue()).toBe('a reason');
  expect(await form(page).getByLabel('What visitors read, if anything').inputValue()).toBe('words');
  await page.unroute('**/control/region');
  await form(page).getByRole('button', { name: /^Lock/ }).click();
  await outcome(page, 'The area is locked');
  await tab(page, 'Regions');
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await giveReason(page, /^Remove/, 'tidy');
  await page.context().close();
});

test('a part of the time is chosen on the timeline, and the authors are those of that part', async () => {
  const page = await somebody();
  await enter(page, moderator);
  await dragArtwork(page);
  const authors = page.locator('#staff .authors li');
  await expect.poll(() => authors.count()).toBeGreaterThanOrEqual(2);
  await text(page, '#staff .timeline p', /[1-9]\d* edits$/);
  // The first half of the last two hours: nobody had been there.
  const end = page.getByRole('slider', { name: 'To', exact: true });
  await end.fill('100');
  await text(page, '#staff .timeline p', / 0 edits$/);
  await text(page, '#staff .content', /Nobody painted here/);
  await page.getByRole('button', { name: 'All of it' }).click();
  await expect.poll(() => authors.count()).toBeGreaterThanOrEqual(2);
  await page.context().close();
});

test('a job that somebody else began is shown, and can be stopped', async () => {
  const { artist, raider } = await raid();
  // As slow as it can be: it would take minutes.
  await server.control('rollback', { predicate: `r:${X},${Y},${SIDE},${SIDE} t:2h`, rate: 1 });
  const page = await somebody();
  await enter(page, moderator);
  await text(page, '#staff .progress', /^rollback by first is running: \d+\s?%/);
  // Nothing else can be done meanwhile, and the page says why.
  await dragArtwork(page);
  await page.getByRole('button', { name: 'Roll back' }).click();
  await text(page, '#staff .trouble', /another job is running/);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Stop' }).click();
  await text(page, '#staff .notice', 'The job has ended');
  await page.getByRole('button', { name: 'Roll back' }).click();
  await text(page, '#staff .says', /would change|on top any more/);
  for (const each of [artist, raider, page]) await each.context().close();
});

test('the console, its forms and lists have nothing that axe objects to', async () => {
  for (const options of [DESKTOP, PHONE]) {
    const page = await open(await browser.newContext({ ...options, bypassCSP: true }), server.url);
    await enter(page, moderator);
    await page.getByRole('button', { name: 'Drag a rectangle' }).waitFor();
    await page.evaluate(axe.source);
    const objections = () =>
      page.evaluate(async () => {
        const { violations } = await window.axe.run('#staff-root');
        return violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`);
      });
    for (const name of ['Area', 'Pixel', 'Suspects', 'Reports', 'Bans', 'Regions']) {
      await tab(page, name);
      expect(await objections(), name).toEqual([]);
    }
    await page.getByRole('tab', { name: 'Area' }).click();
    await page.keyboard.press('Escape');
    await page.locator('#marks').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await page.locator('#staff .timeline').waitFor();
    await page.keyboard.press('o');
    await form(page).waitFor();
    expect(await objections(), 'a form').toEqual([]);
    await page.context().close();
  }
});

test('what the rules have found is listed; from there to its place, and to a ban of its networks', async () => {
  const page = await somebody();
  await enter(page, moderator);
  await tab(page, 'Suspects');
  await text(page, '#staff .content', 'No rule that is on has found anybody within the last hour');
  for (const name of ['shape', 'net-identities']) {
    for (const mode of ['simulate', 'on']) await server.control('rule', { name, mode, threshold: 3 });
  }
  const raiders = await Promise.all([somebody(), somebody(), somebody()]);
  // A cell is looked at now and then, when it was painted in: they go on until they are seen.
  let turn = 0;
  const found = async () => {
    for (const [i, raider] of raiders.entries()) {
      await paint(raider, Array.from({ length: 5 }, (_, x) => ({ x: 650 + x, y: 650 + 3 * (turn % 10) + i, colour: 5 })));
    }
    turn++;
    const rows = (await server.control('suspects')) as unknown as readonly { rule: string; authors: number }[];
    return rows.filter(({ authors }) => authors >= 3).map(({ rule }) => rule);
  };
  await expect.poll(found, { timeout: FOUND_MS }).toEqual(expect.arrayContaining(['net-identities', 'shape']));

  await tab(page, 'Area');
  await tab(page, 'Suspects');
  const place = page.locator('#staff .rows > li', { hasText: 'Many authors at one place only' });
  await expect.poll(() => place.locator('.quiet').innerText()).toMatch(/^640, 640 · 3 authors · /);
  await text(page, '#staff .rows', /Many new authors in one network/);
  // Whoever comes to it is shown where it is.
  await lookAt(page, 100, 100, 8);
  await place.focus();
  await expect.poll(() => page.evaluate(() => window.placed.view.x < -600 * window.placed.view.k + 800)).toBe(true);
  await place.getByRole('button', { name: 'Ban its network' }).click();
  await text(page, '#staff form.action h3', /^Ban network net:[0-9a-f]{16}$/);
  await page.keyboard.press('Escape');
  await place.getByRole('button', { name: 'Take its area' }).click();
  await text(page, '#staff .where', '640, 640: 64 × 64');
  await expect.poll(() => page.locator('#staff .authors li').count()).toBe(3);
  for (const name of ['shape', 'net-identities']) await server.control('rule', { name, mode: 'off' });
  for (const each of [...raiders, page]) await each.context().close();
});

test('reports are walked through by J and K, and closed', async () => {
  const visitor = await somebody();
  for (const [x, y] of [
    [100, 100],
    [800, 600],
  ]) {
    await visitor.evaluate(
      ([x, y]) =>
        fetch('report', {
          method: 'POST',
          body: JSON.stringify({ x, y, reason: 'hate' }),
          headers: { 'Content-Type': 'application/json' },
        }),
      [x, y],
    );
  }
  const page = await somebody();
  await enter(page, moderator);
  const rows = page.locator('#staff .rows > li');
  await expect.poll(async () => Object.keys(await server.control('reports')).length).toBe(2);
  await tab(page, 'Reports');
  await expect.poll(() => rows.count()).toBe(2);
  await page.locator('#marks').focus();
  await page.keyboard.press('j');
  await text(page, '#staff [aria-current] .title', /^hate at /);
  const first = await page.locator('#staff [aria-current] .title').innerText();
  await page.keyboard.press('j');
  await expect.poll(() => page.locator('#staff [aria-current] .title').innerText()).not.toBe(first);
  await page.keyboard.press('k');
  await text(page, '#staff [aria-current] .title', first);
  await rows.first().getByRole('button', { name: /^Close/ }).click();
  await giveReason(page, /^Close/, 'seen to');
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
