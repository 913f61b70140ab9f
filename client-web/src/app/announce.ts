// SPDX-License-Identifier: ISC
// What a screen reader says: where the reticle is once it rests, and answers to what was asked for.

import { signal } from '@preact/signals';
import { colourName, t } from '../texts';
import { plane } from './live';
import * as state from './state';

const REST_MS = 600;

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
  if (colour === null) return t().where.cell(cell.x, cell.y, t().where.noPicture);
  const named = state.info.value!.palette[colour];
  return t().where.cell(cell.x, cell.y, named ? colourName(named.name) : t().where.colour(colour));
}
