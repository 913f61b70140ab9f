// SPDX-License-Identifier: ISC
// Which edits a moderator means, in the words that the server understands (docs/moderation.md).

import type { Rect } from './edit';

export interface Meant {
  readonly area: Rect;
  /** Since how long ago, as "10m" or "2h". */
  readonly time: string;
  /** 16 hexadecimal digits each; none: everybody's. */
  readonly authors: readonly string[];
}

export function predicateOf({ area, time, authors }: Meant): string {
  const { x0, y0, x1, y1 } = area;
  const who = authors.length > 0 ? [`u:${authors.join(',')}`] : [];
  return [...who, `r:${x0},${y0},${x1 - x0},${y1 - y0}`, `t:${time}`].join(' ');
}

/** The cells from one corner to another, both included, in any order. */
export function rectOf(a: { x: number; y: number }, b: { x: number; y: number }): Rect {
  return {
    x0: Math.min(a.x, b.x),
    y0: Math.min(a.y, b.y),
    x1: Math.max(a.x, b.x) + 1,
    y1: Math.max(a.y, b.y) + 1,
  };
}
