// SPDX-License-Identifier: ISC
// How much was painted in an area of the plane, and when: counted in this page from the blocks of the
// server's history, the newest first, so that the server has nothing to compute.

import * as state from '../../app/state';
import { addActivity, blocksOfTime, type Span } from '../../core/activity';
import type { Rect } from '../../core/edit';
import { areaOf, overlap } from '../../core/plane';
import { History } from '../../net/history';

export interface Busy {
  readonly span: Span;
  /** Edits in equal parts of the span. */
  readonly counts: Float64Array;
  readonly trouble: 'none' | 'no history' | 'only a part';
  /** Everything was counted that is going to be. */
  readonly whole: boolean;
}

const PARTS = 96;
/** Some 2 MB each, or 200 kB on the way. */
const BLOCKS_MAX = 48;

/** Tells what it has counted so far, again and again, until it has everything. */
export async function countEdits(
  base: URL,
  area: Rect,
  span: Span,
  colour: number | null,
  signal: AbortSignal,
  tell: (busy: Busy) => void,
): Promise<void> {
  const info = state.info.value;
  const counts = new Float64Array(PARTS);
  const busy = (whole: boolean, trouble: Busy['trouble'] = 'none') =>
    tell({ span, counts: counts.slice(), trouble, whole });
  if (!info?.history || !info.genesis) return busy(true, 'no history');
  let left = BLOCKS_MAX;
  const canvases = info.canvases.filter((at) => overlap(areaOf(at, info), area));
  try {
    for (const at of canvases) {
      const source = new History(base, info.genesis, at, info);
      for (const ref of blocksOfTime(await source.index(signal), span)) {
        if (left-- <= 0) return busy(true, 'only a part');
        addActivity(counts, await source.block(ref, signal), onCanvas(area, areaOf(at, info)), span, colour);
        if (signal.aborted) return;
        busy(false);
      }
    }
    busy(true);
  } catch (error) {
    if (signal.aborted) return;
    console.warn('placed: no timeline:', error);
    busy(true, 'only a part');
  }
}

function onCanvas(area: Rect, canvas: Rect): Rect {
  const { x0: x, y0: y } = canvas;
  return { x0: area.x0 - x, y0: area.y0 - y, x1: area.x1 - x, y1: area.y1 - y };
}
