// SPDX-License-Identifier: ISC
// The part of a link after the #: which cell is in the middle, how near it is, and which version one
// sees, if it is not the newest. What else it says stays as it is.

import type { Cell } from './edit';
import { parseVersion } from './version';
import { MAX_K } from './view';

export interface Place extends Cell {
  readonly scale: number;
}

const DEFAULT_SCALE = 16;
const MIN_SCALE = 0.05;
/** Enough digits that nobody sees a difference. */
const DIGITS = 4;
export const scaleText = (scale: number): string => String(Number(scale.toPrecision(DIGITS)));

export function formatLink({ x, y, scale }: Place, version: number | null = null): string {
  const moment = version === null ? '' : `&v=${version}`;
  return `#x=${x}&y=${y}&scale=${scaleText(scale)}${moment}`;
}

/** The version that it names, or null. */
export const parseMoment = (hash: string): number | null =>
  parseVersion(new URLSearchParams(hash.replace(/^#/, '')).get('v'));

/** Null when it names no place. */
export function parseLink(hash: string): Place | null {
  const values = new URLSearchParams(hash.replace(/^#/, ''));
  const [x, y] = [values.get('x'), values.get('y')];
  if (!x || !y || !/^-?\d{1,7}$/.test(x) || !/^-?\d{1,7}$/.test(y)) return null;
  const scale = Number(values.get('scale') ?? DEFAULT_SCALE);
  if (!Number.isFinite(scale)) return null;
  return { x: Number(x), y: Number(y), scale: Math.min(MAX_K, Math.max(MIN_SCALE, scale)) };
}
