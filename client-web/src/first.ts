// SPDX-License-Identifier: ISC
// The first script: shows the picture, where the link points or all of it, before anything else is
// loaded. Small, because everything waits for it; the rest of the page comes while the picture does.

import { parseInfo, type Info } from './core/info';
import { parseLink } from './core/link';
import { boundsOf, pictureOf } from './core/plane';
import { insetsFor, middleOf } from './core/room';
import { fit, lookAt, type View, type Viewport } from './core/view';
import { deckBox } from './app/dock';
import { first } from './app/first';
import { Screen } from './layers/screen';
import { sizeCanvas } from './layers/size';
import { fetchEarly } from './net/early';

/** If the picture takes longer than this, the controls come before it. */
const PATIENCE_MS = 3_000;
/** How fast it comes is known after so long. */
const MEASURE_MS = 50;
/** In a hidden tab no frame is drawn, and none is waited for. */
const FRAME_MS = 100;
const ORIGIN = { x: 0, y: 0 };

const base = new URL('.', location.href);
let restAsked = false;

/** Asks for the scripts and styles of the rest of the page, without running them. Their names are in
 * the document (build-plugins/rest.ts). */
function askForRest(): void {
  if (restAsked) return;
  restAsked = true;
  const names = document.querySelector<HTMLElement>('script[data-rest]')?.dataset.rest ?? '';
  for (const name of names.split(' ').filter(Boolean)) {
    const link = document.createElement('link');
    link.rel = name.endsWith('.css') ? 'preload' : 'modulepreload';
    if (link.rel === 'preload') link.as = 'style';
    // As they are asked for in the end (Vite's way): what was asked for in another way would come twice.
    link.crossOrigin = '';
    link.href = name;
    document.head.append(link);
  }
}

/** How long a short answer takes, as the document itself did. */
function roundTripMs(): number {
  const [document] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  return document ? document.responseEnd - document.requestStart : 0;
}

/** What had come when the first of it was seen, and when that was: it may have waited for us. */
let start: { readonly bytes: number; readonly at: number } | null = null;

/** The rest is asked for so that its answer begins as the picture ends: half a round trip before, because
 * an answer that begins too early takes of what the picture comes through. */
function pictureComes(bytes: number, all: number): void {
  if (all > 0) showProgress(bytes / all);
  const at = performance.now();
  start ??= { bytes, at };
  const elapsed = at - start.at;
  if (elapsed < MEASURE_MS) return;
  const leftMs = ((all - bytes) * elapsed) / (bytes - start.bytes);
  if (!(leftMs > roundTripMs() / 2)) askForRest();
}

/** On the bar that stands where the picture will be. */
function showProgress(part: number): void {
  const bar = document.querySelector<HTMLElement>('#wait > div');
  bar?.style.setProperty('--part', `${Math.min(1, part) * 100}%`);
  bar?.setAttribute('aria-valuenow', String(Math.round(Math.min(1, part) * 100)));
}

/** Returns how the plane is looked at. */
function draw(info: Info, bitmap: ImageBitmap | null): View {
  const canvas = document.getElementById('screen') as HTMLCanvasElement;
  const { innerWidth: width, innerHeight: height, devicePixelRatio: dpr } = window;
  const port: Viewport = { width, height, dpr };
  const bounds = boundsOf(info.canvases, info);
  const insets = insetsFor(deckBox(height), port);
  const place = parseLink(location.hash);
  const view = place
    ? lookAt(place, place.scale, middleOf(port, insets), port, bounds)
    : fit(port, insets, bounds);
  sizeCanvas(canvas, port);
  const get = (path: string) => (path === pictureOf(ORIGIN) ? bitmap : null);
  const scenery = {
    size: info,
    canvases: info.canvases,
    surfaces: new Map(),
    stills: { get, peek: get },
    pathOf: pictureOf,
    few: Infinity,
    overlays: new Map(),
  };
  // The ground has no cells that could look uneven: quickly.
  new Screen().draw(canvas.getContext('2d')!, scenery, view, port, bitmap === null);
  return view;
}

/** The plane as a chequered ground, then with the picture of its first canvas. */
async function show(): Promise<void> {
  const described = fetchEarly(new URL('info', base), () => {});
  const pictured = fetchEarly(new URL(pictureOf(ORIGIN), base), pictureComes);
  const info = parseInfo(JSON.parse(new TextDecoder().decode((await described).bytes)));
  if (!info) return;
  let here = false;
  void pictured.then(() => (here = true), () => {});
  // Whatever is here already gets its turn.
  await null;
  const wait = document.getElementById('wait');
  if (!here) draw(info, null);
  wait?.setAttribute('data-known', '');
  const { answer, bytes } = await pictured;
  askForRest();
  if (!answer.ok) return;
  first.bitmap = await createImageBitmap(new Blob([bytes]));
  performance.mark('placed:art', { detail: draw(info, first.bitmap) });
  wait?.remove();
  // The browser shows it before the rest is run.
  await new Promise<void>((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, FRAME_MS);
  });
}

async function begin(): Promise<void> {
  const patience = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE_MS));
  // What failed here is asked for again, and explained, by the rest of the page.
  await Promise.race([show().catch(() => {}), patience]);
  const { start: run } = await import('./main');
  run();
}

// In a browser that is too old, support.js has shown a message instead.
if (!document.documentElement.hasAttribute('data-unsupported')) void begin();
