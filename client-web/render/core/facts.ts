// SPDX-License-Identifier: ISC
// What /render.json says there is: checked values or an error.

export interface Style {
  readonly name: string;
  /** Of the style and its data; a part of its pictures' names. */
  readonly hash: string;
  readonly minZoom: number;
  readonly maxZoom: number;
  /** Plain text. */
  readonly attribution: string;
  /** #rrggbb, or null. */
  readonly background: string | null;
}

export interface Facts {
  readonly version: string;
  /** Which server this is, as the events name it; '' when it does not say. */
  readonly server: string;
  /** The listener that was asked takes commands. */
  readonly admin: boolean;
  /** The page of the canvas, or null. */
  readonly canvas: string | null;
  readonly fractal: {
    readonly revision: number;
    readonly palettes: readonly string[];
    readonly maxZoom: number;
  } | null;
  readonly styles: readonly Style[];
  readonly images: {
    readonly ops: readonly string[];
    readonly maxBytes: number;
    readonly maxPixels: number;
  } | null;
}

type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const WORD = /^[a-z0-9-]{1,40}$/;
const LEAST_NATURAL = 0;
const ZOOM_MAX = 60;

/** A whole number from 0 on, or what stands for one that is none. */
export const natural = (value: unknown, otherwise = LEAST_NATURAL): number =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : otherwise;

const wordsOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : []).filter((word) => typeof word === 'string' && WORD.test(word));

const zoomOf = (value: unknown, otherwise: number): number =>
  Math.min(ZOOM_MAX, natural(value, otherwise));

/** An address of the web, or null: never a script. */
function webAddress(value: unknown): string | null {
  const text = textOf(value);
  return /^https?:\/\//.test(text) && URL.canParse(text) ? text : null;
}

function styleOf(value: unknown): Style[] {
  if (!isFields(value) || !/^[0-9a-f]{16}$/.test(textOf(value.hash)) || !textOf(value.name)) return [];
  const background = textOf(value.background);
  return [
    {
      name: textOf(value.name),
      hash: textOf(value.hash),
      minZoom: zoomOf(value.minzoom, 0),
      maxZoom: zoomOf(value.maxzoom, 0),
      attribution: textOf(value.attribution),
      background: /^#[0-9a-f]{6}$/i.test(background) ? background : null,
    },
  ];
}

export function parseFacts(value: unknown): Facts {
  if (!isFields(value)) throw new Error('/render.json is no object');
  const { fractal, map, images } = value;
  const palettes = isFields(fractal) ? wordsOf(fractal.palettes) : [];
  const ops = isFields(images) ? wordsOf(images.ops) : [];
  const styles = isFields(map) && Array.isArray(map.styles) ? map.styles : [];
  return {
    version: textOf(value.version),
    server: textOf(value.server),
    admin: value.admin === true,
    canvas: webAddress(value.canvas),
    fractal:
      isFields(fractal) && palettes.length > 0
        ? { revision: natural(fractal.revision, 1), palettes, maxZoom: zoomOf(fractal.max_zoom, 40) }
        : null,
    styles: styles.flatMap(styleOf),
    images:
      isFields(images) && ops.length > 0
        ? { ops, maxBytes: natural(images.max_bytes), maxPixels: natural(images.max_pixels) }
        : null,
  };
}
