// SPDX-License-Identifier: ISC
// Which edits a moderator means, in the words that the server understands (docs/moderation.md).

import type { Rect } from './edit';

export interface Meant {
  /** Null: everywhere. */
  readonly area: Rect | null;
  /** Since how long ago, as "10m" or "2h"; or from when until when, as "1700000000000-1700000360000". */
  readonly time: string;
  /** 16 hexadecimal digits each; none: everybody's. */
  readonly authors: readonly string[];
  /** Null: any. */
  readonly colour: number | null;
}

export function predicateOf({ area, time, authors, colour }: Meant): string {
  const who = authors.length > 0 ? [`u:${authors.join(',')}`] : [];
  const where = area ? [`r:${area.x0},${area.y0},${area.x1 - area.x0},${area.y1 - area.y0}`] : [];
  const what = colour === null ? [] : [`c:${colour}`];
  return [...who, ...where, ...what, `t:${time}`].join(' ');
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

const UNITS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** How long "10m" or "2h" is, in ms. */
export const msOf = (time: string): number => parseInt(time, 10) * (UNITS[time.at(-1)!] ?? 0);
