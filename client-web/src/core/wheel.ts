// SPDX-License-Identifier: ISC
// What a turned wheel means, a mouse's or that of a trackpad, which browsers report as one and the same.

import type { Effect, GestureEvent, Options } from './gestureevents';

type Wheel = Extract<GestureEvent, { type: 'wheel' }>;

/** What turned the wheel last. */
export interface Turned {
  readonly trackpad: boolean;
  readonly time: number;
}

export const STILL: Turned = { trackpad: false, time: -Infinity };

/** Events of a wheel or trackpad that follow each other within this time are of one and the same. */
const SERIES_MS = 400;
/** One notch of a mouse wheel is at least this many pixels in every browser. */
const NOTCH_PX = 40;
/** On macOS, a mouse wheel's events are multiples of this. */
const MAC_NOTCH = 4.000244140625;
const LINE_PX = 100 / 3;
const PAGE_PX = 800;
/** However hard the wheel was turned, one event means no more. */
const WHEEL_MAX = 400;
/** Of a trackpad's pinch: browsers report a hundredth of the logarithm of what it did. */
const PINCH_PX = 100;
/** Of two fingers that zoom by setting: this far doubles the scale. */
const SCROLL_PX = 250;

/** `setting`: what two fingers do on a trackpad, apart from pinching. */
export function readWheel(before: Turned, event: Wheel, setting: Options['wheel']): { turned: Turned; effects: Effect[] } {
  const trackpad = isTrackpad(before, event);
  return { turned: { trackpad, time: event.time }, effects: meaning(event, trackpad, setting) };
}

function meaning({ point, mode, ctrl, shift, ...event }: Wheel, trackpad: boolean, setting: Options['wheel']): Effect[] {
  const unit = mode === 0 ? 1 : mode === 1 ? LINE_PX : PAGE_PX;
  const dx = event.dx * unit;
  const dy = event.dy * unit;
  if (dx === 0 && dy === 0) return [];
  if (ctrl && trackpad) return [{ type: 'zoomAbout', point, by: Math.exp(-dy / PINCH_PX) }];
  if (trackpad && setting === 'zoom') return [{ type: 'zoomAbout', point, by: 2 ** (-dy / SCROLL_PX) }];
  // A wheel that tilts, or one with Shift, which browsers turn into a sideways one or do not.
  const sideways = shift && dx === 0 && !ctrl;
  if (trackpad || sideways || (dy === 0 && !ctrl)) {
    return [{ type: 'pan', dx: sideways ? -dy : -dx, dy: sideways ? 0 : -dy }];
  }
  const delta = Math.max(-WHEEL_MAX, Math.min(WHEEL_MAX, dy || dx));
  return [{ type: 'wheel', point, delta }];
}

/** Browsers do not say what was turned. A trackpad moves in small or odd steps, and also aslant. */
function isTrackpad(before: Turned, { dx, dy, mode, time }: Wheel): boolean {
  if (mode !== 0) return false;
  if (dx !== 0 && dy !== 0) return true;
  const series = time - before.time <= SERIES_MS;
  if (series && before.trackpad) return true;
  const by = Math.abs(dy || dx);
  if (by >= NOTCH_PX || by === 0) return false;
  const notches = by / MAC_NOTCH;
  return Math.abs(notches - Math.round(notches)) > 1e-6 || notches < 0.5;
}
