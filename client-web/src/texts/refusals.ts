// SPDX-License-Identifier: ISC
// Why something cannot be placed, in a sentence. The operator's own words are text, never markup.

import { t } from '.';
import type { Refusal } from '../core/protocol';
import { countdown } from './countdown';
import { untilWords } from './time';
import './enparts';

/** So many pixels were to be placed, in colours of these names. */
export function refusalWords(
  refusal: Refusal,
  pixels: number,
  colours: readonly string[],
  now: number,
  locale?: string,
): string {
  const { reason, retryMs, until, words } = refusal;
  const texts = t().refusal;
  const time = until === null ? '' : untilWords(until, now, locale);
  const again = retryMs > 0 ? countdown(retryMs) : '';
  switch (reason) {
    case 'locked':
    case 'area':
      return texts.area(time, words);
    case 'banned':
      return texts.banned(time, words);
    case 'frozen':
      return texts.frozen(time, words);
    case 'colour':
      return texts.colour(colours.length === 1 ? colours[0]! : '', time, words);
    case 'energy':
      return retryMs > 0 ? nextPixels(pixels, retryMs) : texts.tooMuch;
    case 'network':
      return texts.network(again);
    case 'rate':
      return texts.rate(again);
    case 'young':
      return texts.young(again);
    case 'origin: not allowed':
      return texts.origin;
    case 'identity':
    case 'range':
    case 'readonly':
    case 'busy':
    case 'closed':
    case 'failed':
      return texts[reason];
    default:
      return texts.other(reason);
  }
}

export const nextPixels = (pixels: number, ms: number): string =>
  t().refusal.nextPixels(pixels, countdown(ms));
