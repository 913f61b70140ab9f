// SPDX-License-Identifier: ISC
// What a click would place: the cell under the mouse, or the line that is being drawn, in the chosen
// colour as it would look; and at the pointer what the line costs.

import { closed, colour, hover, info, inPast, line } from '../app/state';
import { cellBox } from '../core/cellbox';
import { labelAt } from '../core/label';
import { PLACE_K, type Point } from '../core/view';
import type { Layer, Look } from './layer';
import { fillButCorner, outline } from './outline';

/** A preview is no pixel yet. */
const PREVIEW = 0.6;
const LABEL_PX = 14;

export interface LineEnd {
  /** Where the drag is, in CSS pixels. */
  readonly point: Point;
  /** By finger, so that the label has to stand clear of it. */
  readonly byTouch: boolean;
  /** What the line costs, in words. */
  readonly label: string;
}

export class AimLayer implements Layer {
  constructor(private readonly lineEnd: () => LineEnd | null) {}

  draw(look: Look): boolean {
    const cells = line.peek();
    const over = hover.peek();
    if (inPast.peek()) {
      if (over && look.view.k >= PLACE_K) outline(look.g, cellBox(look, over), look.port.dpr);
    } else if (cells.length > 0) {
      for (const cell of cells) preview(look, cell);
      outline(look.g, cellBox(look, cells[cells.length - 1]!), look.port.dpr);
      this.label(look);
    } else if (over && look.view.k >= PLACE_K) {
      if (!closed.peek()) preview(look, over);
      outline(look.g, cellBox(look, over), look.port.dpr);
    }
    return false;
  }

  private label({ g, port }: Look): void {
    const end = this.lineEnd();
    if (!end || end.label === '') return;
    const { dpr } = port;
    g.font = `600 ${LABEL_PX * dpr}px system-ui, sans-serif`;
    g.textBaseline = 'middle';
    g.lineJoin = 'round';
    const size = { width: g.measureText(end.label).width / dpr, height: LABEL_PX };
    const at = labelAt(end.point, size, port, end.byTouch);
    g.lineWidth = 4 * dpr;
    g.strokeStyle = '#ffffff';
    g.strokeText(end.label, at.x * dpr, at.y * dpr);
    g.fillStyle = '#000000';
    g.fillText(end.label, at.x * dpr, at.y * dpr);
  }
}

function preview(look: Look, cell: { x: number; y: number }): void {
  const chosen = colour.peek();
  const rgb = chosen === null ? undefined : info.peek()?.palette[chosen]?.rgb;
  if (!rgb) return;
  look.g.globalAlpha = PREVIEW;
  look.g.fillStyle = rgb;
  fillButCorner(look.g, cellBox(look, cell));
  look.g.globalAlpha = 1;
}
