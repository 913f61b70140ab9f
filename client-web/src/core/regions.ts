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

/** The regions that hold for a cell, those that close it first. */
export function regionsAt(regions: readonly Region[], cell: Cell, now: number): Region[] {
  const here = regions.filter((region) => covers(region, cell) && holds(region, now));
  return here.sort((a, b) => Number(b.closed) - Number(a.closed));
}

/** Those that hold at this moment, the smaller ones last, so that they lie on top. */
export function regionsNow(regions: readonly Region[], now: number): Region[] {
  return regions.filter((region) => holds(region, now)).sort((a, b) => b.w * b.h - a.w * a.h);
}

/** When the next one begins to hold or ends; Infinity: never. */
export function nextTurn(regions: readonly Region[], now: number): number {
  const turns = regions.flatMap(({ from, until }) => [from, until]);
  return Math.min(Infinity, ...turns.filter((time): time is number => time !== null && time > now));
}

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

/** What the operator says of a region; not its name, which the server says where there is nothing else: a
 * moderator's lock is called by its place. */
export const saying = (words: string, regions: readonly Region[]): string =>
  regions.some(({ name }) => name === words) ? '' : words;
