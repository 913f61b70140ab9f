// SPDX-License-Identifier: ISC
// The timeline's track: how busy it was when, idle stretches hatched.

import type { Axis } from '../core/axis';

const BAR_PX = 3;
const FLOOR_PX = 2;
const HATCH_PX = 6;

/** Draws the axis over all of the canvas, in the colours that the page has there. */
export function drawTrack(canvas: HTMLCanvasElement, axis: Axis | null): void {
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
}
