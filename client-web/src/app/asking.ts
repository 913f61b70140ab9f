// SPDX-License-Identifier: ISC
// Intents that a part of the page answers: who placed this, back into the past, what is open closes.

import type { Cell } from '../core/edit';
import { PLACE_K } from '../core/view';
import { t } from '../texts';
import { announceReticle } from './announce';
import { camera, middleCell } from './canvas';
import { embedded } from './embed';
import { plane } from './live';
import * as moving from './moving';
import { closeWho, staff, templates, usePast, who, whoIsOpen } from './parts';
import * as placing from './placing';
import * as state from './state';
import { hint } from './statusline';

export const toggleRewind = (): void =>
  usePast(({ rewind }) => (rewind.active ? rewind.leave() : void rewind.open(null)));

/** Who placed this, or the pixel that is aimed at, or the one in the middle? */
export function askWho(cell: Cell | null = null): void {
  if (embedded) return;
  const asked = cell ?? state.reticle.value ?? middleCell();
  if (!plane.has(asked)) return hint.say(t().placing.obstacles.outside);
  placing.setReticle(asked, false);
  if (camera.goal.k < PLACE_K) moving.flyIn(asked);
  staff.now?.pixel(asked);
  who.use((who) => who.show(asked));
}

/** Escape: what is open closes, one after the other. */
export function leave(): void {
  if (templates.now?.leave()) return;
  if (whoIsOpen()) closeWho();
  else placing.setReticle(null, false);
}

/** Moves the reticle; an open card goes with it. */
export function moveReticle(dx: number, dy: number): void {
  moving.move(dx, dy);
  const { reticle } = state;
  if (whoIsOpen() && reticle.value) who.now!.show(reticle.value);
  else announceReticle();
}
