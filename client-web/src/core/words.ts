// SPDX-License-Identifier: ISC
// Why something cannot be placed, in a sentence. The operator's own words are text, never markup.

import type { Refusal } from './protocol';
import { countdown, untilWords } from './time';

const PLAIN: Record<string, string> = {
  range: 'That pixel is outside the canvas',
  readonly: "Read-only for the moment: your pixels can't be saved",
  busy: 'Too much is going on: try again in a moment',
  closed: 'The server is restarting: try again in a moment',
  failed: 'Your pixel could not be saved: try again',
  'origin: not allowed': 'Pages of this address may not draw here',
};

/** So many pixels were to be placed, in colours of these names. */
export function refusalWords(
  refusal: Refusal,
  pixels: number,
  colours: readonly string[],
  now: number,
  locale?: string,
): string {
  const { reason, retryMs, until, words } = refusal;
  const time = until === null ? '' : ` ${untilWords(until, now, locale)}`;
  const why = words === '' ? '' : `: ${words}`;
  const again = retryMs > 0 ? ` in ${countdown(retryMs)}` : ' in a moment';
  switch (reason) {
    case 'locked':
    case 'area':
      return `This area is closed${time}${why}`;
    case 'banned':
      return `You can't draw here${time}${words === '' ? '' : `, reason: ${words}`}`;
    case 'frozen':
      return `Drawing is paused${time}${why}`;
    case 'colour':
      return `${colours.length === 1 ? `You can't use ${colours[0]}` : 'Not all of these colours can be used'} here${time}${why}`;
    case 'energy':
      return retryMs > 0 ? nextPixels(pixels, retryMs) : TOO_MUCH;
    case 'network':
      return `Too much is drawn from your network: try again${again}`;
    case 'rate':
      return `That was too fast: try again${again}`;
    case 'identity':
      return 'To draw here, let this site keep a cookie, then try again';
    case 'young':
      return `You are new here: you can draw${again}`;
    default:
      return PLAIN[reason] ?? `Not placed: ${reason}`;
  }
}

export const TOO_MUCH = 'That is more than you can save up: draw fewer pixels at once';

export const nextPixels = (pixels: number, ms: number): string =>
  pixels === 1
    ? `Next pixel in ${countdown(ms)}`
    : `${pixels.toLocaleString()} pixels can be placed in ${countdown(ms)}`;
