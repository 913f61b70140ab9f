// SPDX-License-Identifier: ISC
// The part of a link after the #: what a map shows. Anything else than what it may say is as if it were
// not there, so that an old or a mistyped link still opens something.

import {
  decimal,
  digitsAt,
  formatC,
  MANDELBROT,
  parseC,
  parseDecimal,
  type Complex,
  type FractalSet,
} from './fractal';

/** What the explorer shows. */
export interface FractalView {
  readonly set: FractalSet;
  readonly palette: string;
  /** In the middle of the window; null, as zoom: all of the set. */
  readonly centre: Complex | null;
  readonly zoom: number | null;
}

/** What the map shows. */
export interface MapView {
  readonly style: string | null;
  readonly lat: number;
  readonly lng: number;
  readonly zoom: number;
}

const valuesOf = (hash: string): URLSearchParams => new URLSearchParams(hash.replace(/^#/, ''));

function zoomOf(values: URLSearchParams, most: number): number | null {
  const text = values.get('z') ?? '';
  return /^\d{1,2}$/.test(text) ? Math.min(most, Number(text)) : null;
}

export function formatFractal({ set, palette, centre, zoom }: FractalView): string {
  const c = set.kind === 'julia' ? `&c=${formatC(set.c)}` : '';
  const digits = digitsAt(zoom ?? 0);
  const at = centre ? `&x=${decimal(centre.re, digits)}&y=${decimal(centre.im, digits)}&z=${zoom ?? 0}` : '';
  return `#set=${set.kind}${c}${at}&palette=${palette}`;
}

export function parseFractal(hash: string, palettes: readonly string[], maxZoom: number): FractalView {
  const values = valuesOf(hash);
  const c = values.get('set') === 'julia' ? parseC(values.get('c')) : null;
  const [re, im] = [parseDecimal(values.get('x')), parseDecimal(values.get('y'))];
  const palette = values.get('palette') ?? '';
  const zoom = zoomOf(values, maxZoom);
  const placed = re !== null && im !== null && zoom !== null;
  return {
    set: c ? { kind: 'julia', c } : MANDELBROT,
    palette: palettes.includes(palette) ? palette : palettes[0]!,
    centre: placed ? { re, im } : null,
    zoom: placed ? zoom : null,
  };
}

const LAT_MOST = 85.06;
const DEGREES = 360;

/** How many decimals of a degree tell a pixel of this zoom from the next. */
export const degreeDigits = (zoom: number): number =>
  Math.max(1, Math.ceil(Math.log10((2 ** zoom * 256) / DEGREES)));

export function formatMap({ style, lat, lng, zoom }: MapView): string {
  const digits = degreeDigits(zoom);
  const named = style === null ? '' : `style=${encodeURIComponent(style)}&`;
  return `#${named}lat=${decimal(lat, digits)}&lon=${decimal(lng, digits)}&z=${zoom}`;
}

/** Null when it names no place. */
export function parseMap(hash: string, maxZoom: number): MapView | null {
  const values = valuesOf(hash);
  const zoom = zoomOf(values, maxZoom);
  const number = (name: string, most: number) => {
    const text = values.get(name) ?? '';
    return /^-?\d{1,3}(\.\d{1,12})?$/.test(text) && Math.abs(Number(text)) <= most ? Number(text) : null;
  };
  const [lat, lng] = [number('lat', LAT_MOST), number('lon', DEGREES / 2)];
  if (lat === null || lng === null || zoom === null) return null;
  return { style: values.get('style'), lat, lng, zoom };
}
