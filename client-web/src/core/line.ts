// SPDX-License-Identifier: ISC
// A straight line of cells (Bresenham's), each touching the next.

import type { Cell } from './edit';

/** From one cell to another, both included, but no more than `most` cells. */
export function lineBetween(from: Cell, to: Cell, most: number): Cell[] {
  const dx = Math.abs(to.x - from.x);
  const dy = Math.abs(to.y - from.y);
  const stepX = Math.sign(to.x - from.x);
  const stepY = Math.sign(to.y - from.y);
  const cells: Cell[] = [];
  let { x, y } = from;
  let error = dx - dy;
  while (cells.length < most) {
    cells.push({ x, y });
    if (x === to.x && y === to.y) break;
    const twice = 2 * error;
    if (twice > -dy) {
      error -= dy;
      x += stepX;
    }
    if (twice < dx) {
      error += dx;
      y += stepY;
    }
  }
  return cells;
}
