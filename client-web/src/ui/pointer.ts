// SPDX-License-Identifier: ISC
// Hover, click and tap. Drags are d3-zoom's; it swallows the click that ends one.

import type { Point } from '../core/view';

export interface PointerEvents {
  hover(point: Point | null): void;
  click(point: Point): void;
  tap(point: Point): void;
}

export function watchPointer(element: HTMLElement, events: PointerEvents): void {
  let touch = false;
  element.addEventListener('pointerdown', (event) => {
    touch = event.pointerType === 'touch';
  });
  element.addEventListener('pointermove', (event) => {
    if (event.pointerType !== 'touch') events.hover({ x: event.clientX, y: event.clientY });
  });
  element.addEventListener('pointerleave', () => events.hover(null));
  element.addEventListener('click', (event) => {
    const point = { x: event.clientX, y: event.clientY };
    if (touch) events.tap(point);
    else events.click(point);
  });
}
