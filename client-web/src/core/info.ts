// SPDX-License-Identifier: ISC
// What the server says about itself (`GET /info`): the canvases of its plane, how large one is, what
// colours there are, and which log it all is folded from.

import type { Size } from './edit';
import { parseGenesis } from './picture';

export interface Colour {
  readonly name: string;
  readonly rgb: string;
}

/** A canvas by its position in the plane, counted in canvases. */
export interface Position {
  readonly x: number;
  readonly y: number;
}

export interface CanvasInfo extends Position {
  /** Whether it takes edits. */
  readonly open: boolean;
  /** 0 while it is blank. */
  readonly version: number;
}

export interface Info extends Size {
  readonly palette: readonly Colour[];
  /** Null while the log has no record. */
  readonly genesis: string | null;
  /** All that are open or were ever painted on; at least one. */
  readonly canvases: readonly CanvasInfo[];
  readonly readonly: boolean;
  /** Whether every version can be had. */
  readonly history: boolean;
  readonly online: number;
}

const POSITION_MIN = -1024;
const POSITION_MAX = 1023;
/** What a server without a plane has. */
const SINGLE: readonly CanvasInfo[] = [{ x: 0, y: 0, open: true, version: 0 }];

const isLength = (v: unknown): v is number =>
  Number.isInteger(v) && (v as number) >= 1 && (v as number) <= 1024;
const isPosition = (v: unknown): v is number =>
  Number.isInteger(v) && (v as number) >= POSITION_MIN && (v as number) <= POSITION_MAX;
const isCount = (v: unknown): v is number => Number.isSafeInteger(v) && (v as number) >= 0;

function isColour(v: unknown): v is Colour {
  if (typeof v !== 'object' || v === null) return false;
  const { name, rgb } = v as Record<string, unknown>;
  return typeof name === 'string' && typeof rgb === 'string' && /^#[0-9a-f]{6}$/i.test(rgb);
}

function isCanvas(v: unknown): v is CanvasInfo {
  if (typeof v !== 'object' || v === null) return false;
  const { x, y, open, version } = v as Record<string, unknown>;
  return isPosition(x) && isPosition(y) && typeof open === 'boolean' && isCount(version);
}

/** Null when it is not a plane that this client can draw. */
export function parseInfo(value: unknown): Info | null {
  if (typeof value !== 'object' || value === null) return null;
  const { width, height, palette, canvases = SINGLE, ...rest } = value as Record<string, unknown>;
  if (!isLength(width) || !isLength(height) || !Array.isArray(palette)) return null;
  if (palette.length < 1 || palette.length > 16 || !palette.every(isColour)) return null;
  if (!Array.isArray(canvases) || canvases.length < 1 || !canvases.every(isCanvas)) return null;
  return {
    width,
    height,
    palette: palette.map(({ name, rgb }) => ({ name, rgb })),
    genesis: parseGenesis(rest.genesis),
    canvases: canvases.map(({ x, y, open, version }) => ({ x, y, open, version })),
    readonly: rest.readonly === true,
    history: rest.history === true,
    online: isCount(rest.online) ? rest.online : 0,
  };
}
