// SPDX-License-Identifier: ISC
// An outline that is seen on every colour: dark inside light.

import type { Box } from '../core/cellbox';

/** `width` is that of each of the two lines, in device pixels. */
export function outline(g: CanvasRenderingContext2D, box: Box, width: number): void {
  const { x, y } = box;
  const line = Math.max(1, Math.round(width));
  const frame = (colour: string, out: number) => {
    g.lineWidth = line;
    g.strokeStyle = colour;
    g.strokeRect(x - out, y - out, box.width + 2 * out, box.height + 2 * out);
  };
  frame('#ffffff', 1.5 * line);
  frame('#000000', 0.5 * line);
}

/** The share of a cell's side that its corner takes, where the old colour stays in sight. */
const CORNER = 0.32;
/** Smaller than this, a cell has no corner to speak of. */
const CORNER_LEAST = 8;

/** Fills the cell but for one corner, in which what is there now goes on showing. */
export function fillButCorner(g: CanvasRenderingContext2D, box: Box): void {
  const { x, y, width, height } = box;
  if (Math.min(width, height) < CORNER_LEAST) return g.fillRect(x, y, width, height);
  const w = Math.round(width * CORNER);
  const h = Math.round(height * CORNER);
  g.fillRect(x, y, width, height - h);
  g.fillRect(x, y + height - h, width - w, h);
}
