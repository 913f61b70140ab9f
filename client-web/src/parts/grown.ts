// SPDX-License-Identifier: ISC
// The canvases by which the plane has grown, marked for a moment; loaded when it grows.

import { invalidate } from '../app/invalidate';
import * as state from '../app/state';
import type { Position } from '../core/info';
import { areaOf } from '../core/plane';
import type { Layer, Look } from '../layers/layer';
import { outline } from '../layers/strokes';

/** The status line says it for about as long. */
const LASTS_MS = 4_000;
/** In the end it fades away. */
const FADES_MS = 1_000;

export class Grown implements Layer {
  private canvases: readonly Position[] = [];
  private until = 0;

  show(canvases: readonly Position[]): void {
    this.canvases = canvases;
    this.until = performance.now() + LASTS_MS;
    invalidate('layers');
    setTimeout(() => invalidate('layers'), LASTS_MS - FADES_MS);
  }

  draw({ g, port, k, left, top, now }: Look): boolean {
    const leftMs = this.until - now;
    const size = state.info.value;
    if (leftMs <= 0 || !size) return false;
    g.save();
    g.globalAlpha = Math.min(1, leftMs / FADES_MS);
    for (const at of this.canvases) {
      const { x0, y0, x1, y1 } = areaOf(at, size);
      const box = { x: x0 * k + left, y: y0 * k + top, width: (x1 - x0) * k, height: (y1 - y0) * k };
      outline({ g, port }, box, '#ffffff');
    }
    g.restore();
    return leftMs < FADES_MS;
  }
}
