// SPDX-License-Identifier: ISC
// What the server says about its canvas (`GET /info`): how large it is and what colours it has.

import type { Size } from './edit';

export interface Colour {
  readonly name: string;
  readonly rgb: string;
}

export interface Info extends Size {
  readonly palette: readonly Colour[];
}

const isLength = (v: unknown): v is number =>
  Number.isInteger(v) && (v as number) >= 1 && (v as number) <= 1024;

function isColour(v: unknown): v is Colour {
  if (typeof v !== 'object' || v === null) return false;
  const { name, rgb } = v as Record<string, unknown>;
  return typeof name === 'string' && typeof rgb === 'string' && /^#[0-9a-f]{6}$/i.test(rgb);
}

/** Null when it is not a canvas that this client can draw. */
export function parseInfo(value: unknown): Info | null {
  if (typeof value !== 'object' || value === null) return null;
  const { width, height, palette } = value as Record<string, unknown>;
  if (!isLength(width) || !isLength(height) || !Array.isArray(palette)) return null;
  if (palette.length < 1 || palette.length > 16 || !palette.every(isColour)) return null;
  return { width, height, palette: palette.map(({ name, rgb }) => ({ name, rgb })) };
}
