// SPDX-License-Identifier: ISC
// What a screen reader says: where the reticle is once it rests, and answers to what was asked for.

import { signal } from '@preact/signals';
import type { Cell } from '../core/edit';
import { colourName, t } from '../texts';
import { plane } from './live';
import * as state from './state';

const REST_MS = 600;

/** What holds for a cell, in words; told by the part that knows the regions. */
export const rules: { of(cell: Cell): readonly string[] } = { of: () => [] };

export const announcement = signal('');
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says these at once. */
export function announce(words: string): void {
  clearTimeout(timer);
  announcement.value = words;
}

/** Says where the reticle is, once it rests. */
export function announceReticle(): void {
  clearTimeout(timer);
  timer = setTimeout(() => (announcement.value = whereWords()), REST_MS);
}

function whereWords(): string {
  const cell = state.reticle.value;
  if (!cell) return '';
  const colour = plane.colourAt(cell);
  const named = colour === null ? null : state.info.value!.palette[colour];
  const words =
    colour === null ? t().where.noPicture : named ? colourName(named.name) : t().where.colour(colour);
  return [t().where.cell(cell.x, cell.y, words), ...rules.of(cell)].join('. ');
}
