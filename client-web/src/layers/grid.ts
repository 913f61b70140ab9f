// SPDX-License-Identifier: ISC
// The lines between the cells. Each is dark on the one side and light on the other: one of the two
// is to be seen on every colour.

import type { Rect } from '../core/edit';
import { gridLines, gridStrength, type Wish } from '../core/grid';
import { visible } from '../core/view';
import type { Layer, Look } from './layer';

const DARK = [0.24, 0.5] as const;
const LIGHT = [0.3, 0.6] as const;

export class Grid implements Layer {
  /** `bounds` is the part of the plane that there are cells on. */
  constructor(
    private readonly wish: () => Wish,
    private readonly bounds: () => Rect,
  ) {}

  draw({ g, view, port, k, left, top }: Look): boolean {
    const strength = gridStrength(this.wish(), view.k);
    if (strength === 0) return false;
    const seen = visible(view, port);
    const all = this.bounds();
    const x0 = Math.max(seen.x0, all.x0);
    const y0 = Math.max(seen.y0, all.y0);
    const x1 = Math.min(seen.x1, all.x1);
    const y1 = Math.min(seen.y1, all.y1);
    if (x1 <= x0 || y1 <= y0) return false;
    const [fromX, fromY] = [Math.round(left + x0 * k), Math.round(top + y0 * k)];
    const [width, height] = [Math.round(left + x1 * k) - fromX, Math.round(top + y1 * k) - fromY];
    // As wide as a hairline of the window, whatever its ratio.
    const line = Math.max(1, Math.round(port.dpr / 2));
    for (const tenth of [false, true]) {
      for (const [colour, alphas, by] of [
        ['0 0 0', DARK, -line],
        ['255 255 255', LIGHT, 0],
      ] as const) {
        g.fillStyle = `rgb(${colour} / ${alphas[tenth ? 1 : 0] * strength})`;
        g.beginPath();
        for (const at of gridLines(x0, x1, k, left)) {
          if (at.tenth === tenth) g.rect(at.at + by, fromY, line, height);
        }
        for (const at of gridLines(y0, y1, k, top)) {
          if (at.tenth === tenth) g.rect(fromX, at.at + by, width, line);
        }
        g.fill();
      }
    }
    return false;
  }
}
