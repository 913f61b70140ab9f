// SPDX-License-Identifier: ISC
// How quickly the page shows its art, what it is sent for that, and what it costs to watch and to zoom
// while many draw, as JSON: for bench/measure-page, which says what each figure is. Its one argument
// is a Plan.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContextOptions, CDPSession, Page } from 'playwright-core';
import { decodePicture } from '../src/core/picture';
import { parseInfo, type Info } from '../src/core/info';
import { launch, PHONE, DESKTOP } from './page';
import { Sephsplace } from './sephsplace';
import { POINTS, watch, type Drawing } from './watchpage';

interface Target {
  readonly name: string;
  /** Of the placed server below it. */
  readonly port: number;
  /** A checkout of sephsplace, whose client is served over that server. */
  readonly sephsplace?: string;
}

interface Plan {
  readonly targets: readonly Target[];
  readonly flood: string;
  readonly repetitions: number;
  readonly parts: readonly string[];
  readonly seconds: number;
  readonly minutes: number;
}

interface Device {
  readonly options: BrowserContextOptions;
  readonly slowed: number;
}

const WIDE: BrowserContextOptions = { viewport: { width: 1920, height: 1080 }, deviceScaleFactor: 2 };
const DEVICES = {
  desktop: { options: DESKTOP, slowed: 1 },
  phone: { options: PHONE, slowed: 4 },
  wide: { options: WIDE, slowed: 1 },
} satisfies Record<string, Device>;

/** As DevTools has it. */
const FAST_3G = {
  offline: false,
  latency: 562.5,
  downloadThroughput: 1_440_000 / 8,
  uploadThroughput: 675_000 / 8,
};
const RATES = [400, 10_000];
/** Nothing was drawn for so long: this is how it stays. */
const QUIET_MS = 1_500;
const LOAD_MS = 60_000;
/** A frame that comes later than this after the one before missed the next of 60 a second. */
const LATE_MS = 20;
/** Two pixels are the same when no channel differs by more. */
const CLOSE = 24;
/** So many of a hundred points have to be. */
const EQUAL_PERCENT = 98;
/** A pixel mixes cells that are at most so far away. */
const AROUND = 2;
/** So many points have to be on the canvas. */
const FEWEST = 40;
const SAMPLE_MS = 30_000;

const plan = JSON.parse(process.argv[2]!) as Plan;

interface Place {
  readonly target: Target;
  readonly url: string;
}

interface Art {
  readonly info: Info;
  readonly indices: Uint8Array;
}

const browser = await launch();
const bridges: Sephsplace[] = [];
try {
  const places: Place[] = [];
  for (const target of plan.targets) {
    let url = `http://127.0.0.1:${target.port}/`;
    if (target.sephsplace !== undefined) {
      const bridge = await Sephsplace.over(target.port, target.sephsplace);
      bridges.push(bridge);
      ({ url } = bridge);
    }
    places.push({ target, url });
  }
  const rows: object[] = [];
  const add = (row: object) => {
    rows.push(row);
    console.error(JSON.stringify(row));
  };
  for (let repetition = 0; repetition < plan.repetitions; repetition++) {
    for (const place of places) {
      const { name } = place.target;
      const row = async (part: string, what: () => Promise<object>) => {
        if (plan.parts.includes(part)) add({ part, target: name, repetition, ...(await what()) });
      };
      await row('load-desktop', () => load(browser, place, DEVICES.desktop, null));
      await row('load-phone', () => load(browser, place, DEVICES.phone, null));
      await row('load-3g', () => load(browser, place, DEVICES.desktop, FAST_3G));
    }
  }
  for (let repetition = 0; repetition < plan.repetitions; repetition++) {
    for (const place of places) {
      const { name } = place.target;
      for (const rate of RATES) {
        if (!plan.parts.includes('script')) continue;
        add({ part: `script-${rate}`, target: name, repetition, ...(await script(browser, place, rate)) });
      }
      for (const [part, device] of [
        ['zoom-wide', DEVICES.wide],
        ['zoom-phone', DEVICES.phone],
      ] as const) {
        if (!plan.parts.includes(part)) continue;
        add({ part, target: name, repetition, ...(await zoom(browser, place, device)) });
      }
    }
  }
  if (plan.parts.includes('heap')) {
    for (const place of places) add({ part: 'heap', target: place.target.name, ...(await heap(browser, place)) });
  }
  console.log(JSON.stringify({ rows }));
} finally {
  await browser.close();
  for (const bridge of bridges) await bridge.remove();
}

async function artOf({ target }: Place): Promise<Art> {
  const url = `http://127.0.0.1:${target.port}/`;
  const info = parseInfo(await (await fetch(`${url}info`)).json())!;
  const file = new Uint8Array(await (await fetch(`${url}canvas.png`)).arrayBuffer());
  const palette = info.palette.map(({ rgb }) => rgb);
  return { info, indices: (await decodePicture(file, info, palette)).indices };
}

/** A fresh page, with nothing of this server in any cache. */
async function opened(
  browser: Browser,
  device: Device,
  network: typeof FAST_3G | null,
): Promise<{ page: Page; cdp: CDPSession; close(): Promise<void> }> {
  const context = await browser.newContext(device.options);
  const page = await context.newPage();
  await page.addInitScript(watch, POINTS);
  const cdp = await context.newCDPSession(page);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: device.slowed });
  await cdp.send('Network.enable');
  if (network) await cdp.send('Network.emulateNetworkConditions', network);
  return { page, cdp, close: () => context.close() };
}

function isQuiet(ms: number): boolean {
  const last = window.watched?.drawings.at(-1);
  return last !== undefined && new Set(last.pixels).size >= 6 && performance.now() - last.at > ms;
}

/** One load: when the art was drawn, and what was sent. */
async function load(browser: Browser, place: Place, device: Device, network: typeof FAST_3G | null) {
  const art = await artOf(place);
  const { page, cdp, close } = await opened(browser, device, network);
  const kinds = new Map<string, { url: string; kind: string }>();
  const bytes: Record<string, number> = {};
  let requests = 0;
  cdp.on('Network.responseReceived', ({ requestId, response, type }) => {
    kinds.set(requestId, { url: response.url, kind: kindOf(response.url, type) });
  });
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const kind = kinds.get(requestId)?.kind;
    if (!kind) return;
    requests++;
    bytes[kind] = (bytes[kind] ?? 0) + encodedDataLength;
  });
  try {
    await page.goto(place.url, { waitUntil: 'commit', timeout: LOAD_MS });
    await page.waitForFunction(isQuiet, QUIET_MS, { timeout: LOAD_MS, polling: 200 });
    const drawings = await page.evaluate(() => window.watched.drawings);
    const last = drawings.at(-1)!;
    await holdAgainst(page, place, last, art);
    const first = drawings.find(({ pixels }) => same(pixels, last.pixels))!;
    const after = drawings.slice(drawings.indexOf(first));
    const mark = (name: string) =>
      page.evaluate((name) => performance.getEntriesByName(name)[0]?.startTime ?? null, name);
    return {
      art_ms: first.at,
      // Where the page says itself when it drew the art, and when its controls were there.
      said_ms: await mark('placed:art'),
      controls_ms: await mark('placed:controls'),
      drawings: drawings.length,
      flickers: after.filter(({ pixels }) => !same(pixels, last.pixels)).length,
      requests,
      bytes,
    };
  } finally {
    await close();
  }
}

function kindOf(url: string, type: string): string {
  const { pathname } = new URL(url);
  if (/\/(canvas\.png|current)$/.test(pathname)) return 'picture';
  if (type === 'Document' || type === 'Script' || type === 'Stylesheet') return type.toLowerCase();
  if (/\.js$/.test(pathname)) return 'script';
  if (/\.css$/.test(pathname)) return 'stylesheet';
  return /\/(info|plane)$/.test(pathname) ? 'info' : 'other';
}

function near(a: number, b: number): boolean {
  return [16, 8, 0].every((shift) => Math.abs(((a >> shift) & 255) - ((b >> shift) & 255)) <= CLOSE);
}

function same(a: readonly number[], b: readonly number[]): boolean {
  const equal = a.filter((pixel, i) => near(pixel, b[i]!)).length;
  return a.length === b.length && 100 * equal >= EQUAL_PERCENT * a.length;
}

/** Throws unless the page shows the server's picture, and there. */
async function holdAgainst(page: Page, { target }: Place, drawn: Drawing, art: Art) {
  const { view, width, height } = await page.evaluate((sephsplace) => {
    // Where its client looks at first: 10 pixels a cell, from (-10, -10) on.
    const view = sephsplace ? { k: 10, x: 100, y: 100 } : window.placed.view;
    const { innerWidth: width, innerHeight: height } = window;
    return { view: { k: view.k, x: view.x, y: view.y }, width, height };
  }, target.sephsplace !== undefined);
  const equal = (dx: number, dy: number): number => {
    const held = drawn.pixels.flatMap((pixel, n) => {
      const x = ((((n % POINTS) + 0.5) * width) / POINTS - view.x) / view.k;
      const y = (((Math.floor(n / POINTS) + 0.5) * height) / POINTS - view.y) / view.k;
      const between = isBetween(pixel, art, Math.floor(x), Math.floor(y), dx, dy);
      return between === null ? [] : [between];
    });
    if (held.length < FEWEST) throw new Error(`void: only ${held.length} points of ${target.name} are on the canvas`);
    return held.filter(Boolean).length / held.length;
  };
  const here = equal(0, 0);
  const elsewhere = equal(width >> 1, height >> 1);
  if (here < 1 || elsewhere > 0.9) {
    throw new Error(`void: ${target.name} shows ${here} of the picture, and ${elsewhere} of it moved aside`);
  }
}

/** Whether a pixel is a mixture of the colours around a cell; null where there is no such cell. With
 * `dx` and `dy` it is held against another place of the picture. */
function isBetween(pixel: number, art: Art, x: number, y: number, dx: number, dy: number): boolean | null {
  const { width, height, palette } = art.info;
  if (x < AROUND || y < AROUND || x >= width - AROUND || y >= height - AROUND) return null;
  const colours = new Set<number>();
  for (let j = y - AROUND; j <= y + AROUND; j++) {
    for (let i = x - AROUND; i <= x + AROUND; i++) {
      const index = art.indices[((j + dy) % height) * width + ((i + dx) % width)]!;
      colours.add(Number.parseInt(palette[index]!.rgb.slice(1), 16));
    }
  }
  return [16, 8, 0].every((shift) => {
    const channel = [...colours].map((colour) => (colour >> shift) & 255);
    const value = (pixel >> shift) & 255;
    return value >= Math.min(...channel) - CLOSE && value <= Math.max(...channel) + CLOSE;
  });
}

/** Draws so many edits a second for as long as the job takes. */
async function flooded<T>({ target }: Place, rate: number, job: () => Promise<T>): Promise<T> {
  const url = `ws://127.0.0.1:${target.port}/ws`;
  const batch = Math.max(1, Math.floor(rate / 400));
  const args = ['--readers', 1, '--writers', 4, '--rate', rate, '--batch', batch, '--duration', 7_200, '--quiet', url];
  const child = spawn(plan.flood, args.map(String), { stdio: 'ignore' });
  const ended = once(child, 'exit');
  try {
    await sleep(1_500);
    if (child.exitCode !== null) throw new Error(`edit-flood ended with ${child.exitCode}`);
    return await job();
  } finally {
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(kill);
  }
}

/** Opens the page and waits until it has been live for a moment. */
async function watched(browser: Browser, place: Place, device: Device) {
  const shown = await opened(browser, device, null);
  await shown.page.goto(place.url, { timeout: LOAD_MS });
  await shown.page.waitForFunction(
    () =>
      window.placed
        ? window.placed.client.sync.state.kind === 'live'
        : document.getElementById('connected')?.className === 'yes',
    undefined,
    { timeout: LOAD_MS, polling: 100 },
  );
  await shown.page.evaluate(() => window.watched.stop());
  await sleep(1_000);
  return shown;
}

/** Durations in seconds; of the processor, which a busy machine does not make longer. */
async function metrics(cdp: CDPSession): Promise<Map<string, number>> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return new Map(metrics.map(({ name, value }) => [name, value]));
}

/** The processor's time for scripts, and for all that the page's thread does, a second of watching. */
async function script(browser: Browser, place: Place, rate: number) {
  const { page, cdp, close } = await watched(browser, place, DEVICES.desktop);
  try {
    return await flooded(place, rate, async () => {
      await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
      const version = () =>
        page.evaluate(() => window.placed?.client.sync.version ?? (window as { _version?: string })._version);
      await sleep(1_000);
      const before = await metrics(cdp);
      const from = Number(await version());
      const began = performance.now();
      await sleep(1_000 * plan.seconds);
      const after = await metrics(cdp);
      const seconds = (performance.now() - began) / 1_000;
      const records = Number(await version()) - from;
      if (!(records > 0)) throw new Error(`void: nothing came to ${place.target.name}`);
      const used = (name: string) => (1_000 * (after.get(name)! - before.get(name)!)) / seconds;
      return { script_ms: used('ScriptDuration'), thread_ms: used('TaskDuration'), records };
    });
  } finally {
    await close();
  }
}

/** Zooms in and out with the browser's own gestures while many draw. */
async function zoom(browser: Browser, place: Place, device: Device) {
  const { page, cdp, close } = await watched(browser, place, device);
  const { width, height } = device.options.viewport!;
  const at = { x: Math.round(width / 2), y: Math.round(height / 2) };
  const seph = place.target.sephsplace !== undefined;
  const gesture = async (inwards: boolean): Promise<void> => {
    if (device.options.hasTouch && !seph) {
      await cdp.send('Input.synthesizePinchGesture', {
        ...at,
        scaleFactor: inwards ? 3 : 1 / 3,
        relativeSpeed: 250,
        gestureSourceType: 'touch',
      });
    } else if (!seph) {
      await cdp.send('Input.synthesizeScrollGesture', {
        ...at,
        yDistance: inwards ? 900 : -900,
        speed: 900,
        preventFling: true,
        gestureSourceType: 'mouse',
      });
    } else {
      // It zooms for as long as its button is held.
      const box = (await page.locator(inwards ? '#zoomin' : '#zoomout').boundingBox())!;
      await page.mouse.move(box.x + 10, box.y + 10);
      await page.mouse.down();
      await sleep(1_000);
      await page.mouse.up();
    }
  };
  try {
    return await flooded(place, RATES[1]!, async () => {
      const scale = () => page.evaluate(() => window.placed?.view.k ?? 0);
      await gesture(true);
      await gesture(false);
      const before = await scale();
      await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
      const busy = await metrics(cdp);
      const stop = await page.evaluateHandle(() => window.watched.frames());
      let moved = 0;
      for (let i = 0; i < 3; i++) {
        await gesture(true);
        moved = Math.max(moved, Math.abs((await scale()) / before - 1));
        await gesture(false);
      }
      const times = await stop.evaluate((stop) => stop());
      const after = await metrics(cdp);
      if (!seph && moved < 0.5) throw new Error(`void: ${place.target.name} did not zoom`);
      const frames = times.slice(1).map((time, i) => time - times[i]!);
      const used = (name: string) => (1_000 * (after.get(name)! - busy.get(name)!)) / frames.length;
      frames.sort((a, b) => a - b);
      return {
        frames: frames.length,
        late: frames.filter((ms) => ms > LATE_MS).length,
        late_of_350: (350 * frames.filter((ms) => ms > LATE_MS).length) / frames.length,
        p50_ms: frames[frames.length >> 1],
        p95_ms: frames[Math.floor(0.95 * frames.length)],
        thread_ms_a_frame: used('TaskDuration'),
      };
    });
  } finally {
    await close();
  }
}

/** What the page's heap holds after a collection, again and again while 400 edits a second come. */
async function heap(browser: Browser, place: Place) {
  const { page, cdp, close } = await watched(browser, place, DEVICES.desktop);
  try {
    return await flooded(place, RATES[0]!, async () => {
      await cdp.send('HeapProfiler.enable');
      await cdp.send('Performance.enable');
      const samples: { minutes: number; bytes: number }[] = [];
      const began = performance.now();
      const every = Math.min(SAMPLE_MS, (60_000 * plan.minutes) / 6);
      for (;;) {
        await cdp.send('HeapProfiler.collectGarbage');
        const bytes = (await metrics(cdp)).get('JSHeapUsedSize')!;
        const minutes = (performance.now() - began) / 60_000;
        samples.push({ minutes, bytes });
        if (minutes >= plan.minutes) break;
        await sleep(every);
      }
      await page.close();
      return { samples, bytes_a_minute: slope(samples), bytes: samples.at(-1)!.bytes };
    });
  } finally {
    await close();
  }
}

/** Least squares; the first sample does not count. */
function slope(all: readonly { minutes: number; bytes: number }[]): number {
  const samples = all.slice(1);
  const mean = (of: (sample: { minutes: number; bytes: number }) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const m = mean(({ minutes }) => minutes);
  const b = mean(({ bytes }) => bytes);
  const above = mean(({ minutes, bytes }) => (minutes - m) * (bytes - b));
  return above / mean(({ minutes }) => (minutes - m) ** 2);
}
