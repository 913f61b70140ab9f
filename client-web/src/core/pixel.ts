// SPDX-License-Identifier: ISC
// What the server knows of one pixel (`GET /pixel/X/Y`): its last changes, newest first. Checked values
// or null.

import { isCount } from './limits';

export interface Change {
  readonly version: number;
  /** In ms since 1970; null: nobody knows. */
  readonly time: number | null;
  readonly colour: number;
  /** Of who did it, as everybody may know it; '' where nobody does. */
  readonly name: string;
}

export interface Pixel {
  readonly colour: number;
  /** None: nobody ever painted here. */
  readonly changes: readonly Change[];
}

/** So many are shown. */
const MOST = 5;
const COLOURS = 16;

const isColour = (v: unknown): v is number => isCount(v) && v < COLOURS;

function parseChange(value: unknown): Change[] {
  const { version, time, colour, name } = (value ?? {}) as Record<string, unknown>;
  if (!isCount(version) || !isColour(colour)) return [];
  const known = isCount(time) && time > 0 ? time : null;
  return [{ version, time: known, colour, name: typeof name === 'string' ? name : '' }];
}

export function parsePixel(value: unknown): Pixel | null {
  const { colour, changes } = (value ?? {}) as Record<string, unknown>;
  if (!isColour(colour) || !Array.isArray(changes)) return null;
  return { colour, changes: changes.slice(0, MOST).flatMap(parseChange) };
}
