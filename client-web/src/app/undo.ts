// SPDX-License-Identifier: ISC
// Taking back what one has just placed: for some seconds, and as long as it is still on top. It is an
// ordinary edit, and costs what one costs.

import { computed, signal } from '@preact/signals';
import { onTop, stepsOf, undoing, withoutEdits, type Step } from '../core/undo';
import { t } from '../texts';
import * as events from './events';
import { judged, place, shown, umpire } from './placing';
import * as state from './state';
import { hint } from './statusline';

const OFFER_MS = 5_000;

const steps = signal<readonly Step[]>([]);
let timer: ReturnType<typeof setTimeout> | undefined;
let takingBack = false;

/** How many pixels of energy taking back costs; 0: it is free. */
const priceOf = (n: number): number => (state.account.value ? n : 0);

/** What the pill says; null while there is nothing to take back that can be paid for. */
export const undoLabel = computed(() => {
  judged.value;
  const edits = undoing(steps.value);
  const rules = umpire.value;
  if (state.inPast.value || edits.length === 0 || (rules && rules.reach(edits) < edits.length)) return null;
  const price = priceOf(edits.length);
  return price > 0 ? t().undo.button(price) : t().undo.free;
});

export function undo(): void {
  if (state.inPast.value) return hint.say(t().page.inThePast);
  steps.value = onTop(steps.value, shown);
  const edits = undoing(steps.value);
  if (edits.length === 0) return hint.say(t().undo.nothing);
  takingBack = true;
  const sent = place(edits);
  takingBack = false;
  if (!sent) return;
  forget();
  const price = priceOf(edits.length);
  if (price > 0) hint.say(t().undo.done(price));
}

function forget(): void {
  clearTimeout(timer);
  steps.value = [];
}

export function watchUndo(): void {
  events.placed.listen((edits, before) => {
    // What takes something back is not offered to be taken back.
    if (takingBack) return;
    clearTimeout(timer);
    timer = setTimeout(forget, OFFER_MS);
    steps.value = stepsOf(edits, before);
  });
  events.refused.listen((edits) => (steps.value = withoutEdits(steps.peek(), edits)));
  events.painted.listen(() => {
    if (steps.peek().length > 0) steps.value = onTop(steps.peek(), shown);
  });
  events.begunAnew.listen(forget);
}
