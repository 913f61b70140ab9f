// SPDX-License-Identifier: ISC
// What the server says about itself (`GET /info`): the canvases of its plane, how large one is, what
// colours there are, and which log it all is folded from.

import type { Size } from './edit';
import { isCount, parseEnergy, type Energy } from './limits';
import { parseGenesis } from './version';

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

/** A rectangle of the operator's, in plane coordinates. */
export interface Region {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly closed: boolean;
  /** What the cost of an edit is multiplied by. */
  readonly factor: number;
  /** Those that may be used; null: all. */
  readonly colours: readonly number[] | null;
  /** When it holds, in ms since 1970; null: since ever, for ever. */
  readonly from: number | null;
  readonly until: number | null;
  readonly words: string;
}

/** What one needs to be somebody here. */
export type Needed = 'any' | 'cookie' | 'work' | 'sso';

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
  /** Grows with every change of the moderators' rules, which are the next three. */
  readonly rules: number;
  /** Nobody can draw. */
  readonly frozen: boolean;
  /** Those that may be used anywhere; null: all. */
  readonly colours: readonly number[] | null;
  readonly regions: readonly Region[];
  /** What the asker has; null: nothing is counted. */
  readonly energy: Energy | null;
  readonly identity: { readonly have: boolean; readonly needed: Needed; readonly report: boolean };
}

const POSITION_MIN = -1024;
const POSITION_MAX = 1023;
/** What a server without a plane has. */
const SINGLE: readonly CanvasInfo[] = [{ x: 0, y: 0, open: true, version: 0 }];

const isLength = (v: unknown): v is number =>
  Number.isInteger(v) && (v as number) >= 1 && (v as number) <= 1024;
const isPosition = (v: unknown): v is number =>
  Number.isInteger(v) && (v as number) >= POSITION_MIN && (v as number) <= POSITION_MAX;

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

const isColours = (v: unknown): v is number[] => Array.isArray(v) && v.every(isCount);
const textOr = (v: unknown): string => (typeof v === 'string' ? v : '');

/** What is no region is left out: the server judges anyway. */
function parseRegion(v: Partial<Record<string, unknown>> | null): Region[] {
  const { x, y, w, h, factor, colours, from, until } = v ?? {};
  if (![x, y, w, h].every(Number.isSafeInteger)) return [];
  return [
    {
      name: textOr(v!.name),
      ...({ x, y, w, h } as Record<'x' | 'y' | 'w' | 'h', number>),
      closed: v!.closed === true,
      factor: typeof factor === 'number' && factor >= 0 ? factor : 1,
      colours: isColours(colours) ? colours : null,
      from: isCount(from) ? from : null,
      until: isCount(until) ? until : null,
      words: textOr(v!.words),
    },
  ];
}

function parseIdentity(v: unknown): Info['identity'] {
  const { have, needed, report } = (v ?? {}) as Record<string, unknown>;
  return {
    have: have !== false,
    needed: (['cookie', 'work', 'sso'] as const).find((kind) => kind === needed) ?? 'any',
    report: report === true,
  };
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
    rules: isCount(rest.rules) ? rest.rules : 0,
    frozen: rest.frozen === true,
    colours: isColours(rest.colours) ? rest.colours : null,
    regions: Array.isArray(rest.regions) ? rest.regions.flatMap(parseRegion) : [],
    energy: parseEnergy(rest.energy),
    identity: parseIdentity(rest.identity),
  };
}
