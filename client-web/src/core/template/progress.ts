// SPDX-License-Identifier: ISC
// How far a template is painted: what each of its cells is, counted as the board changes, and which
// cell that is left is nearest to a place. Cells are looked at once, when their board or the template
// comes; after that each edit changes one.

import type { Cell, Rect } from '../edit';
import { areaAt, coloursOf, common, EMPTY, type Cells } from './cells';

/** Cells beside the plane, those whose canvas is not here, and the others. */
export const BEYOND = 0;
export const UNKNOWN = 1;
export const RIGHT = 2;
/** Something else is painted there. */
export const WRONG = 3;
/** Nothing is painted there yet. */
export const MISSING = 4;
const STATES = 5;

export interface Counts {
  readonly right: number;
  readonly wrong: number;
  readonly missing: number;
  readonly unknown: number;
  readonly beyond: number;
  /** Those that are to have a colour. */
  readonly all: number;
}

export const leftOf = ({ wrong, missing }: Counts): number => wrong + missing;

const COLOURS = 16;
/** The row of the counts that counts all colours. */
const ANY = COLOURS;
/** Cells are found by squares of so many a side, of which is known how many are left. */
const TILE = 32;

export class Progress {
  readonly area: Rect;
  private readonly states: Uint8Array;
  private readonly counts = new Int32Array((COLOURS + 1) * STATES);
  private readonly across: number;
  /** How many cells are left in each tile, by colour. */
  private readonly left: Uint16Array;

  /** `blank`: the colour of what nobody painted. `colours`: coloursOf(cells), where that is known. */
  constructor(
    readonly cells: Cells,
    at: Cell,
    private readonly blank: number,
    colours: Uint32Array = coloursOf(cells),
  ) {
    this.area = areaAt(at, cells);
    this.states = new Uint8Array(cells.indices.length);
    this.across = Math.ceil(cells.width / TILE);
    this.left = new Uint16Array(this.across * Math.ceil(cells.height / TILE) * (COLOURS + 1));
    colours.forEach((count, index) => this.count(index, BEYOND, count));
  }

  /** Of one colour, or of all. */
  of(colour: number | null): Counts {
    const at = (colour ?? ANY) * STATES;
    const { counts } = this;
    const [beyond, unknown, right] = [counts[at + BEYOND]!, counts[at + UNKNOWN]!, counts[at + RIGHT]!];
    const [wrong, missing] = [counts[at + WRONG]!, counts[at + MISSING]!];
    return { right, wrong, missing, unknown, beyond, all: beyond + unknown + right + wrong + missing };
  }

  /** What the cell at an index of `cells` is. */
  stateAt(p: number): number {
    return this.states[p]!;
  }

  /** The plane has a canvas there, of which nothing is known yet. */
  open(area: Rect): void {
    this.each(area, (p) => {
      if (this.states[p] === BEYOND) this.set(p, UNKNOWN);
    });
  }

  /** A board is here, or another picture of it: `colourAt` tells the colour of cells of the plane. */
  scan(area: Rect, colourAt: (x: number, y: number) => number): void {
    this.each(area, (p, x, y) => this.set(p, this.judge(p, colourAt(x, y))));
  }

  /** A cell of the plane has this colour now; whether that counts. */
  edited(x: number, y: number, colour: number): boolean {
    const { x0, y0, x1, y1 } = this.area;
    if (x < x0 || y < y0 || x >= x1 || y >= y1) return false;
    const p = (y - y0) * this.cells.width + x - x0;
    if (this.cells.indices[p] === EMPTY) return false;
    const state = this.judge(p, colour);
    if (state === this.states[p]) return false;
    this.set(p, state);
    return true;
  }

  /** The cell that is left, of this colour or of any, nearest to another; `skip` passes over some. */
  nearest(from: Cell, colour: number | null, skip: (cell: Cell) => boolean = () => false): Cell | null {
    const { area, across, left } = this;
    const at = { x: from.x - area.x0, y: from.y - area.y0 };
    let best: Cell | null = null;
    let least = Infinity;
    const row = colour ?? ANY;
    for (let tile = 0, i = row; i < left.length; tile++, i += COLOURS + 1) {
      if (left[i] === 0) continue;
      const x0 = (tile % across) * TILE;
      const y0 = Math.floor(tile / across) * TILE;
      if (farFrom(at, x0, y0, x0 + TILE - 1, y0 + TILE - 1) >= least) continue;
      const x1 = Math.min(x0 + TILE, this.cells.width);
      const y1 = Math.min(y0 + TILE, this.cells.height);
      for (let y = y0; y < y1; y++) {
        for (let x = x0; x < x1; x++) {
          const p = y * this.cells.width + x;
          if (this.states[p]! < WRONG || (colour !== null && this.cells.indices[p] !== colour)) continue;
          const far = (x - at.x) ** 2 + (y - at.y) ** 2;
          if (far >= least) continue;
          const cell = { x: area.x0 + x, y: area.y0 + y };
          if (skip(cell)) continue;
          least = far;
          best = cell;
        }
      }
    }
    return best;
  }

  /** What a cell of the plane is to be; null: anything. */
  wanted({ x, y }: Cell): number | null {
    const { x0, y0, x1, y1 } = this.area;
    if (x < x0 || y < y0 || x >= x1 || y >= y1) return null;
    const index = this.cells.indices[(y - y0) * this.cells.width + x - x0]!;
    return index === EMPTY ? null : index;
  }

  private judge(p: number, colour: number): number {
    if (colour === this.cells.indices[p]) return RIGHT;
    return colour === this.blank ? MISSING : WRONG;
  }

  private each(area: Rect, use: (p: number, x: number, y: number) => void): void {
    const r = common(area, this.area);
    if (!r) return;
    const { width, indices } = this.cells;
    for (let y = r.y0; y < r.y1; y++) {
      let p = (y - this.area.y0) * width + r.x0 - this.area.x0;
      for (let x = r.x0; x < r.x1; x++, p++) if (indices[p] !== EMPTY) use(p, x, y);
    }
  }

  private set(p: number, state: number): void {
    const before = this.states[p]!;
    if (before === state) return;
    const colour = this.cells.indices[p]!;
    this.count(colour, before, -1);
    this.count(colour, state, 1);
    this.states[p] = state;
    const by = Number(state >= WRONG) - Number(before >= WRONG);
    if (by === 0) return;
    const x = p % this.cells.width;
    const y = (p - x) / this.cells.width;
    const tile = (Math.floor(y / TILE) * this.across + Math.floor(x / TILE)) * (COLOURS + 1);
    this.left[tile + colour]! += by;
    this.left[tile + ANY]! += by;
  }

  private count(colour: number, state: number, by: number): void {
    this.counts[colour * STATES + state]! += by;
    this.counts[ANY * STATES + state]! += by;
  }
}

/** The square of how far a point is from a rectangle of cells. */
function farFrom({ x, y }: Cell, x0: number, y0: number, x1: number, y1: number): number {
  return Math.max(x0 - x, 0, x - x1) ** 2 + Math.max(y0 - y, 0, y - y1) ** 2;
}
