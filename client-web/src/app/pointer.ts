// SPDX-License-Identifier: ISC
// What clicks, taps, holds and drags on the canvas mean.

import { effect } from '@preact/signals';
import { Clicks } from '../core/clicks';
import type { Cell } from '../core/edit';
import { cellAt, PLACE_K, type Point } from '../core/view';
import { t } from '../texts';
import { watchPointer } from '../ui/pointer';
import { pick } from './aiming';
import { announceReticle } from './announce';
import { camera, marks } from './canvas';
import * as events from './events';
import { plane } from './live';
import { cellOf, flyIn, zoomStep } from './moving';
import { askWho, closeWho, whoIsOpen } from './parts';
import * as placing from './placing';
import * as state from './state';
import { hint } from './statusline';
import { beginLine, drawLine, endLine } from './stroke';

const clicks = new Clicks();
/** Where the mouse is, and the cell that was highlighted when its button went down. */
let pointer: Point | null = null;
let pressed: Cell | null = null;
let drawing = false;

export function watchPointing(): void {
  events.ready.listen(() =>
    watchPointer(marks, { hover, press, click, tap, hold, line, lineEnd }),
  );
  events.viewed.listen(() => {
    if (pointer) hover(pointer);
  });
  effect(() => void marks.toggleAttribute('data-closed', state.closed.value));
}

function hover(point: Point | null): void {
  pointer = point;
  const cell = point && cellOf(point);
  const rules = placing.umpire.value;
  state.closed.value =
    cell !== null &&
    (plane.obstacle(cell) === 'locked' || rules?.isClosed(cell, state.colour.value) === true);
  placing.setHover(cell);
}

/** What is highlighted when the button goes down is what a click means. */
function press(): void {
  pressed = state.hover.value;
}

function hold(point: Point): void {
  const cell = cellOf(point);
  if (!cell || !camera.settled) return;
  placing.drop();
  askWho(cell);
}

function click(point: Point, time: number): void {
  const double = clicks.isDouble(point, time);
  if (!camera.settled) return camera.flyOn();
  if (double) {
    placing.drop();
    return zoomStep(1, point);
  }
  if (!pressed) return;
  if (state.picking.value) return pick(pressed);
  if (camera.view.k < PLACE_K) return flyIn(pressed, point);
  if (state.inPast.value) return hint.say(t().page.inThePast);
  // What puts the card away places nothing.
  if (whoIsOpen()) return closeWho();
  placing.setReticle(null, false);
  placing.setHover(pressed);
  placing.placeSoon(pressed);
}

/** From the cell that was pressed to where the pointer is now. */
function line(point: Point): void {
  if (!pressed || !camera.settled) return;
  if (!drawing) beginLine(pressed, point, false);
  drawing = true;
  drawLine(cellAt(camera.view, point), point);
}

function lineEnd(counts: boolean): void {
  drawing = false;
  endLine(counts);
}

function tap(point: Point, time: number): void {
  const double = clicks.isDouble(point, time);
  if (!camera.settled) return camera.flyOn();
  if (double) return zoomStep(1, point);
  const cell = cellOf(point);
  if (state.picking.value) return pick(cell);
  closeWho();
  if (!cell) return placing.setReticle(null, false);
  const reticle = state.reticle.value;
  const again = cell.x === reticle?.x && cell.y === reticle.y;
  if (camera.view.k < PLACE_K) flyIn(cell, point);
  else if (state.inPast.value) return hint.say(t().page.inThePast);
  else if (again) return placing.placeAtReticle();
  if (!state.inPast.value) placing.setReticle(cell, true);
  announceReticle();
}
