// SPDX-License-Identifier: ISC
// The fractals: which part of the plane the tiles cover, and the names of tiles. A place on a map is a
// pair of fractions of the tile of zoom 0, x to the right, y down, so that halves, quarters and so on are
// exact: at zoom 40 a pixel is 2^-48 of it, and doubles of that size are 32 times finer.

import type { Facts } from './facts';

/** A number of the complex plane. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

/** The Mandelbrot set; or the Julia set of c. */
export type FractalSet = { readonly kind: 'mandelbrot' } | { readonly kind: 'julia'; readonly c: Complex };

export const MANDELBROT: FractalSet = { kind: 'mandelbrot' };
/** The side of the tile of zoom 0, in units of the complex plane. */
const SIDE = 4;
export const TILE_PX = 256;
/** Its middle. */
const MIDDLE = { mandelbrot: { re: -0.5, im: 0 }, julia: { re: 0, im: 0 } } as const;
/** Parts of c are whole millionths from -2 to 2. */
const UNIT = 1_000_000;
const C_DIGITS = 6;
const C_MOST = 2;

export function toComplex({ kind }: FractalSet, x: number, y: number): Complex {
  const { re, im } = MIDDLE[kind];
  return { re: re + (x - 0.5) * SIDE, im: im + (0.5 - y) * SIDE };
}

export function fromComplex({ kind }: FractalSet, { re, im }: Complex): { x: number; y: number } {
  const middle = MIDDLE[kind];
  return { x: (re - middle.re) / SIDE + 0.5, y: 0.5 - (im - middle.im) / SIDE };
}

/** How many decimals tell a pixel of this zoom from the next, and a quarter of one from none. */
export const digitsAt = (zoom: number): number =>
  Math.max(3, Math.ceil(Math.log10((2 ** zoom * TILE_PX * 4) / SIDE)));

/** A decimal without an exponent, a final zero or a minus before 0. */
export function decimal(value: number, digits: number): string {
  const text = value.toFixed(digits);
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return short === '-0' ? '0' : short;
}

/** c as pictures' names have it, rounded to so many decimals. */
function part(value: number, digits: number): number {
  const unit = 10 ** Math.min(C_DIGITS, digits);
  const most = C_MOST * unit;
  return Math.round(Math.min(most, Math.max(-most, value * unit))) * (UNIT / unit);
}

/** The nearest c that has a name of so few decimals as tell pixels of this zoom apart. */
export function nameable({ re, im }: Complex, zoom: number): Complex {
  const digits = digitsAt(Math.max(0, zoom - 2));
  return { re: part(re, digits) / UNIT, im: part(im, digits) / UNIT };
}

export const formatC = ({ re, im }: Complex): string =>
  `${decimal(part(re, C_DIGITS) / UNIT, C_DIGITS)},${decimal(part(im, C_DIGITS) / UNIT, C_DIGITS)}`;

const DECIMAL = /^-?\d{1,2}(\.\d{1,20})?$/;

/** Numbers as people write them in links, or null. */
export const parseDecimal = (text: string | null | undefined): number | null =>
  text && DECIMAL.test(text) ? Number(text) : null;

export function parseC(text: string | null): Complex | null {
  const [re, im, more] = (text ?? '').split(',').map(parseDecimal);
  if (re === null || re === undefined || im === null || im === undefined || more !== undefined) return null;
  return Math.abs(re) <= C_MOST && Math.abs(im) <= C_MOST ? { re, im } : null;
}

/** The path of a tile. The first palette is not in the name. */
export function tilePath(
  { revision, palettes }: NonNullable<Facts['fractal']>,
  set: FractalSet,
  palette: string,
  { x, y, z }: { readonly x: number; readonly y: number; readonly z: number },
): string {
  const r = palette === palettes[0] ? `${revision}` : `${revision}-${palette}`;
  const folder = set.kind === 'mandelbrot' ? `mandelbrot/${r}` : `julia/${r}/${formatC(set.c)}`;
  return `${folder}/${z}/${x}/${y}.png`;
}
