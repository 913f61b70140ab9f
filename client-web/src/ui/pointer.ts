// SPDX-License-Identifier: ISC
// Hover, press, click and tap, and lines: drags with Shift. Other drags are d3-zoom's; it swallows the
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
  /** A drag with Shift began at the cell that is highlighted, and is at this point now. */
  line(point: Point): void;
  /** It is over, and counts or not. */
  lineEnd(counts: boolean): void;
}

/** Browsers report moves in fractions of a pixel, but presses and clicks rounded to whole ones. */
const ROUNDED = 1;

export function watchPointer(element: HTMLElement, events: PointerEvents): void {
  let touch = false;
  let last: Point | null = null;
  let drawing = false;
  /** The press became a line, so that the click at its end means nothing. */
  let drew = false;
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
    drew = false;
    if (touch) return;
    hover(precise(event));
    events.press();
    drawing = event.shiftKey && event.button === 0;
    // So that it goes on when the pointer leaves the window, or comes over a control.
    if (drawing && event.isTrusted) element.setPointerCapture(event.pointerId);
  });
  element.addEventListener('pointermove', (event) => {
    if (event.pointerType === 'touch') return;
    hover({ x: event.clientX, y: event.clientY });
    if (!drawing) return;
    drew = true;
    events.line(last!);
  });
  element.addEventListener('pointerleave', () => hover(null));
  element.addEventListener('pointercancel', () => endLine(false));
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') endLine(false);
  });
  element.addEventListener('pointerup', () => endLine(true));
  element.addEventListener('click', (event) => {
    if (drew) return;
    // The event's own time: a busy page may handle two quick clicks at some distance.
    if (touch) events.tap({ x: event.clientX, y: event.clientY }, event.timeStamp);
    else events.click(precise(event), event.timeStamp);
  });
}
