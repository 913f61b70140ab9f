// SPDX-License-Identifier: ISC
// The pictures of docs/render.md, of the real pages on the real server: npm run screenshots:render -- OUTDIR
// It needs the map of the world: tools/setup render.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launch, PHONE, WAIT_MS } from './page';
import { quantise } from './quantise';
import { RenderServer } from './renderserver';

const WORLD = fileURLToPath(new URL('../../build/map/world/world.xml', import.meta.url));
const DESKTOP = { viewport: { width: 1000, height: 640 } };
const SMALL = { ...PHONE, viewport: { width: 360, height: 640 }, deviceScaleFactor: 1.5 };
const COLOURS = 256;
/** A picture that is larger than that does not go into docs/. */
const BYTES_MOST = 150_000;

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly options: BrowserContextOptions;
  readonly colours?: number;
  prepare?(page: Page): Promise<void>;
}

const drawn = (page: Page) => page.locator('#map[aria-busy="false"]').waitFor();

/** A sunset, drawn by the browser. */
async function sunset(page: Page): Promise<Buffer> {
  const url = await page.evaluate(() => {
    const canvas = document.createElement('canvas');
    const [w, h] = [(canvas.width = 1600), (canvas.height = 1200)];
    const g = canvas.getContext('2d')!;
    const sky = g.createLinearGradient(0, 0, 0, h);
    ['#fbb034', '#e5572e', '#8c2f6b', '#2b2d6e'].forEach((colour, i) => sky.addColorStop(i / 3, colour));
    g.fillStyle = sky;
    g.fillRect(0, 0, w, h);
    g.fillStyle = '#fff3c4';
    g.beginPath();
    g.arc(w * 0.68, h * 0.34, h * 0.13, 0, 7);
    g.fill();
    for (let i = 0; i < 7; i++) {
      g.fillStyle = `hsl(${225 + i * 8} 40% ${26 - i * 3}%)`;
      g.beginPath();
      g.moveTo((i * w) / 6 - w / 5, h);
      g.lineTo((i * w) / 6, h * (0.55 + (i % 3) * 0.08));
      g.lineTo((i * w) / 6 + w / 4, h);
      g.fill();
    }
    return canvas.toDataURL('image/jpeg', 0.9);
  });
  return Buffer.from(url.split(',')[1]!, 'base64');
}

async function dropImage(page: Page): Promise<void> {
  await page.locator('#pools li').first().waitFor();
  const buffer = await sunset(page);
  await page.locator('#file').setInputFiles({ name: 'Sunset.jpg', mimeType: 'image/jpeg', buffer });
  for (const op of ['thumbnail', 'grayscale', 'blur', 'rotate90', 'stencil']) {
    await page.locator(`[data-op="${op}"][data-state="done"] img`).waitFor();
  }
}

const SPIRAL = '#set=mandelbrot&x=-0.7465&y=0.1127&z=10&palette=ocean';

const SHOTS: readonly Shot[] = [
  {
    name: 'render-explore',
    path: `explore${SPIRAL}`,
    options: DESKTOP,
    colours: 128,
    prepare: async (page) => {
      await drawn(page);
      await page.mouse.move(430, 330);
      await page.waitForTimeout(1_500);
    },
  },
  {
    name: 'render-explore-phone',
    path: 'explore#set=julia&c=-0.8,0.156&x=0&y=0&z=1&palette=fire',
    options: SMALL,
    prepare: async (page) => {
      await drawn(page);
      await page.waitForTimeout(1_000);
    },
  },
  { name: 'render-maps', path: 'maps#style=world&lat=48&lon=12&z=4', options: DESKTOP, prepare: drawn },
  { name: 'render-maps-phone', path: 'maps#style=world&lat=45&lon=11&z=3', options: SMALL, prepare: drawn },
  { name: 'render-factory', path: 'factory', options: { viewport: { width: 1000, height: 900 } }, prepare: dropImage },
  {
    name: 'render-factory-phone',
    path: 'factory',
    options: SMALL,
    prepare: async (page) => {
      await dropImage(page);
      await page.locator('#image').evaluate((image) => image.scrollIntoView());
    },
  },
  {
    name: 'render-home',
    path: '',
    options: DESKTOP,
    prepare: (page) => page.waitForFunction(() => document.querySelectorAll('#cards img[data-loaded]').length === 6).then(() => {}),
  },
];

async function shoot(browser: Browser, server: RenderServer, { path, options, prepare }: Shot): Promise<Buffer> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  await page.goto(server.adminUrl + path);
  await prepare?.(page);
  // Whatever fades in has done so.
  await page.waitForTimeout(500);
  const file = await page.screenshot();
  await context.close();
  return file;
}

async function main(out: string | undefined): Promise<void> {
  if (!out) throw new Error('usage: npm run screenshots:render -- OUTDIR');
  await mkdir(out, { recursive: true });
  const server = await RenderServer.start('--map', `world=${WORLD}`);
  const browser = await launch();
  try {
    for (const shot of SHOTS) {
      const file = await quantise(await shoot(browser, server, shot), shot.colours ?? COLOURS);
      if (file.length > BYTES_MOST) throw new Error(`${shot.name}: ${file.length} bytes are more than ${BYTES_MOST}`);
      await writeFile(join(out, `${shot.name}.png`), file);
      console.log(`${shot.name}.png ${file.length}`);
    }
  } finally {
    await browser.close();
    await server.remove();
  }
}

await main(process.argv[2]);
