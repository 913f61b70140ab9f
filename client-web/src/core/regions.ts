// SPDX-License-Identifier: ISC
// The operator's rectangles, in plane coordinates: what holds for a cell at a moment. Where several
// lie over each other, all of them hold.

import type { Cell } from './edit';
import type { Region } from './info';

export interface Rule {
  /** The first closed region that the cell is in. */
  readonly closed: Region | null;
  /** The first region that the colour is not allowed in. */
  readonly colourless: Region | null;
  /** What the regions multiply the cost by. */
  readonly factor: number;
}

const holds = ({ from, until }: Region, now: number): boolean =>
  (from === null || now >= from) && (until === null || now < until);

const covers = ({ x, y, w, h }: Region, cell: Cell): boolean =>
  cell.x >= x && cell.y >= y && cell.x < x + w && cell.y < y + h;

/** `now` in ms since 1970. */
export function ruleAt(regions: readonly Region[], cell: Cell, colour: number | null, now: number): Rule {
  const here = regions.filter((region) => covers(region, cell) && holds(region, now));
  return {
    closed: here.find(({ closed }) => closed) ?? null,
    colourless:
      (colour !== null && here.find(({ colours }) => colours && !colours.includes(colour))) || null,
    factor: here.reduce((factor, region) => factor * region.factor, 1),
  };
}
