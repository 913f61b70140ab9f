// SPDX-License-Identifier: ISC
// Drags that draw: a straight line with Shift, or the pencil's way. As far as the energy reaches, shown
// while it is drawn, and sent at its end: one message a canvas.

import type { Cell } from '../core/edit';
import { MAX_EDITS } from '../core/protocol';
import { beginStroke, payable, strokeTo, type Stroke } from '../core/stroke';
import type { Point } from '../core/view';
import type { LineEnd } from '../layers/aim';
import { t } from '../texts';
import { aimed, neededOf, object, place, tooFar, umpire } from './placing';
import * as state from './state';
import { hint } from './statusline';

let stroke: Stroke | null = null;
let straight = true;
let byTouch = false;
let point: Point = { x: 0, y: 0 };

/** A drag that draws began here. Says why when nothing can come of it. */
export function beginLine(from: Cell, at: Point, finger: boolean): void {
  stroke = null;
  if (state.inPast.value) return hint.say(t().page.inThePast);
  if (tooFar.value) return hint.say(t().placing.zoomToDraw);
  if (state.colour.value === null) return hint.say(t().placing.pickColourFirst);
  stroke = beginStroke(from);
  straight = !state.pencil.value;
  byTouch = finger;
  drawLine(from, at);
}

/** It is over this cell now, and at this point. Nothing is sent before endLine(). */
export function drawLine(to: Cell, at: Point): void {
  if (!stroke) return;
  point = at;
  stroke = strokeTo(stroke, to, straight, MAX_EDITS);
  const edits = neededOf(stroke.cells);
  const reach = umpire.value?.reach(edits) ?? edits.length;
  const line = payable(stroke.cells, edits, reach);
  if (line.length === 0) object(edits);
  state.line.value = line;
}

/** All of the line is placed, or nothing of it. */
export function endLine(counts: boolean): void {
  const edits = counts && stroke ? neededOf(state.line.value) : [];
  stroke = null;
  if (state.line.value.length > 0) state.line.value = [];
  if (edits.length > 0) place(edits);
}

/** What stands at the pointer while a line is drawn. */
export function lineEnd(): LineEnd | null {
  if (!stroke) return null;
  const edits = aimed();
  return { point, byTouch, label: umpire.value?.price(edits) ?? t().placing.number(edits.length) };
}
