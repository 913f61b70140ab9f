// SPDX-License-Identifier: ISC
// Keeps what is aimed at in sight: when a surface comes to lie over the reticle, or it was set under one, the
// picture moves a little. Loaded with the first reticle.

import { effect } from '@preact/signals';
import { camera } from '../app/canvas';
import { coversNow } from '../app/covers';
import * as events from '../app/events';
import { screenOf } from '../app/moving';
import { pill } from '../app/placing';
import * as state from '../app/state';
import { statusLine } from '../app/statusline';
import { undoLabel } from '../app/undo';
import { wayOut } from '../core/clear';

function look(): void {
  const cell = state.reticle.peek();
  // What moves comes to rest first; a finger that is down aims by itself.
  if (!cell || state.loupe.peek() || state.line.peek().length > 0 || camera.moving) return;
  const { x, y } = cell;
  const box = screenOf({ x0: x, y0: y, x1: x + 1, y1: y + 1 });
  const way = wayOut(box, coversNow(), state.viewport.peek());
  if (!way) return;
  state.centred.value = false;
  camera.nudge(way.x, way.y);
}

let pending = false;

/** When the controls have been drawn as they are now. */
function lookSoon(): void {
  if (pending) return;
  pending = true;
  requestAnimationFrame(() => {
    pending = false;
    look();
  });
}

events.covered.listen(lookSoon);
effect(() => {
  for (const seen of [state.reticle, state.loupe, statusLine, pill, undoLabel, state.inPast]) seen.value;
  lookSoon();
});
