// SPDX-License-Identifier: ISC
// Leading to the pixel that is left of the chosen template.

import { announceReticle } from '../../app/announce';
import { camera, middle, middleCell, stage } from '../../app/canvas';
import { plane } from '../../app/live';
import { focusCanvas } from '../../app/parts';
import * as placing from '../../app/placing';
import * as state from '../../app/state';
import { hint } from '../../app/statusline';
import type { Cell } from '../../core/edit';
import type { Progress } from '../../core/template/progress';
import { CLOSE_K, lookAt } from '../../core/view';
import { t } from '../../texts';
import { endMoving } from './changing';
import { chosen } from './model';
import { pictureOf } from './pictures';

/** Where it led last: the next one is another. */
let ledTo: Cell | null = null;

/** Flies to the nearest cell that is left, of the chosen colour before others, and takes its colour. */
export function next(): void {
  if (state.inPast.peek()) return hint.say(t().page.inThePast);
  // Whoever paints has found the place for it.
  endMoving();
  const template = chosen.peek();
  const progress = template && pictureOf(template.id)?.progress;
  if (!template || !progress) return hint.say(t().template.notCounted);
  const from = state.reticle.peek() ?? middleCell();
  const skip = (cell: Cell) =>
    plane.colourAt(cell) === progress.wanted(cell) ||
    plane.obstacle(cell) === 'locked' ||
    (ledTo !== null && cell.x === ledTo.x && cell.y === ledTo.y);
  const colour = state.colour.peek();
  const cell = (colour !== null && progress.nearest(from, colour, skip)) || progress.nearest(from, null, skip) || again(progress);
  if (!cell) {
    const { unknown } = progress.of(null);
    return hint.say(unknown > 0 ? t().template.restUnknown : t().template.done);
  }
  ledTo = cell;
  const wanted = progress.wanted(cell)!;
  if (wanted !== colour) placing.choose(wanted);
  // Enter places it, wherever Next was pressed.
  focusCanvas();
  placing.setReticle(cell, matchMedia('(pointer: coarse)').matches);
  const k = Math.max(camera.goal.k, CLOSE_K);
  camera.fly(lookAt(cell, k, middle(), stage.viewport, state.bounds.peek()));
  announceReticle();
}

/** The one that it led to last, if that is the only one. */
function again(progress: Progress): Cell | null {
  const skip = (cell: Cell) => plane.colourAt(cell) === progress.wanted(cell) || plane.obstacle(cell) === 'locked';
  return ledTo && progress.nearest(ledTo, null, skip);
}
