// SPDX-License-Identifier: ISC
// Moving a template by hand.

import { batch, effect } from '@preact/signals';
import { camera } from '../../app/canvas';
import * as placing from '../../app/placing';
import { hint } from '../../app/statusline';
import { drag, grip } from '../../app/template';
import type { Cell } from '../../core/edit';
import { areaAt } from '../../core/template/cells';
import { t } from '../../texts';
import { moveTo, setShown } from './changing';
import { chosenId, list, movingId, panelOpen, templateOf, visible } from './model';
import { madeOf } from './pictures';

export function startMoving(id: string): void {
  batch(() => {
    chosenId.value = id;
    movingId.value = id;
    visible.value = true;
    panelOpen.value = false;
  });
  if (!templateOf(id)?.shown) setShown(id, true);
  placing.setReticle(null, false);
  hint.say(t().template.dragIt);
}

export function watchMoving(): void {
  effect(() => {
    const template = list.value.find(({ id }) => id === movingId.value);
    const made = template && madeOf(template.id);
    grip.value = template && made ? areaAt(template.at, made.cells) : null;
  });
  let from: { x: number; y: number; at: Cell } | null = null;
  drag.now = {
    start: ({ x, y }) => {
      const at = templateOf(movingId.peek())?.at;
      from = at ? { x, y, at } : null;
    },
    move: ({ x, y }) => {
      const id = movingId.peek();
      if (!from || !id) return;
      const { k } = camera.view;
      moveTo(id, { x: from.at.x + Math.round((x - from.x) / k), y: from.at.y + Math.round((y - from.y) / k) });
    },
    end: (counts) => {
      if (from && !counts && movingId.peek()) moveTo(movingId.peek()!, from.at);
      from = null;
    },
  };
}
