// SPDX-License-Identifier: ISC
// What gestures on the canvas mean: effects of core/gestures to intents.

import { effect } from '@preact/signals';
import type { Cell } from '../core/edit';
import type { Effect, Kind, Options } from '../core/gestureevents';
import { DOUBLE_MS } from '../core/gestures';
import { cellAt, PLACE_K, within, type Point } from '../core/view';
import { t } from '../texts';
import { beginLoupe, confirm, endLoupe, moveLoupe, pick } from './aiming';
import { announceReticle } from './announce';
import { camera, marks } from './canvas';
import * as events from './events';
import { watchHands } from './hands';
import { cellOf, flyIn, zoomStep } from './moving';
import { askWho } from './asking';
import { closeWho, whoIsOpen } from './parts';
import * as placing from './placing';
import { wheel } from './settings';
import * as state from './state';
import { hint } from './statusline';
import { beginLine, drawLine, endLine } from './stroke';
import { drag, grip } from './template';

/** Two taps of a finger, no farther apart than this, are meant for the same place. */
const FINGER_PX = 24;

/** Where the mouse is, and the cell that was highlighted when its button went down. */
let pointer: Point | null = null;
let pressed: Cell | null = null;
/** The last tap on the picture. */
let tapped: { readonly at: Point; readonly time: number } | null = null;

export function watchPointing(): void {
  events.ready.listen(() =>
    watchHands(marks, { options, catches: () => camera.catches, onTemplate, effect: act }),
  );
  events.viewed.listen(() => {
    // Under a mouse that rests while the keys move the reticle, nothing is aimed at.
    if (pointer && !state.reticle.value) hover(pointer);
  });
  effect(() => void marks.toggleAttribute('data-closed', state.closed.value));
}

function options(): Options {
  // From afar, or in the past, there is nothing to draw: a finger moves the view, as ever.
  const draws = state.pencil.value && !state.inPast.value && camera.view.k >= PLACE_K;
  return { pencil: draws, wheel: wheel.value };
}

function onTemplate(point: Point): boolean {
  const area = grip.value;
  return drag.now !== null && area !== null && within(cellAt(camera.view, point), area);
}

function act(effect: Effect): void {
  switch (effect.type) {
    case 'hover':
      return hover(effect.point);
    case 'grab':
      return camera.grab();
    case 'release':
      return camera.release(effect.still);
    case 'press':
      // What is highlighted when the button goes down is what a click means.
      pressed = state.hover.value;
      return;
    case 'click':
      return click(effect.point);
    case 'tap':
      return tap(effect.point);
    case 'doubleTap':
      placing.drop();
      return zoomStep(1, effect.point);
    case 'eyedrop':
      return pick(cellOf(effect.point));
    case 'pan':
      return camera.pan(effect.dx, effect.dy);
    case 'fling':
      return camera.fling(effect.vx, effect.vy);
    case 'zoomAbout':
      return camera.zoomAbout(effect.point, effect.by);
    case 'wheel':
      return camera.wheel(effect.point, effect.delta);
    case 'holdStart':
      return holdStart(effect.point, effect.kind);
    case 'holdMove':
      return moveLoupe(effect.point);
    case 'holdEnd':
      return holdEnd(effect.moved, effect.counts);
    case 'lineStart':
      return lineStart(effect.point, effect.kind);
    case 'lineMove':
      return drawLine(cellAt(camera.view, effect.point), effect.point);
    case 'lineEnd':
      return endLine(effect.counts);
    case 'templateStart':
      return drag.now?.start(effect.point);
    case 'templateMove':
      return drag.now?.move(effect.point);
    case 'templateEnd':
      return drag.now?.end(effect.counts);
  }
}

function hover(point: Point | null): void {
  pointer = point;
  const cell = point && cellOf(point);
  state.closed.value = cell !== null && placing.closedAt(cell);
  placing.setHover(cell);
}

function click(point: Point): void {
  if (!pressed) return;
  if (state.picking.value) return pick(pressed);
  if (camera.view.k < PLACE_K) return flyIn(pressed, point);
  // In the past an open card goes to the cell, and rewind follows that one.
  if (state.inPast.value) return whoIsOpen() ? askWho(pressed) : hint.say(t().page.inThePast);
  // What puts the card away places nothing.
  if (whoIsOpen()) return closeWho();
  placing.setReticle(null, false);
  placing.setHover(pressed);
  placing.placeSoon(pressed);
}

/** The pill that places was pressed. It comes up under the finger of somebody who taps twice to zoom; that
 * places nothing here either. */
export function pillPressed({ clientX, clientY }: MouseEvent): void {
  const { at, time } = tapped ?? { at: { x: 0, y: 0 }, time: -Infinity };
  const twice = performance.now() - time < DOUBLE_MS && Math.hypot(clientX - at.x, clientY - at.y) < FINGER_PX;
  if (!twice) return confirm();
  tapped = null;
  zoomStep(1, at);
}

function tap(point: Point): void {
  tapped = { at: point, time: performance.now() };
  const cell = cellOf(point);
  if (state.picking.value) return pick(cell);
  closeWho();
  if (!cell) return placing.setReticle(null, false);
  const reticle = state.reticle.value;
  const again = cell.x === reticle?.x && cell.y === reticle.y;
  if (camera.view.k < PLACE_K) flyIn(cell, point);
  else if (state.inPast.value) return hint.say(t().page.inThePast);
  // Soon, as a double tap places nothing.
  else if (again) return placing.placeSoon(cell);
  if (!state.inPast.value) placing.setReticle(cell, true);
  announceReticle();
}

/** A finger covers what it aims at: the loupe shows it. The mouse covers nothing. */
function holdStart(point: Point, kind: Kind): void {
  const cell = cellOf(point);
  if (!cell) return;
  if (kind !== 'touch' || camera.view.k < PLACE_K || !beginLoupe(point)) askWho(cell);
}

function holdEnd(moved: boolean, counts: boolean): void {
  const aiming = state.loupe.value !== null;
  endLoupe();
  if (aiming && counts && state.picking.value) return pick(state.reticle.value);
  // Who only looks wants to know who placed it; who moved was aiming.
  if (aiming && counts && !moved) askWho(state.reticle.value);
}

function lineStart(point: Point, kind: Kind): void {
  const cell = cellOf(point);
  if (cell) beginLine(cell, point, kind === 'touch');
}
