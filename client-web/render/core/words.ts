// SPDX-License-Identifier: ISC
// All texts of these pages that are not in their HTML.

import type { Batch, Image, Pool, VariantState, WorkerState } from './farm';
import { countOf, msOf } from './farm';
import type { Trouble } from './retry';

const number = (value: number): string => value.toLocaleString('en');

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${number(count)} ${count === 1 ? one : many}`;

const KILO = 1_000;

/** 1,234 bytes are 1.2 kB. */
export function bytesWords(bytes: number): string {
  if (bytes < KILO) return plural(bytes, 'byte');
  const [value, unit] = bytes < KILO * KILO ? [bytes / KILO, 'kB'] : [bytes / KILO / KILO, 'MB'];
  return `${value < 10 ? value.toFixed(1).replace('.0', '') : number(Math.round(value))} ${unit}`;
}

export const megapixels = (pixels: number): string =>
  `${number(Math.round(pixels / 100_000) / 10)} megapixels`;

export function msWords(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 10_000 ? `${number(Math.round(ms))} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

export function leftWords(ms: number): string {
  const s = Math.max(1, Math.round(ms / 1_000));
  if (s < 60) return `${s} s left`;
  const minutes = Math.round(s / 60);
  if (minutes < 60) return `${plural(minutes, 'minute')} left`;
  const hours = Math.floor(minutes / 60);
  return `${hours} h ${minutes % 60} min left`;
}

export const troubleWords: Record<Trouble, string> = {
  busy: 'The farm is busy: some tiles come a little later',
  unreachable: "Can't reach the server. Trying again",
  failed: 'Some tiles could not be rendered',
  gone: 'Some tiles are no longer there: load the page again',
};

export const LINK_COPIED = 'Link copied';
export const LINK_IN_BAR = 'The link is in the address bar';
export const NO_FACTS = "Can't reach the server yet. Trying again";
export const NO_FRACTALS = 'This server renders no fractals';
export const NO_MAPS = 'This server has no map styles: start it with --map NAME=FILE';
export const NO_IMAGES = 'This server has no workers for images';
export const SAVED = 'Picture saved';
export const NOT_SAVED = "The picture can't be saved here";
export const OPEN_JULIA = 'Open this Julia set';
export const OPEN_MANDELBROT = 'Mandelbrot set';
export const LOST = 'Connection lost. Trying again';

export const paletteWords = (name: string): string => name[0]!.toUpperCase() + name.slice(1);

/** Room for a line break. */
export const pair = (c: string): string => c.replace(',', ', ');

export const setWords = (julia: string | null): string =>
  julia === null ? 'Mandelbrot set' : `Julia set of ${pair(julia)}`;

export const viewWords = (set: string, re: string, im: string, zoom: number): string =>
  `${set}, x ${re}, y ${im}, zoom ${zoom}`;

/** 12.5° N. */
export const degrees = (value: number, digits: number, positive: string, negative: string): string =>
  `${Math.abs(value).toFixed(digits)}° ${value < 0 ? negative : positive}`;

// ---- the factory

const OPS: Record<string, string> = {
  thumbnail: 'Thumbnail',
  grayscale: 'Grayscale',
  blur: 'Blur',
  rotate90: 'Rotated',
  stencil: 'Stencil',
};

export const opWords = (op: string): string => OPS[op] ?? op;

export function poolWords(name: string): string {
  const [kind, rest] = name.split(/:(.*)/);
  if (kind === 'image' && rest) return opWords(rest);
  if (kind === 'map' && rest) return `Map ${rest}`;
  return kind === 'fractal' ? 'Fractals' : opWords(name);
}

export const workerWords: Record<WorkerState, string> = { starting: 'starting', idle: 'idle', busy: 'busy' };

export const variantWords: Record<VariantState, string> = {
  queued: 'Waiting',
  running: 'In the making',
  done: 'Done',
  failed: 'Could not be made',
};

/** "2 busy, 1 idle", or that there are none. */
export function workersWords(pool: Pool): string {
  const parts = (['busy', 'idle', 'starting'] as const)
    .map((state) => [countOf(pool, state), state] as const)
    .filter(([count]) => count > 0)
    .map(([count, state]) => `${number(count)} ${workerWords[state]}`);
  return parts.join(', ') || 'No workers';
}

export function poolNumbers(pool: Pool): [string, string][] {
  const ms = msOf(pool);
  return [
    ['waiting', number(pool.waiting)],
    ['done', number(pool.done)],
    ['failed', number(pool.failed)],
    ['each', ms === null ? '–' : msWords(ms)],
  ];
}

export const RESTING = 'Resting: its last pictures all failed';

const TYPES: Record<string, string> = { 'image/jpeg': 'JPEG', 'image/png': 'PNG', 'image/webp': 'WebP' };

export const imageWords = ({ type, width, height, bytes }: Image): string =>
  [TYPES[type] ?? type, width > 0 ? `${number(width)} × ${number(height)}` : '', bytesWords(bytes)]
    .filter(Boolean)
    .join(', ');

/** What is promised is taken. */
const roundedDown = (bytes: number): number =>
  bytes < KILO * KILO ? bytes : Math.floor(bytes / KILO / KILO) * KILO * KILO;

export const limitsWords = (maxBytes: number, maxPixels: number): string =>
  `JPEG, PNG or WebP, up to ${bytesWords(roundedDown(maxBytes))} and ${megapixels(maxPixels)}`;

export const WRONG_TYPE = 'This is no JPEG, PNG or WebP image';
export const tooLarge = (bytes: number, most: number): string =>
  `This file has ${bytesWords(bytes)}; the most is ${bytesWords(most)}`;
export const tooMany = (pixels: number, most: number): string =>
  `This image has ${megapixels(pixels)}; the most are ${megapixels(most)}`;
export const uploading = (share: number): string => `Sending: ${Math.floor(share * 100)} %`;
export const RECEIVED = 'Sent. The server reads it';
export const KNOWN = 'This image was here already';
export const NEW = 'Here it is: its variants follow';
export const UPLOAD_LOST = 'The connection broke before all was sent. Choose the image again';
export const uploadRefused = (status: number, why: string): string =>
  why ? `The server did not take it: ${why}` : `The server did not take it (${status})`;
export const UPLOAD_FULL = 'The farm is full just now. Choose the image again in a moment';
export const scaleRefused = (why: string): string => `The number of workers was not changed: ${why}`;
export const NO_LIST = "The recent images can't be fetched. Trying again";
export const NO_IMAGE = 'There is no such image';

export const ALL_DONE = 'All variants are there';
export const CLOSE = 'Close';
export const ORIGINAL = 'Original';
export const OPEN_ON_CANVAS = 'Open on the canvas';
export const WIDTH = 'Width';
export const DITHER = 'Dithered';
export const WIDTH_WRONG = 'The width is a whole number from 1 to 1,000';
export const stencilSize = (width: number, height: number): string =>
  `${number(width)} × ${number(height)}: ${plural(width * height, 'pixel')} to place`;
export const variantAlt = (op: string): string => `${opWords(op)} of the image`;
export const someDone = (done: number, all: number): string => `${done} of ${all}`;
export const fewerWorkers = (pool: string): string => `${pool}: one worker less`;
export const moreWorkers = (pool: string): string => `${pool}: one worker more`;
export const workersOf = (pool: string): string => `${pool}: workers`;
export const workerTitle = (host: string, pid: number, state: WorkerState, tasks: number): string =>
  `${workerWords[state]}, ${plural(tasks, 'picture')} so far; process ${pid}${host ? ` on ${host}` : ''}`;

export const batchTitle = ({ style, zoom: [from, to], scale }: Batch): string =>
  `${style}, zoom ${from === to ? from : `${from} to ${to}`}${scale > 1 ? `, @${scale}x` : ''}`;

export function batchWords({ jobs, done, failed, state }: Batch, left: number | null): string {
  const failures = failed > 0 ? `, ${number(failed)} failed` : '';
  const count = `${number(done)} of ${number(jobs)}${failures}`;
  if (state === 'cancelled') return `${count}, cancelled`;
  if (state === 'done') return `${count}, done`;
  return left === null ? count : `${count}, ${leftWords(left)}`;
}

export function ago(time: number, now: number): string {
  const s = Math.max(0, Math.round((now - time) / 1_000));
  if (s < 60) return 'just now';
  if (s < 3_600) return `${plural(Math.floor(s / 60), 'minute')} ago`;
  if (s < 86_400) return `${plural(Math.floor(s / 3_600), 'hour')} ago`;
  return new Date(time).toLocaleDateString('en', { day: 'numeric', month: 'short', year: 'numeric' });
}

// ---- the first page

export const CARDS = {
  explore: ['Fractals', 'The Mandelbrot set and its Julia sets, down to zoom 40'],
  maps: ['Maps', 'A map of the world, in every style that this server has'],
  factory: ['Images', 'Drop an image and watch its variants appear'],
} as const;
export const NOTHING_HERE = 'This server renders nothing yet: see placed-render --help';

export const farmWords = (workers: number, busy: number, done: number): string =>
  `${plural(workers, 'worker')}, ${number(busy)} busy; ${plural(done, 'picture')} rendered since the start`;
