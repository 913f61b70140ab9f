// SPDX-License-Identifier: ISC
// Keeps the last line of the status line telling a newcomer what to do next, as long as there is
// something that was never done in this browser.

import { effect } from '@preact/signals';
import { nextStep, type Step } from '../core/coach';
import { t } from '../texts';
import { embedded } from './embed';
import * as events from './events';
import { tooFar } from './placing';
import { learned } from './settings';
import * as state from './state';
import { hint } from './statusline';

function done(step: Step): void {
  if (!learned.peek()[step]) learned.value = { ...learned.peek(), [step]: true };
}

/** The words for a mouse, or for fingers. */
function wordsFor(step: Step): string {
  const touch = matchMedia('(hover: none)').matches;
  const words = t().coach;
  switch (step) {
    case 'colour':
      return words.colour;
    case 'zoom':
      return touch ? words.zoomTouch : words.zoomMouse;
    case 'place':
      return touch ? words.placeTouch : words.placeMouse;
  }
}

export function watchCoach(): void {
  if (embedded) return;
  effect(() => {
    if (state.colour.value !== null) done('colour');
    // Whoever chose a colour before has come nearer on purpose; a link may have led here.
    if (learned.value.colour && !tooFar.value) done('zoom');
  });
  effect(() => {
    const step = nextStep(learned.value, !tooFar.value);
    hint.coach(step && state.info.value ? wordsFor(step) : '');
  });
  events.placed.listen(() => done('place'));
}
