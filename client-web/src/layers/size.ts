// SPDX-License-Identifier: ISC
// The size of the window's canvases.

import type { Viewport } from '../core/view';

/** Gives a canvas the window's size in device pixels. One that has it keeps what is drawn on it. */
export function sizeCanvas(canvas: HTMLCanvasElement, { width, height, dpr }: Viewport): void {
  const [w, h] = [Math.round(width * dpr), Math.round(height * dpr)];
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
}
