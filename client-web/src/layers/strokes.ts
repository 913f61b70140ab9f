// SPDX-License-Identifier: ISC
// Rectangles that can be seen on every colour: outlined, and hatched.

import type { Look } from './layer';

/** In device pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const HATCH_PX = 9;

/** A line of this colour between two dark ones, around the box. */
export function outline({ g, port: { dpr } }: Pick<Look, 'g' | 'port'>, box: Box, colour: string): void {
  const { x, y, width, height } = box;
  g.setLineDash([]);
  for (const [line, wide] of [
    ['#000000', 4],
    [colour, 2],
  ] as const) {
    g.lineWidth = wide * dpr;
    g.strokeStyle = line;
    g.strokeRect(x - dpr, y - dpr, width + 2 * dpr, height + 2 * dpr);
  }
}

/** Slanted lines over what of the box is to be seen. */
export function hatch({ g, port: { dpr } }: Pick<Look, 'g' | 'port'>, box: Box, colour: string): void {
  const x0 = Math.max(0, box.x);
  const y0 = Math.max(0, box.y);
  const x1 = Math.min(g.canvas.width, box.x + box.width);
  const y1 = Math.min(g.canvas.height, box.y + box.height);
  if (x0 >= x1 || y0 >= y1) return;
  const step = HATCH_PX * dpr;
  const high = y1 - y0;
  g.save();
  g.beginPath();
  g.rect(x0, y0, x1 - x0, high);
  g.clip();
  // The lines keep to the box when it moves.
  const first = x0 - high - ((x0 - high - box.x + (y1 - box.y)) % step) - step;
  for (const [line, wide] of [
    ['rgb(255 255 255 / 0.55)', 3],
    [colour, 1],
  ] as const) {
    g.lineWidth = wide * dpr;
    g.strokeStyle = line;
    g.beginPath();
    for (let x = first; x < x1 + step; x += step) {
      g.moveTo(x, y1);
      g.lineTo(x + high, y0);
    }
    g.stroke();
  }
  g.restore();
}
