// SPDX-License-Identifier: ISC
// Where the card goes: beside its cell where there is room, or to the lower edge of a window that is
// narrow and not low, where the styles make a sheet of it.

import type { Rect, Size } from '../../core/edit';

/** Between the cell and the card. */
const GAP = 12;

/** Windows in which the card is a sheet; the same as in who.css. */
export const SHEET = '(max-width: 860px) and (min-height: 481px)';

/** `above`: what is at the lower edge of the window is to stay in sight. */
export function placeCard(card: HTMLElement, cell: Rect, room: Rect & Size, above: boolean): void {
  const { style } = card;
  if (matchMedia(SHEET).matches) {
    const bottom = above ? Math.round(room.height - room.y1) : 0;
    style.left = style.top = style.maxHeight = '';
    style.bottom = above ? `${bottom}px` : '';
    // For what is said above it.
    document.documentElement.style.setProperty('--card', `${card.offsetHeight + bottom}px`);
    return;
  }
  style.bottom = '';
  style.maxHeight = `${room.y1 - room.y0}px`;
  const { offsetWidth: width, offsetHeight: height } = card;
  const right = cell.x1 + GAP;
  const left = cell.x0 - GAP - width;
  const x = right + width <= room.x1 || left < room.x0 ? right : left;
  const y = (cell.y0 + cell.y1) / 2 - height / 2;
  style.left = `${Math.round(Math.max(room.x0, Math.min(x, room.x1 - width)))}px`;
  style.top = `${Math.round(Math.max(room.y0, Math.min(y, room.y1 - height)))}px`;
}
