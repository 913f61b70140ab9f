// SPDX-License-Identifier: ISC
// The operator's rectangles, in plane coordinates: what holds for a cell at a moment. Where several
// lie over each other, all of them hold; the dearest one says what a pixel costs.

import type { Cell } from './edit';
import type { Region } from './info';

export interface Rule {
  /** The closed region that the cell is in; of several the one that is so for the longest. */
  readonly closed: Region | null;
  /** The region that the colour is not allowed in, likewise. */
  readonly colourless: Region | null;
  /** What the cost is multiplied by. */
  readonly factor: number;
}

const holds = ({ from, until }: Region, now: number): boolean =>
  (from === null || now >= from) && (until === null || now < until);

const covers = ({ x, y, w, h }: Region, cell: Cell): boolean =>
  cell.x >= x && cell.y >= y && cell.x < x + w && cell.y < y + h;

/** `now` in ms since 1970. */
export function ruleAt(regions: readonly Region[], cell: Cell, colour: number | null, now: number): Rule {
  const here = regions.filter((region) => covers(region, cell) && holds(region, now));
  const factors = here.map(({ factor }) => factor).filter((factor) => factor !== 1);
  return {
    closed: longest(here.filter(({ closed }) => closed)),
    colourless: longest(
      here.filter(({ colours }) => colour !== null && colours && !colours.includes(colour)),
    ),
    factor: factors.length > 0 ? Math.max(...factors) : 1,
  };
}

const endOf = ({ until }: Region): number => until ?? Infinity;

function longest(regions: readonly Region[]): Region | null {
  return regions.reduce<Region | null>(
    (best, region) => (best && endOf(best) >= endOf(region) ? best : region),
    null,
  );
}
