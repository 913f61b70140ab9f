// SPDX-License-Identifier: ISC
// What lies over the picture: own pixels that wait for the log, refused ones that fade, the cell
// under the pointer and the reticle.

import type { Cell, Edit } from '../core/edit';
import { PLACE_K } from '../core/view';
import type { Layer, Look } from './layer';

export const FADE_MS = 240;
/** The reticle is never smaller than this many CSS pixels. */
const RETICLE_MIN = 12;
const LABEL_PX = 14;

export interface Marks {
  readonly pending: Iterable<Edit>;
  /** The pending ones wait longer than they should. */
  readonly overdue: boolean;
  readonly fading: readonly { readonly edit: Edit; readonly since: number }[];
  readonly hover: Cell | null;
  /** A line that is being drawn. */
  readonly line: readonly Cell[];
  /** What stands at its end. */
  readonly lineLabel: string;
  readonly reticle: Cell | null;
  /** The chosen colour as #rrggbb, or null. */
  readonly colour: string | null;
  readonly palette: readonly string[];
}

export class MarksLayer implements Layer {
  private g!: CanvasRenderingContext2D;
  private k = 1;
  private x = 0;
  private y = 0;
  private dpr = 1;

  constructor(private readonly marks: () => Marks) {}

  draw({ g, view, port, k, left, top, now }: Look): boolean {
    const marks = this.marks();
    this.g = g;
    this.dpr = port.dpr;
    this.k = k;
    this.x = left;
    this.y = top;
    for (const edit of marks.pending) this.pending(edit, marks.palette, marks.overdue);
    for (const { edit, since } of marks.fading) {
      g.globalAlpha = Math.max(0, 1 - (now - since) / FADE_MS);
      this.fill(edit, marks.palette[edit.colour]!);
      g.globalAlpha = 1;
    }
    if (marks.line.length > 0) this.line(marks.line, marks.lineLabel, marks.colour);
    else if (marks.hover && view.k >= PLACE_K) this.hover(marks.hover, marks.colour);
    if (marks.reticle) this.reticle(marks.reticle);
    return marks.fading.length > 0;
  }

  private fill(cell: Cell, colour: string): void {
    const { g, k } = this;
    g.fillStyle = colour;
    // From afar a cell is less than a pixel: own pixels stay visible.
    const side = Math.max(k, 1);
    g.fillRect(this.x + cell.x * k, this.y + cell.y * k, side, side);
  }

  /** The colour at once, and a small mark in it until the log has it; a large one when that is late. */
  private pending(edit: Edit, palette: readonly string[], overdue: boolean): void {
    const { g, k } = this;
    this.fill(edit, palette[edit.colour]!);
    const side = Math.round(overdue ? (2 * k) / 3 : k / 3);
    if (side < 2) return;
    const at = Math.floor((k - side) / 2);
    const x = this.x + edit.x * k + at;
    const y = this.y + edit.y * k + at;
    g.fillStyle = 'rgb(0 0 0 / 0.55)';
    g.fillRect(x, y, side, side);
    g.fillStyle = 'rgb(255 255 255 / 0.75)';
    g.fillRect(x + 1, y + 1, side - 2, side - 2);
  }

  private hover(cell: Cell, colour: string | null): void {
    if (colour) this.fill(cell, colour);
    this.outline(this.x + cell.x * this.k, this.y + cell.y * this.k, this.k, 1);
  }

  /** Its cells in the colour, and at its end what it costs. */
  private line(cells: readonly Cell[], label: string, colour: string | null): void {
    const { g, dpr } = this;
    const end = cells[cells.length - 1]!;
    if (colour) for (const cell of cells) this.fill(cell, colour);
    this.outline(this.x + end.x * this.k, this.y + end.y * this.k, this.k, 1);
    const x = this.x + (end.x + 1) * this.k + LABEL_PX * dpr;
    const y = this.y + end.y * this.k - LABEL_PX * dpr;
    g.font = `600 ${LABEL_PX * dpr}px system-ui, sans-serif`;
    g.lineWidth = 3 * dpr;
    g.strokeStyle = '#ffffff';
    g.strokeText(label, x, y);
    g.fillStyle = '#000000';
    g.fillText(label, x, y);
  }

  private reticle(cell: Cell): void {
    const side = Math.max(this.k, RETICLE_MIN * this.dpr);
    const x = this.x + (cell.x + 0.5) * this.k - side / 2;
    const y = this.y + (cell.y + 0.5) * this.k - side / 2;
    this.outline(x, y, side, 2);
  }

  /** Dark inside light: to be seen on every colour. */
  private outline(x: number, y: number, side: number, width: number): void {
    const { g } = this;
    const w = width * this.dpr;
    g.lineWidth = w;
    g.strokeStyle = '#ffffff';
    g.strokeRect(x - w * 1.5, y - w * 1.5, side + w * 3, side + w * 3);
    g.strokeStyle = '#000000';
    g.strokeRect(x - w / 2, y - w / 2, side + w, side + w);
  }
}
