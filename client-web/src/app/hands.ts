// SPDX-License-Identifier: ISC
// The browser's events of pointers and the wheel, for core/gestures, and its effects for whoever acts.

import type { Effect, GestureEvent, Kind, Options } from '../core/gestureevents';
import { reduce, START, wakeAt } from '../core/gestures';
import type { Point } from '../core/view';

export interface Hands {
  options(): Options;
  /** Whether a press that comes now catches a view that moves, and so chooses nothing. */
  catches(): boolean;
  /** Whether there is a template at this point that a drag moves. */
  onTemplate(point: Point): boolean;
  effect(effect: Effect): void;
}

/** Safari's own event of a trackpad's pinch; no other browser has it. */
interface SpreadEvent extends UIEvent {
  readonly scale: number;
  readonly clientX: number;
  readonly clientY: number;
}

const KINDS: Record<string, Kind> = { mouse: 'mouse', pen: 'pen', touch: 'touch' };
const kindOf = (event: PointerEvent): Kind => KINDS[event.pointerType] ?? 'mouse';
const pointOf = ({ clientX: x, clientY: y }: { clientX: number; clientY: number }): Point => ({ x, y });

export function watchHands(element: HTMLElement, hands: Hands): void {
  let state = START;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let timerAt: number | null = null;

  const send = (event: GestureEvent): void => {
    const next = reduce(state, event, hands.options());
    state = next.state;
    wake();
    for (const effect of next.effects) hands.effect(effect);
  };
  /** Keeps the one timer that a hold needs. */
  const wake = (): void => {
    const at = wakeAt(state);
    if (at === timerAt) return;
    clearTimeout(timer);
    timerAt = at;
    if (at === null) return;
    const tick = () => {
      timerAt = null;
      send({ type: 'tick', time: Math.max(at, performance.now()) });
    };
    timer = setTimeout(tick, at - performance.now());
  };

  element.addEventListener('pointerdown', (event) => {
    // So that a drag goes on when the pointer leaves the window, or comes over a control.
    if (event.isTrusted) element.setPointerCapture(event.pointerId);
    const { pointerId: id, timeStamp: time, button, shiftKey: shift } = event;
    const point = pointOf(event);
    const caught = hands.catches();
    const template = hands.onTemplate(point);
    send({ type: 'down', id, kind: kindOf(event), point, time, button, shift, caught, template });
  });
  element.addEventListener('pointermove', (event) => {
    const { pointerId: id, timeStamp: time, buttons } = event;
    send({ type: 'move', id, kind: kindOf(event), point: pointOf(event), time, buttons });
  });
  element.addEventListener('pointerup', (event) => {
    const { pointerId: id, timeStamp: time } = event;
    send({ type: 'up', id, point: pointOf(event), time });
  });
  const cancel = ({ pointerId: id }: PointerEvent): void => send({ type: 'cancel', id });
  element.addEventListener('pointercancel', cancel);
  // This comes after every pointerup, too, when it is news no more.
  element.addEventListener('lostpointercapture', cancel);
  element.addEventListener('pointerleave', ({ pointerId: id }) => send({ type: 'leave', id }));
  // No click follows a tap: it would be for whatever has come up under the finger meanwhile.
  element.addEventListener('touchend', (event) => {
    if (event.cancelable) event.preventDefault();
    element.focus({ preventScroll: true });
  });
  // The right button takes a colour, and a long touch is a hold.
  element.addEventListener('contextmenu', (event) => event.preventDefault());
  document.addEventListener('pointerdown', ({ target }) => {
    if (target !== element) send({ type: 'elsewhere' });
  });
  window.addEventListener('blur', () => send({ type: 'abort' }));
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') send({ type: 'abort' });
  });
  element.addEventListener('wheel', watchWheel(send), { passive: false });
  watchSpread(element, send);
}

function watchWheel(send: (event: GestureEvent) => void): (event: WheelEvent) => void {
  return (event) => {
    event.preventDefault();
    // Firefox reports pixels to whoever asks for the distance first, and lines to others.
    const { deltaMode: mode, deltaX: dx, deltaY: dy } = event;
    const { timeStamp: time, ctrlKey: ctrl, shiftKey: shift } = event;
    send({ type: 'wheel', point: pointOf(event), time, dx, dy, mode, ctrl, shift });
  };
}

function watchSpread(element: HTMLElement, send: (event: GestureEvent) => void): void {
  let scale = 1;
  element.addEventListener('gesturestart', () => (scale = 1));
  element.addEventListener('gesturechange', (event) => {
    event.preventDefault();
    const spread = event as SpreadEvent;
    if (spread.scale > 0) send({ type: 'spread', point: pointOf(spread), by: spread.scale / scale });
    scale = spread.scale;
  });
}
