// SPDX-License-Identifier: ISC
// The lines between the cells: how strong they are at which scale, and where they are. They come and
// go softly; every tenth is stronger, so that one can count.

/** When somebody wants to see them: always, where that helps, never. */
export type Wish = 'auto' | 'on' | 'off';

/** From so many CSS pixels a cell on, and from how many in full strength. */
const RANGE: Record<'auto' | 'on', readonly [number, number]> = { auto: [12, 24], on: [5, 10] };
const FULL: Record<'auto' | 'on', number> = { auto: 0.6, on: 1 };
export const TENTH = 10;

/** 0 for none, up to 1. */
export function gridStrength(wish: Wish, k: number): number {
  if (wish === 'off') return 0;
  const [from, full] = RANGE[wish];
  return FULL[wish] * Math.min(1, Math.max(0, (k - from) / (full - from)));
}

/** What somebody wishes who wants the other of what there is to see at this scale. */
export function otherWish(wish: Wish, k: number): Wish {
  if (gridStrength(wish, k) > 0) return 'off';
  // At this scale they may be in sight by themselves.
  return wish === 'off' && gridStrength('auto', k) > 0 ? 'auto' : 'on';
}

/**
 * The lines before cells `from` to `to`, at whole device pixels: cell c begins at offset + c * k, and
 * its first pixel is the first one whose middle is in it.
 */
export function* gridLines(from: number, to: number, k: number, offset: number): Generator<Line> {
  for (let cell = from; cell <= to; cell++) {
    yield { at: Math.round(offset + cell * k), tenth: cell % TENTH === 0 };
  }
}

export interface Line {
  /** The device pixel that its cell begins with. */
  readonly at: number;
  readonly tenth: boolean;
}
