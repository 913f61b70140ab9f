// SPDX-License-Identifier: ISC
// How often each pixel was painted (`/h/G/GX,GY/heat/FROM-TO.png`), and two ways to show it: a heat
// map, and the pixels that nobody ever painted.

import { EDIT_BYTES, wordAt, wordX, wordY, type Size } from './edit';
import { decodePng, PALETTE } from './png';

/** Counts of more are as good as this many. */
export const HEAT_MAX = 0xffff;

export type HeatStyle = 'heat' | 'unpainted';

/** A level below this is the number itself... */
export const EXACT = 64;
/** ...and from there on so many levels are a doubling. */
const DOUBLING = 24;

/** The least number of edits that has this level (PROTOCOL.md, "Heat"). */
export const numberOf = (level: number): number =>
  level < EXACT ? level : Math.ceil(EXACT * 2 ** ((level - EXACT) / DOUBLING) - 1e-9);

/**
 * How often each pixel was painted: exactly below EXACT, from there on to within 3 %. Throws when it is
 * not a picture of this size whose pixels are levels.
 */
export async function decodeHeat(file: Uint8Array, size: Size): Promise<Uint16Array> {
  const png = await decodePng(file, size);
  if (png.type !== PALETTE || png.depth !== 8) throw new Error('PNG that is no heat map');
  const numbers = Uint16Array.from({ length: 256 }, (_, level) => numberOf(level));
  const counts = new Uint16Array(png.width * png.height);
  for (const row of png.rows) {
    let p = row.y * png.width + row.x;
    for (let i = 0; i < row.count; i++, p += row.step) counts[p] = numbers[png.bytes[row.at + i]!]!;
  }
  return counts;
}

/** Adds the first `n` of these edits. */
export function addHeat(counts: Uint16Array, edits: Uint8Array, n: number, size: Size): void {
  for (let at = 0; at < n * EDIT_BYTES; at += EDIT_BYTES) {
    const word = wordAt(edits, at);
    const p = wordY(word) * size.width + wordX(word);
    if (counts[p]! < HEAT_MAX) counts[p]!++;
  }
}

export function hottest(counts: Uint16Array): number {
  let most = 0;
  for (let p = 0; p < counts.length; p++) if (counts[p]! > most) most = counts[p]!;
  return most;
}

/** From cold to hot, as red, green, blue; readable with every kind of colour blindness. */
const RAMP = [
  [0x2b, 0x0b, 0x57],
  [0x8c, 0x29, 0x81],
  [0xde, 0x49, 0x68],
  [0xfe, 0x9f, 0x6d],
  [0xfc, 0xfd, 0xbf],
] as const;
const COLD = [0x10, 0x10, 0x14] as const;
const UNPAINTED = [0xff, 0xf3, 0xb8] as const;
const PAINTED = [0x20, 0x20, 0x20] as const;
const HEAT_ALPHA = 0xe6;
const UNPAINTED_ALPHA = 0xf0;
const PAINTED_ALPHA = 0x99;

type Rgb = readonly [number, number, number];

const rgbaOf = ([r, g, b]: Rgb, alpha: number): number =>
  ((alpha << 24) | (b << 16) | (g << 8) | r) >>> 0;

/** The colour of a heat from 0 to 1. */
export function heatColour(heat: number): Rgb {
  const at = Math.min(1, Math.max(0, heat)) * (RAMP.length - 1);
  const low = Math.min(RAMP.length - 2, Math.floor(at));
  const part = at - low;
  const mix = (i: 0 | 1 | 2) =>
    Math.round(RAMP[low]![i] + part * (RAMP[low + 1]![i] - RAMP[low]![i]));
  return [mix(0), mix(1), mix(2)];
}

/** Draws into RGBA words. By ratios: from 1 to 2 edits is as far as from 500 to 1,000. */
export function paintHeat(
  counts: Uint16Array,
  words: Uint32Array,
  style: HeatStyle,
  most: number,
): void {
  const lookup = new Uint32Array(most + 1);
  if (style === 'unpainted') {
    lookup.fill(rgbaOf(PAINTED, PAINTED_ALPHA));
    lookup[0] = rgbaOf(UNPAINTED, UNPAINTED_ALPHA);
  } else {
    const whole = Math.log(most + 1);
    for (let n = 1; n <= most; n++) lookup[n] = rgbaOf(heatColour(Math.log(n + 1) / whole), HEAT_ALPHA);
    lookup[0] = rgbaOf(COLD, HEAT_ALPHA);
  }
  for (let p = 0; p < counts.length; p++) words[p] = lookup[Math.min(counts[p]!, most)]!;
}
