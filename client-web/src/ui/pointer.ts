// SPDX-License-Identifier: ISC
// Hover, press, click and tap. Drags are d3-zoom's; it swallows the click that ends one.

import type { Point } from '../core/view';

export interface PointerEvents {
  /** The pointer is here; null: nowhere. */
  hover(point: Point | null): void;
  /** The mouse button went down where the pointer is. */
  press(): void;
  /** The mouse button came up again, and that was no drag. */
  click(point: Point): void;
  tap(point: Point): void;
}

/** Chromium tells moves in fractions of a pixel, everything else in whole ones. */
const ROUNDED = 1;

export function watchPointer(element: HTMLElement, events: PointerEvents): void {
  let touch = false;
  let last: Point | null = null;
  const hover = (point: Point | null) => {
    last = point;
    events.hover(point);
  };
  /** The place of this event, as precisely as it was told when the pointer last moved. */
  const precise = ({ clientX: x, clientY: y }: MouseEvent): Point => {
    const same = last && Math.abs(last.x - x) <= ROUNDED && Math.abs(last.y - y) <= ROUNDED;
    return same ? last! : { x, y };
  };
  element.addEventListener('pointerdown', (event) => {
    touch = event.pointerType === 'touch';
    if (touch) return;
    hover(precise(event));
    events.press();
  });
  element.addEventListener('pointermove', (event) => {
    if (event.pointerType !== 'touch') hover({ x: event.clientX, y: event.clientY });
  });
  element.addEventListener('pointerleave', () => hover(null));
  element.addEventListener('click', (event) => {
    if (touch) events.tap({ x: event.clientX, y: event.clientY });
    else events.click(precise(event));
  });
}
