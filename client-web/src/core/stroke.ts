// SPDX-License-Identifier: ISC
// What a drag draws before it is placed: a straight line from where it began, or with the pencil the
// way that it took, each cell once and each touching the next.

import type { Cell, Edit } from './edit';
import { lineBetween } from './line';

export interface Stroke {
  readonly from: Cell;
  /** The cell that the drag is at, be it farther than the stroke may reach. */
  readonly at: Cell;
  readonly cells: readonly Cell[];
}

export const beginStroke = (from: Cell): Stroke => ({ from, at: from, cells: [from] });

const keyOf = ({ x, y }: Cell): string => `${x},${y}`;

/** The stroke with the drag at this cell now; of at most `most` cells. */
export function strokeTo(stroke: Stroke, at: Cell, straight: boolean, most: number): Stroke {
  const { from } = stroke;
  if (straight) return { from, at, cells: lineBetween(from, at, most) };
  if (at.x === stroke.at.x && at.y === stroke.at.y) return stroke;
  const length = 1 + Math.max(Math.abs(at.x - stroke.at.x), Math.abs(at.y - stroke.at.y));
  const seen = new Set(stroke.cells.map(keyOf));
  const more = lineBetween(stroke.at, at, length).filter((cell) => !seen.has(keyOf(cell)));
  return { from, at, cells: [...stroke.cells, ...more].slice(0, most) };
}

/** What is to be sent so that these cells have the colour: what shows it already, or waits to, is left
 * out. `shown` is the colour that a cell shows, own pixels included; null where nobody knows. */
export function needed(
  cells: readonly Cell[],
  colour: number,
  shown: (cell: Cell) => number | null,
): Edit[] {
  return cells.filter((cell) => shown(cell) !== colour).map(({ x, y }) => ({ x, y, colour }));
}

/** The same for edits of several colours: of several edits of one cell only the last one counts. */
export function withoutRepeats(edits: readonly Edit[], shown: (cell: Cell) => number | null): Edit[] {
  const last = new Map<string, Edit>();
  for (const edit of edits) {
    last.delete(keyOf(edit));
    last.set(keyOf(edit), edit);
  }
  return [...last.values()].filter((edit) => shown(edit) !== edit.colour);
}

/** The cells up to the first that cannot be paid for; `reach` of the needed ones can be. */
export function payable(
  cells: readonly Cell[],
  edits: readonly Edit[],
  reach: number,
): readonly Cell[] {
  const end = edits[reach];
  if (!end) return cells;
  return cells.slice(0, cells.findIndex(({ x, y }) => x === end.x && y === end.y));
}
