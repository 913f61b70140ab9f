// SPDX-License-Identifier: ISC
// Every state of the page is looked at by axe, which knows the rules of access: names and roles,
// contrast, order of headings, sizes of targets. Light and dark, at desktop and phone size. About a
// minute.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { DESKTOP, lookAt, lost, open, PHONE, settled, still } from './page';
import { browser, forAll, server } from './scene';
import { Server } from './server';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let token: string;

forAll('--staff-page', 'on', '--energy', '600000/30000/30000');

beforeAll(async () => {
  token = String((await server.control('token', { name: 'anna', role: 'moderator' })).token);
  await server.control('region', {
    name: 'Closed garden',
    ...{ x: 40, y: 40, w: 20, h: 20 },
    closed: true,
    why: 'so that there is one',
  });
});

/** What axe objects to: rule, and where. */
async function objections(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(
    () => (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`),
  );
}

/** Two pixels, red and blue. */
const TEMPLATE =
  '#x=100&y=100&scale=16&ox=100&oy=100&title=Flag&template=data%3Aimage%2Fpng%3Bbase64%2C' +
  encodeURIComponent(
    'iVBORw0KGgoAAAANSUhEUgAAAAIAAAABAQMAAADO7O3JAAAABlBMVEUAAOrlAAnKULJ8AAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  );

const press = (key: string) => async (page: Page) => {
  await page.evaluate(() => document.getElementById('marks')!.focus());
  await page.keyboard.press(key);
};

/** Brings the page into a state, and returns when it is there. */
const STATES: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  'the first visit': async () => {},
  'a colour and a reticle': async (page) => {
    await lookAt(page, 100, 100, 16);
    await press('6')(page);
    await page.keyboard.press('ArrowRight');
  },
  'something to undo': async (page) => {
    await lookAt(page, 200, 200, 16);
    await still(page);
    await press('6')(page);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await settled(page);
  },
  'the menu': async (page) => {
    await page.click('#menu');
    await page.locator('#menu-panel').waitFor();
  },
  'the keys': async (page) => {
    await press('?')(page);
    await page.locator('dialog[open]').waitFor();
  },
  'the card of a pixel': async (page) => {
    await lookAt(page, 100, 100, 16);
    await page.click('#where');
    await page.locator('#card').waitFor();
  },
  rewind: async (page) => {
    await press('r')(page);
    await page.waitForFunction(() => window.placed.past?.rewind.settled === true);
  },
  'the heat map': async (page) => {
    await press('h')(page);
    await page.waitForFunction(() => window.placed.past?.layers.settled === true);
  },
  templates: async (page) => {
    await press('t')(page);
    await page.locator('#template-add').waitFor();
  },
  'the bar of a template': async (page) => {
    await page.evaluate((template) => (location.hash = template), TEMPLATE);
    await page.locator('#template .next').waitFor();
  },
  'the panel of templates': async (page) => {
    await page.evaluate((template) => (location.hash = template), TEMPLATE);
    await page.click('#template .open');
    await page.locator('#template-panel .colours').waitFor();
  },
  'a template that is moved': async (page) => {
    await page.evaluate((template) => (location.hash = template), TEMPLATE);
    await page.click('#template .open');
    await page.getByRole('button', { name: 'Move', exact: true }).click();
    await page.locator('#template-grip').waitFor();
  },
  'a picture that is to become a template': async (page) => {
    await press('t')(page);
    await page.fill('#template-address', TEMPLATE);
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await page.locator('#template-add .preview canvas').waitFor();
  },
  'the staff': async (page) => {
    await page.evaluate(() => (location.hash = '#staff'));
    await page.getByLabel('Token of the staff').fill(token);
    await page.keyboard.press('Enter');
    await page.getByRole('tab').first().waitFor();
  },
};

/** All states, once by each of the two themes, whose colours are what differs. */
const SIZES: Readonly<Record<string, BrowserContextOptions>> = {
  'desktop, light': { ...DESKTOP, colorScheme: 'light' },
  'phone, dark': { ...PHONE, colorScheme: 'dark' },
};

for (const [size, options] of Object.entries(SIZES)) {
  for (const [state, prepare] of Object.entries(STATES)) {
    test(`${size}: ${state}`, async () => {
      const context = await browser.newContext(options);
      const page = await open(context, server.url);
      await prepare(page);
      expect(await objections(page)).toEqual([]);
      await context.close();
    });
  }
}

test('without a connection', async () => {
  const other = await Server.start();
  const context = await browser.newContext(DESKTOP);
  const page = await open(context, other.url);
  await other.down();
  await lost(page);
  await page.locator('#try-now').waitFor();
  expect(await objections(page)).toEqual([]);
  await context.close();
  await other.remove();
});
