// SPDX-License-Identifier: ISC
// Hover, press, click, tap and hold, and lines: drags with Shift. Other drags are d3-zoom's; it swallows the
// click that ends one.

import type { Point } from '../core/view';

export interface PointerEvents {
  /** The pointer is here; null: nowhere. */
  hover(point: Point | null): void;
  /** The mouse button went down where the pointer is. */
  press(): void;
  /** The mouse button came up again, and that was no drag. */
  click(point: Point, time: number): void;
  tap(point: Point, time: number): void;
  /** A finger or the mouse button stays down here. */
  hold(point: Point): void;
  /** A drag with Shift began at the cell that is highlighted, and is at this point now. */
  line(point: Point): void;
  /** It is over, and counts or not. */
  lineEnd(counts: boolean): void;
}

/** Browsers report moves in fractions of a pixel, but presses and clicks rounded to whole ones. */
const ROUNDED = 1;
const HOLD_MS = 400;
/** A finger is never quite still. */
const HOLD_PX = { mouse: 4, touch: 10 };

export function watchPointer(element: HTMLElement, events: PointerEvents): void {
  let touch = false;
  let last: Point | null = null;
  let drawing = false;
  /** The press became a line, so that the click at its end means nothing. */
  let drew = false;
  /** It became a hold, so that the click at its end means nothing. */
  let held = false;
  let holdTimer: ReturnType<typeof setTimeout> | undefined;
  let from: Point = { x: 0, y: 0 };
  const endLine = (counts: boolean) => {
    if (drawing) events.lineEnd(counts);
    drawing = false;
  };
  const hover = (point: Point | null) => {
    last = point;
    events.hover(point);
  };
  /** The place of this event, as precisely as the last move reported it. */
  const precise = ({ clientX: x, clientY: y }: MouseEvent): Point => {
    const same = last && Math.abs(last.x - x) <= ROUNDED && Math.abs(last.y - y) <= ROUNDED;
    return same ? last! : { x, y };
  };
  element.addEventListener('pointerdown', (event) => {
    touch = event.pointerType === 'touch';
    drew = held = false;
    clearTimeout(holdTimer);
    from = { x: event.clientX, y: event.clientY };
    // A second finger is a pinch.
    if (event.isPrimary && event.button === 0 && !event.shiftKey) {
      holdTimer = setTimeout(() => {
        held = true;
        events.hold(touch ? from : precise(event));
      }, HOLD_MS);
    }
    if (touch) return;
    hover(precise(event));
    events.press();
    drawing = event.shiftKey && event.button === 0;
    // So that it goes on when the pointer leaves the window, or comes over a control.
    if (drawing && event.isTrusted) element.setPointerCapture(event.pointerId);
  });
  element.addEventListener('pointermove', (event) => {
    const far = HOLD_PX[event.pointerType === 'touch' ? 'touch' : 'mouse'];
    if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > far) clearTimeout(holdTimer);
    if (event.pointerType === 'touch') return;
    hover({ x: event.clientX, y: event.clientY });
    if (!drawing) return;
    drew = true;
    events.line(last!);
  });
  element.addEventListener('pointerleave', () => {
    clearTimeout(holdTimer);
    hover(null);
  });
  element.addEventListener('pointercancel', () => {
    clearTimeout(holdTimer);
    endLine(false);
  });
  // The browser's own meaning of a long touch.
  element.addEventListener('contextmenu', (event) => {
    if (touch) event.preventDefault();
  });
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') endLine(false);
  });
  element.addEventListener('pointerup', () => {
    clearTimeout(holdTimer);
    endLine(true);
  });
  element.addEventListener('click', (event) => {
    if (drew || held) return;
    // The event's own time: a busy page may handle two quick clicks at some distance.
    if (touch) events.tap({ x: event.clientX, y: event.clientY }, event.timeStamp);
    else events.click(precise(event), event.timeStamp);
  });
}
