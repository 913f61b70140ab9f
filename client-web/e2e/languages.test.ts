// SPDX-License-Identifier: ISC
// Every language on the smallest phone: that nothing is cut or lies outside; and how it is chosen.
// Needs nothing but the server; about ten seconds a language.

import type { BrowserContextOptions, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { encodeCells } from '../src/core/template/encode';
import { t } from '../src/texts';
import '../src/texts/enparts';
import '../src/texts/enpast';
import '../src/texts/entemplate';
import { LANGUAGES } from '../src/core/languages';
import { languageName, speak } from '../src/texts/languages';
import { boardHas, canPlace, DESKTOP, drawn, live, lookAt, open, PHONE, text, WAIT_MS } from './page';
import { browser, forAll, server } from './scene';

const SMALL = { ...PHONE, viewport: { width: 320, height: 568 }, deviceScaleFactor: 2 };

/** The link of a template that is 4 cells wide. */
let templateLink: string;

forAll();

beforeAll(async () => {
  await server.edit(100, 100, 13);
  await server.edit(100, 100, 15);
  const cells = { width: 4, height: 1, indices: Uint8Array.of(0, 1, 1, 0) };
  const png = Buffer.from(await encodeCells(cells, ['#820080', '#0000ea'])).toString('base64');
  templateLink = `#x=100&y=100&scale=16&template=${encodeURIComponent(`data:image/png;base64,${png}`)}&ox=98&oy=100&tw=4`;
});

/** What is cut, or lies outside of the window or of its own button, in words; what scrolls may. */
const misfits = (page: Page) =>
  page.evaluate(() => {
    const found = new Set<string>();
    const scrolls = (element: Element, axis: 'overflowX' | 'overflowY') =>
      ['auto', 'scroll'].includes(getComputedStyle(element)[axis]);
    const within = (element: Element | null, axis: 'overflowX' | 'overflowY'): boolean =>
      element !== null && (scrolls(element, axis) || within(element.parentElement, axis));
    const nameOf = (element: Element) =>
      `${element.tagName.toLowerCase()}#${element.closest('[id]')?.id} "${(element.textContent ?? '').trim().slice(0, 60)}"`;
    const seen = (element: Element) => {
      const { width, height } = element.getBoundingClientRect();
      return width > 1 && height > 1 && element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    };
    for (const element of document.querySelectorAll('#controls *, dialog[open] *, body > .surface, body > .surface *')) {
      if (!(element instanceof HTMLElement) || !seen(element)) continue;
      const box = element.getBoundingClientRect();
      const control = element.matches('button, a, label, input, select, [role=button], .surface, dialog');
      if (control && !within(element.parentElement, 'overflowX') && (box.left < -0.5 || box.right > innerWidth + 0.5)) {
        found.add(`outside: ${nameOf(element)}`);
      }
      if (control && !within(element.parentElement, 'overflowY') && (box.top < -0.5 || box.bottom > innerHeight + 0.5)) {
        found.add(`above or below: ${nameOf(element)}`);
      }
      const own = getComputedStyle(element);
      // What only holds others may let them hang over into its padding.
      const speaks = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
      if (speaks && own.display !== 'inline' && !scrolls(element, 'overflowX') && element.scrollWidth > element.clientWidth + 1) {
        if (!element.matches('input, select')) found.add(`wider than it is: ${nameOf(element)}`);
      }
      for (const node of element.childNodes) {
        if (node.nodeType !== Node.TEXT_NODE || !node.textContent?.trim()) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const holder = element.closest('button, a, label, .surface, dialog') ?? element;
        const room = holder.getBoundingClientRect();
        for (const words of range.getClientRects()) {
          const cut = words.left < room.left - 1 || words.right > room.right + 1;
          const high = words.top < room.top - 1 || words.bottom > room.bottom + 1;
          const free = within(element, 'overflowX');
          if (cut && !free) found.add(`text beside its ground: ${nameOf(element)}`);
          if (high && holder.matches('button, a')) found.add(`text above or below its button: ${nameOf(element)}`);
        }
      }
    }
    return [...found];
  });

const FITS_MS = 5_000;

/** All that does not fit in any state: one run tells everything. */
class Fitting {
  readonly found: string[] = [];

  /** Looks until it fits, as fonts and flights may still be under way. */
  async look(page: Page, what: string): Promise<void> {
    const end = Date.now() + FITS_MS;
    for (;;) {
      const found = await misfits(page);
      if (found.length === 0) return;
      if (Date.now() > end) return void this.found.push(...found.map((words) => `${what}: ${words}`));
      await page.waitForTimeout(100);
    }
  }
}

/** The longest of these texts; functions get values as long as they come. */
function longest(...groups: readonly object[]): string {
  const words = (node: unknown): string[] => {
    if (typeof node === 'string') return [node];
    if (typeof node === 'function') return [String(node(...Array<string>(5).fill('100')))];
    return Object.values(node as object).flatMap(words);
  };
  return groups.flatMap(words).sort((a, b) => b.length - a.length)[0]!;
}

async function speaking(language: string, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ ...options, locale: language });
  const page = await open(context, server.url);
  await text(page, '#people', /./);
  expect(await page.evaluate(() => document.documentElement.lang)).toMatch(new RegExp(`^${language}\\b`));
  return page;
}

test.each(LANGUAGES)('on the smallest phone everything is there: %s', async (language) => {
  await speak(language);
  const words = t();
  const fitting = new Fitting();
  const page = await speaking(language, SMALL);
  await drawn(page);
  await text(page, '#hint', words.coach.colour);
  await fitting.look(page, 'the beginning');
  const k = await page.evaluate(() => window.placed.view.k);
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  await text(page, '#where', `${k.toLocaleString(language, digits)}×`);

  // The longest that is ever said; and what can be done about, with its buttons.
  const say = (said: string, action: string) =>
    page.evaluate(
      ([said, action]) => {
        document.getElementById('hint-text')!.firstChild!.textContent = said;
        const button = document.getElementById('hint-action')!;
        button.textContent = action;
        button.hidden = document.getElementById('hint-dismiss')!.hidden = !action;
      },
      [said, action] as const,
    );
  await say(longest(words.refusal, words.standing, words.placing, words.energy, words.past, words.template), '');
  await fitting.look(page, 'the longest line');
  await say(words.placing.unsaved(1000), words.placing.placeUnsaved);
  await fitting.look(page, 'the line with its buttons');

  await page.evaluate((words) => {
    const people = document.getElementById('people')!.firstChild!;
    const before = people.textContent!;
    people.textContent = words;
    return before;
  }, longest({ ...words.connection, full: '', origin: '', picture: '' }));
  await fitting.look(page, 'the longest of the connection');
  await page.reload();
  await live(page);

  await page.locator('.swatch').nth(15).tap();
  const at = await lookAt(page, 104, 104, 16);
  await canPlace(page, 104, 104);
  await page.touchscreen.tap(at.x, at.y);
  await page.locator('#place').waitFor();
  await fitting.look(page, 'a pixel is aimed at');

  for (const [key, id] of [['?', 'keys-help']] as const) {
    await page.keyboard.press(key);
    await page.locator(`#${id}`).waitFor();
    await fitting.look(page, id);
    await page.keyboard.press('Escape');
    await page.locator(`#${id}`).waitFor({ state: 'detached' });
  }

  await page.locator('#menu').tap();
  await page.locator('#menu-panel').waitFor();
  await fitting.look(page, 'the menu');
  await page.locator('#menu-panel [data-id="about"]').tap();
  await page.locator('#about').waitFor();
  await fitting.look(page, 'about');
  await page.keyboard.press('Escape');
  await page.locator('#about').waitFor({ state: 'detached' });

  await boardHas(page, 100, 100, 15);
  await lookAt(page, 100, 100, 16);
  await page.evaluate(() => (location.hash = '#x=100&y=100&scale=16'));
  await page.keyboard.press('Escape');
  await page.keyboard.press('i');
  await page.locator('#card .line').waitFor();
  await fitting.look(page, 'the card');
  await page.keyboard.press('Escape');
  await page.locator('#card').waitFor({ state: 'detached' });

  await page.keyboard.press('r');
  await page.waitForFunction(() => window.placed.past?.rewind.settled === true);
  await fitting.look(page, 'rewind');
  await page.context().close();
  expect(fitting.found).toEqual([]);
});

test.each(LANGUAGES)('templates on the smallest phone: %s', async (language) => {
  await speak(language);
  const fitting = new Fitting();
  const page = await speaking(language, SMALL);
  await page.keyboard.press('t');
  await page.locator('#template-add').waitFor();
  await fitting.look(page, 'adding one');
  await page.goto('about:blank');
  await page.goto(server.url + templateLink);
  await live(page);
  await page.locator('#template').waitFor();
  await fitting.look(page, 'the bar');
  await page.locator('#template .open').tap();
  await page.locator('#template-panel').waitFor();
  await fitting.look(page, 'the sheet');
  await page.context().close();
  expect(fitting.found).toEqual([]);
});

test('the language is chosen by hand, and the page stays where it is', async () => {
  const context = await browser.newContext({ ...DESKTOP, locale: 'en-GB' });
  const page = await open(context, server.url);
  await lookAt(page, 321, 123, 16);
  await page.click('#menu');
  const list = page.locator('#menu-panel [data-id="language"] select');
  expect(await list.locator('option').allTextContents()).toEqual(['Auto', ...LANGUAGES.map(languageName)]);
  for (const [language, colour] of [['de', 'Blau'], ['fr', 'bleu']] as const) {
    await list.selectOption(language);
    await expect.poll(() => page.evaluate(() => document.documentElement.lang), { timeout: WAIT_MS }).toBe(language);
    await live(page);
    await page.getByRole('radio', { name: colour, exact: true }).waitFor();
    // The middle of the window is where it was.
    const cell = () =>
      page.evaluate(() => {
        const { k, x } = window.placed.view;
        return [k, Math.floor((innerWidth / 2 - x) / k)];
      });
    await expect.poll(cell).toEqual([16, 321]);
    await page.click('#menu');
    await list.waitFor();
    expect(await list.inputValue()).toBe(language);
  }
  await list.selectOption('auto');
  await expect.poll(() => page.evaluate(() => document.documentElement.lang), { timeout: WAIT_MS }).toBe('en-GB');
  await context.close();
});

test('of the languages of the browser it is the first that there is, with numbers as that writes them', async () => {
  const context = await browser.newContext({ ...DESKTOP, locale: 'de-CH' });
  await context.addInitScript(() => {
    Object.defineProperty(navigator, 'languages', { get: () => ['rm-CH', 'de-CH', 'fr-CH'] });
  });
  const page = await open(context, server.url);
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('de-CH');
  await page.getByRole('radio', { name: 'Hellgrau', exact: true }).waitFor();
  await page.click('#menu');
  await page.locator('#menu-panel [data-id="about"]').click();
  await text(page, '#about', /1.000 × 1.000/);
  await context.close();
});

test('where its file cannot be loaded, the page speaks English', async () => {
  const context = await browser.newContext({ ...DESKTOP, locale: 'de' });
  await context.route('**/assets/de-*.js', (route) => route.abort());
  const page = await open(context, server.url);
  await page.getByRole('radio', { name: 'light grey', exact: true }).waitFor();
  expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
  await context.close();
});
