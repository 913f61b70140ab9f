// SPDX-License-Identifier: ISC
// What lies over the picture, in CSS pixels of the window. Read from the page when it is asked for.

import type { Rect, Size } from '../core/edit';
import { boxOf } from './dock';

/** Between two surfaces. */
const GAP = 8;

/** All surfaces that are there now. */
export function coversNow(): Rect[] {
  const rects: Rect[] = [];
  for (const element of document.querySelectorAll('.surface:not(dialog), #tools, #palette')) {
    const { left: x0, top: y0, right: x1, bottom: y1 } = element.getBoundingClientRect();
    // On a phone on its side the deck is as high as the window, and mostly empty.
    const empty = element.id === 'deck' && y1 - y0 > innerHeight / 2;
    if (x1 > x0 && !empty && (element as HTMLElement).checkVisibility?.({ visibilityProperty: true }) !== false) {
      rects.push({ x0, y0, x1, y1 });
    }
  }
  return rects;
}

/** Where what stands at the upper edge ends. */
export function headBottom(): number {
  const boxes = ['status', 'where', 'menu'].map(boxOf).filter((box) => box && box.top < innerHeight / 2);
  return Math.max(0, ...boxes.map((box) => box!.bottom));
}

/** On a phone on its side, what of the room is clear of the buttons at both sides as well. */
export function clearOf(room: Rect & Size): Rect & Size {
  const zoom = boxOf('zoom');
  const tools = boxOf('tools');
  if (!zoom || zoom.left > room.width / 2) return room;
  const x0 = Math.max(room.x0, zoom.right + GAP);
  const x1 = tools?.width ? Math.min(room.x1, tools.left - GAP) : room.x1;
  return { ...room, x0, x1, y0: headBottom() + GAP };
}
