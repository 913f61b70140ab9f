// SPDX-License-Identifier: ISC
// How much was painted in a part of a canvas, and when: the edits of blocks of history, counted in equal
// parts of a stretch of time.

import type { Block } from './block';
import { EDIT_BYTES, wordAt, wordColour, wordX, wordY, type Rect } from './edit';
import type { HistoryIndex, BlockRef } from './historyindex';

/** A stretch of time in ms since 1970, both ends included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Adds the block's edits inside `area` (in the canvas's own coordinates) to the parts of `span` in which
 * they were made; those of one colour, where one is named. Records without a time are in no part.
 */
export function addActivity(
  counts: Float64Array,
  block: Block,
  area: Rect,
  span: Span,
  colour: number | null = null,
): void {
  const { times, ends, edits } = block;
  const wide = Math.max(1, span.to - span.from);
  let at = 0;
  for (let record = 0; record < ends.length; record++) {
    const end = ends[record]! * EDIT_BYTES;
    const time = times[record]!;
    if (time >= span.from && time <= span.to) {
      const part = Math.min(counts.length - 1, Math.floor(((time - span.from) / wide) * counts.length));
      for (let i = at; i < end; i += EDIT_BYTES) {
        const word = wordAt(edits, i);
        const x = wordX(word);
        const y = wordY(word);
        if (x < area.x0 || x >= area.x1 || y < area.y0 || y >= area.y1) continue;
        if (colour === null || wordColour(word) === colour) counts[part]!++;
      }
    }
    at = end;
  }
}

/** The blocks that may have something of this time, the newest first. */
export function blocksOfTime({ blocks, tail }: HistoryIndex, span: Span): BlockRef[] {
  const all = tail.to > tail.from ? [...blocks, tail] : [...blocks];
  return all
    .filter(({ time, timeTo }) => (time ?? 0) <= span.to && (timeTo ?? Infinity) >= span.from)
    .reverse();
}
