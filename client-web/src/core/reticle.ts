// SPDX-License-Identifier: ISC
// The reticle never leaves the view: when its cell is panned out, it stays in the middle of the
// window and aims at whatever comes to lie there, until somebody aims anew.

import type { Cell, Rect } from './edit';
import { cellAt, type View } from './view';

export interface Aim {
  readonly cell: Cell;
  /** It aims at what is in the middle of the window. */
  readonly centred: boolean;
}

const between = (low: number, v: number, high: number): number => Math.min(high, Math.max(low, v));

export const inside = ({ x, y }: Cell, r: Rect): Cell => ({
  x: between(r.x0, x, r.x1 - 1),
  y: between(r.y0, y, r.y1 - 1),
});

/** The cell in the middle of the room that the surfaces leave of the window (in CSS pixels). */
export function centreCell(view: View, room: Rect, bounds: Rect): Cell {
  const middle = { x: (room.x0 + room.x1) / 2, y: (room.y0 + room.y1) / 2 };
  return inside(cellAt(view, middle), bounds);
}

/** Where the reticle is after the view moved. The goal of a flight counts, not what it passes: a cell
 * that one flies to is not out of view. */
export function keepInView(aim: Aim, view: View, goal: View, room: Rect, bounds: Rect): Aim {
  if (!aim.centred) {
    const x = (aim.cell.x + 0.5) * goal.k + goal.x;
    const y = (aim.cell.y + 0.5) * goal.k + goal.y;
    if (x >= room.x0 && x <= room.x1 && y >= room.y0 && y <= room.y1) return aim;
  }
  const cell = centreCell(view, room, bounds);
  return aim.centred && cell.x === aim.cell.x && cell.y === aim.cell.y ? aim : { cell, centred: true };
}
