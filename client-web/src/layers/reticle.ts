// SPDX-License-Identifier: ISC
// The reticle: the cell that the keyboard or a finger aims at, filled with the chosen colour, in an
// outline that is seen on every colour and from afar.

import { colour, info, inPast, reticle } from '../app/state';
import { atLeast, cellBox } from '../core/cellbox';
import type { Cell } from '../core/edit';
import type { Layer, Look } from './layer';
import { fillButCorner, outline } from './outline';

/** It is never smaller than this many CSS pixels. */
const LEAST_PX = 12;

export class ReticleLayer implements Layer {
  /** Whether nothing can be placed on a cell, so that it is not shown as if. */
  constructor(private readonly closedAt: (cell: Cell) => boolean) {}

  draw({ g, k, left, top, port }: Look): boolean {
    const cell = reticle.peek();
    if (!cell) return false;
    const box = atLeast(cellBox({ k, left, top }, cell), LEAST_PX * port.dpr);
    const chosen = colour.peek();
    const idle = chosen === null || inPast.peek() || this.closedAt(cell);
    const rgb = idle ? undefined : info.peek()?.palette[chosen]?.rgb;
    if (rgb) {
      g.fillStyle = rgb;
      fillButCorner(g, box);
    }
    outline(g, box, 2 * port.dpr);
    return false;
  }
}
