// SPDX-License-Identifier: ISC
// Own pixels that the log does not have yet: in their colour at once, with a small mark until they are
// confirmed, a large one when that is late; and refused ones on their way out, below which shows what
// is there now.

import { info, inPast, overdue } from '../app/state';
import { cellBox, type Box } from '../core/cellbox';
import type { Edit } from '../core/edit';
import type { Layer, Look } from './layer';

export const FADE_MS = 240;
/** The mark's share of a cell's side, and when it is late. */
const MARK = 1 / 3;
const MARK_LATE = 2 / 3;
/** A smaller mark would be a speck. */
const MARK_LEAST = 3;

export interface Fading {
  readonly edit: Edit;
  /** When it was refused, as of performance.now(). */
  readonly since: number;
}

export interface OwnPixels {
  pending(): Iterable<Edit>;
  /** Refused edits on their way out. */
  fading(): readonly Fading[];
}

export class PendingLayer implements Layer {
  constructor(private readonly own: OwnPixels) {}

  draw(look: Look): boolean {
    const { g, now } = look;
    const palette = info.peek()?.palette;
    if (!palette || inPast.peek()) return false;
    const colourOf = ({ colour }: Edit) => palette[colour]?.rgb ?? palette[0]!.rgb;
    let fades = false;
    for (const { edit, since } of this.own.fading()) {
      const left = 1 - (now - since) / FADE_MS;
      if (left <= 0) continue;
      fades = true;
      g.globalAlpha = Math.min(1, left);
      fill(g, cellBox(look, edit), colourOf(edit));
    }
    g.globalAlpha = 1;
    for (const edit of this.own.pending()) {
      const box = cellBox(look, edit);
      fill(g, box, colourOf(edit));
      mark(g, box, overdue.peek() ? MARK_LATE : MARK);
    }
    return fades;
  }
}

function fill(g: CanvasRenderingContext2D, { x, y, width, height }: Box, colour: string): void {
  g.fillStyle = colour;
  g.fillRect(x, y, width, height);
}

function mark(g: CanvasRenderingContext2D, box: Box, share: number): void {
  const side = Math.round(Math.min(box.width, box.height) * share);
  if (side < MARK_LEAST) return;
  const x = box.x + Math.floor((box.width - side) / 2);
  const y = box.y + Math.floor((box.height - side) / 2);
  fill(g, { x, y, width: side, height: side }, 'rgb(0 0 0 / 0.55)');
  fill(g, { x: x + 1, y: y + 1, width: side - 2, height: side - 2 }, 'rgb(255 255 255 / 0.75)');
}
