// SPDX-License-Identifier: ISC
// What a region means for whoever wants to paint in it, in a sentence. The operator's own words are text,
// never markup.

import { colourName, locale, t } from '.';
import type { Colour, Region } from '../core/info';
import { saying } from '../core/regions';
import { untilWords } from './time';
import './enparts';

/** Sentences, the most important first; none where the region rules nothing. */
export function regionWords(region: Region, palette: readonly Colour[], now: number): string[] {
  const { regions } = t();
  const until = region.until === null ? '' : untilWords(region.until, now, locale());
  const why = saying(region.words, [region]);
  const sentences: string[] = [];
  if (region.closed) sentences.push(regions.closed(until));
  else {
    if (region.colours) {
      const names = region.colours.map((colour) => (palette[colour] ? colourName(palette[colour].name) : String(colour)));
      const list = new Intl.ListFormat(locale(), { type: 'conjunction' }).format(names);
      sentences.push(regions.colours(list, until));
    }
    if (region.factor === 0) sentences.push(regions.free);
    else if (region.factor !== 1) sentences.push(regions.costs(region.factor.toLocaleString(locale())));
  }
  if (why && sentences.length > 0) sentences[0] = regions.and(sentences[0]!, why);
  return sentences;
}
