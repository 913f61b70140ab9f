// SPDX-License-Identifier: ISC
// Aiming: the reticle that never leaves the view, the loupe under a finger, the eyedropper, and what
// confirms that this cell is meant. Intents.

import { effect } from '@preact/signals';
import type { Cell } from '../core/edit';
import { keepInView } from '../core/reticle';
import type { Point } from '../core/view';
import { colourName, t } from '../texts';
import { announce, announceReticle } from './announce';
import { camera, marks } from './canvas';
import * as events from './events';
import { cellOf, flyIn, room } from './moving';
import { whoIsOpen } from './parts';
import { choose, placeAtReticle, setReticle, shown, tooFar } from './placing';
import * as state from './state';
import { hint } from './statusline';

/** Places at the reticle; from afar it first comes near enough to see where that is. */
export function confirm(): void {
  const cell = state.reticle.value;
  if (cell && tooFar.value) flyIn(cell);
  else placeAtReticle();
}

/** A finger is held here: what it covers is shown beside it. Whether there is anything to aim at. */
export function beginLoupe(point: Point): boolean {
  const cell = cellOf(point);
  if (!cell || state.inPast.value) return false;
  setReticle(cell, true);
  state.loupe.value = point;
  return true;
}

/** The finger moves, and the reticle with it. */
export function moveLoupe(point: Point): void {
  if (!state.loupe.value) return;
  const cell = cellOf(point);
  state.loupe.value = point;
  if (cell) state.reticle.value = cell;
}

/** The finger is up: the reticle stays where it was set. */
export function endLoupe(): void {
  if (!state.loupe.value) return;
  state.loupe.value = null;
  announceReticle();
}

/** The eyedropper: the colour of a cell becomes the chosen one. */
export function pick(cell: Cell | null): void {
  state.picking.value = false;
  if (state.inPast.value) return hint.say(t().page.inThePast);
  const colour = cell && shown(cell);
  if (colour === null) return hint.say(cell ? t().where.noPicture : t().placing.obstacles.outside);
  choose(colour);
  const { palette } = state.info.value!;
  if (state.colour.value === colour) announce(palette[colour] ? colourName(palette[colour].name) : t().where.colour(colour));
}

/** By key: what is aimed at. */
export function pickAimed(): void {
  const cell = state.hover.value ?? state.reticle.value;
  if (cell) pick(cell);
  else togglePicking();
}

/** By button: what is clicked or tapped next. */
export function togglePicking(): void {
  state.picking.value = !state.picking.value;
}

export function togglePencil(): void {
  state.pencil.value = !state.pencil.value;
  state.picking.value = false;
  hint.say(state.pencil.value ? t().tools.pencilOn : '');
}

/** Ends what a button began; whether there was anything. */
export function putToolsAway(): boolean {
  const any = state.pencil.value || state.picking.value;
  state.pencil.value = state.picking.value = false;
  return any;
}

export function watchAiming(): void {
  effect(() => void marks.parentElement!.toggleAttribute('data-aiming', state.loupe.value !== null));
  effect(() => {
    // In the past there is nothing to draw with.
    if (state.inPast.value) state.picking.value = false;
    hint.tool(state.picking.value ? t().tools.pickNext : null);
  });
  const keep = () => {
    const cell = state.reticle.value;
    // A card is about its cell, be that in view or not; a finger that is down aims by itself.
    if (!cell || whoIsOpen() || state.loupe.value) return;
    const aim = { cell, centred: state.centred.value };
    const kept = keepInView(aim, camera.view, camera.goal, room(), state.bounds.value);
    if (kept === aim) return;
    const moved = kept.cell.x !== cell.x || kept.cell.y !== cell.y;
    state.centred.value = kept.centred;
    if (!moved) return;
    state.reticle.value = kept.cell;
    announceReticle();
  };
  events.viewed.listen(keep);
}
