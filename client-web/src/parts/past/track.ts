// SPDX-License-Identifier: ISC
// The timeline's track: how busy it was when, idle stretches hatched; and marks of single moments.

import type { Axis } from '../../core/axis';

/** A moment on the track, from 0 to 1, and the colour of what came to be then. */
export interface Mark {
  readonly place: number;
  readonly rgb: string;
}

const BAR_PX = 3;
const FLOOR_PX = 2;
const HATCH_PX = 6;
const MARK_PX = 7;

/** Draws the axis over all of the canvas, in the colours that the page has there. */
export function drawTrack(canvas: HTMLCanvasElement, axis: Axis | null, marks: readonly Mark[]): void {
  const { width, height } = canvas.getBoundingClientRect();
  const dpr = window.devicePixelRatio;
  canvas.width = Math.max(1, Math.round(width * dpr));
  canvas.height = Math.max(1, Math.round(height * dpr));
  const g = canvas.getContext('2d')!;
  g.scale(dpr, dpr);
  const colour = getComputedStyle(canvas).color;
  g.fillStyle = g.strokeStyle = colour;
  if (!axis) {
    g.globalAlpha = 0.3;
    g.fillRect(0, height - FLOOR_PX, width, FLOOR_PX);
    return;
  }
  const n = Math.max(1, Math.floor(width / BAR_PX));
  g.globalAlpha = 0.45;
  axis.bars(n).forEach((busy, i) => {
    // The root: quiet times are to be seen beside the busiest.
    const h = FLOOR_PX + Math.sqrt(busy) * (height - FLOOR_PX);
    g.fillRect((i * width) / n, height - h, width / n - 0.5, h);
  });
  g.globalAlpha = 0.7;
  for (const { from, to } of axis.idle) {
    const [x0, x1] = [from * width, to * width];
    g.save();
    g.clearRect(x0, 0, x1 - x0, height);
    g.beginPath();
    g.rect(x0, 0, x1 - x0, height);
    g.clip();
    g.beginPath();
    for (let x = x0 - height; x < x1; x += HATCH_PX) {
      g.moveTo(x, height);
      g.lineTo(x + height, 0);
    }
    g.stroke();
    g.restore();
  }
  g.globalAlpha = 1;
  for (const { place, rgb } of marks) {
    const x = Math.min(width - MARK_PX, Math.max(0, place * width - MARK_PX / 2));
    g.fillStyle = colour;
    g.fillRect(place * width - 0.5, 0, 1, height);
    g.fillRect(x - 1, height - MARK_PX - 2, MARK_PX + 2, MARK_PX + 2);
    g.fillStyle = rgb;
    g.fillRect(x, height - MARK_PX - 1, MARK_PX, MARK_PX);
  }
}
