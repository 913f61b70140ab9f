// SPDX-License-Identifier: ISC
// The cells of a template as surfaces, in squares that are made when they are first seen: a pixel a
// cell, a pixel to four cells for looking from afar, or a dot or a symbol in each cell.

import { rgbaWord } from '../core/board';
import type { Rect, Size } from '../core/edit';
import { EMPTY, type Cells } from '../core/template/cells';
import { isLight, SYMBOL_SIDE, symbolOf } from '../core/template/symbols';
import type { Look } from './layer';

/** How many cells a side a square has, and how many pixels a side are drawn for a cell. */
const KINDS = {
  half: { cells: 512, scale: 0.5, most: 40 },
  full: { cells: 256, scale: 1, most: 100 },
  dots: { cells: 64, scale: 4, most: 160 },
  symbols: { cells: 32, scale: 9, most: 100 },
} as const;
export type Kind = keyof typeof KINDS;

/** So many cells are drawn in one frame; the other squares come in the next ones. */
const CELLS_A_FRAME = 400_000;

interface Square {
  readonly canvas: HTMLCanvasElement;
}

/** Whether a cell, by its index, is to have a symbol. */
type Wants = (p: number) => boolean;

export class Face {
  private readonly words: Uint32Array;
  /** By kind: squares by their place, the one that was used longest ago first. */
  private readonly squares: Record<Kind, Map<string, Square>> = {
    half: new Map(),
    full: new Map(),
    dots: new Map(),
    symbols: new Map(),
  };
  /** The colour that the squares are of; null: all. */
  private only: number | null = null;
  private left = 0;
  /** What is black on each colour, or white. */
  private readonly inks: Uint32Array;

  /** `wants`: cells without a symbol; asked again after `forgetSymbols`. */
  constructor(
    readonly cells: Cells,
    palette: readonly string[],
    private readonly wants: Wants = () => true,
  ) {
    this.words = new Uint32Array(256).fill(rgbaWord(palette[0]!));
    palette.forEach((rgb, index) => (this.words[index] = rgbaWord(rgb)));
    this.words[EMPTY] = 0;
    this.inks = Uint32Array.from(palette, (rgb) => (isLight(rgb) ? 0xff000000 : 0xffffffff));
  }

  /** Other cells than before are to have symbols. */
  forgetSymbols(): void {
    this.squares.symbols.clear();
  }

  /** Draws what lies within `part` (cells of the template); whether some of it is still to come. */
  draw({ g, k }: Look, x: number, y: number, part: Rect, kind: Kind, only: number | null): boolean {
    if (only !== this.only) {
      for (const squares of Object.values(this.squares)) squares.clear();
      this.only = only;
    }
    this.left = CELLS_A_FRAME;
    const { cells, scale } = KINDS[kind];
    let missing = false;
    g.imageSmoothingEnabled = k < scale;
    for (let row = Math.floor(part.y0 / cells); row * cells < part.y1; row++) {
      for (let column = Math.floor(part.x0 / cells); column * cells < part.x1; column++) {
        const square = this.square(kind, column, row);
        if (!square) {
          missing = true;
          continue;
        }
        // To whole pixels: squares that end within one would show a seam.
        const left = Math.round(x + column * cells * k);
        const top = Math.round(y + row * cells * k);
        const right = Math.round(x + (column * cells + square.width / scale) * k);
        const bottom = Math.round(y + (row * cells + square.height / scale) * k);
        g.drawImage(square, left, top, right - left, bottom - top);
      }
    }
    return missing;
  }

  /** Null: not in this frame. */
  private square(kind: Kind, column: number, row: number): HTMLCanvasElement | null {
    const squares = this.squares[kind];
    const name = `${column},${row}`;
    let square = squares.get(name);
    if (square) squares.delete(name);
    else {
      const { cells, most } = KINDS[kind];
      const x0 = column * cells;
      const y0 = row * cells;
      const x1 = Math.min(x0 + cells, this.cells.width);
      const y1 = Math.min(y0 + cells, this.cells.height);
      if (this.left < 0) return null;
      this.left -= (x1 - x0) * (y1 - y0);
      const part = { x0, y0, x1, y1 };
      const words = this.wordsOf();
      const canvas =
        kind === 'symbols'
          ? drawSymbols(this.cells, part, words, this.inks, this.wants)
          : DRAW[kind](this.cells, part, words);
      square = { canvas };
      for (const oldest of squares.keys()) {
        if (squares.size < most) break;
        squares.delete(oldest);
      }
    }
    squares.set(name, square);
    return square.canvas;
  }

  /** What each index looks like; nothing, if it is not to be seen. */
  private wordsOf(): Uint32Array {
    const { only, words } = this;
    return only === null ? words : words.map((word, index) => (index === only ? word : 0));
  }

  /** All of it, a pixel a cell. */
  whole(): HTMLCanvasElement {
    const { width, height } = this.cells;
    return drawFull(this.cells, { x0: 0, y0: 0, x1: width, y1: height }, this.words);
  }
}

export function sized({ width, height }: Size): HTMLCanvasElement {
  return Object.assign(document.createElement('canvas'), { width, height });
}

/** A canvas of this size whose pixels `write` sets. */
export function painted(size: Size, write: (words: Uint32Array) => void): HTMLCanvasElement {
  const canvas = sized(size);
  const image = new ImageData(size.width, size.height);
  write(new Uint32Array(image.data.buffer));
  canvas.getContext('2d')!.putImageData(image, 0, 0);
  return canvas;
}

type Draw = (cells: Cells, part: Rect, words: Uint32Array) => HTMLCanvasElement;

const drawFull: Draw = ({ indices, width }, { x0, y0, x1, y1 }, words) =>
  painted({ width: x1 - x0, height: y1 - y0 }, (pixels) => {
    for (let y = y0, to = 0; y < y1; y++) {
      for (let p = y * width + x0; p < y * width + x1; p++) pixels[to++] = words[indices[p]!]!;
    }
  });

/** Each pixel is the mean of its four cells, those that are empty not counted but for how opaque it is. */
const drawHalf: Draw = ({ indices, width }, { x0, y0, x1, y1 }, words) => {
  const size = { width: Math.ceil((x1 - x0) / 2), height: Math.ceil((y1 - y0) / 2) };
  return painted(size, (pixels) => {
    for (let y = y0, to = 0; y < y1; y += 2) {
      for (let x = x0; x < x1; x += 2, to++) {
        let [r, g, b, n] = [0, 0, 0, 0];
        for (let i = 0; i < 4; i++) {
          const [cx, cy] = [x + (i & 1), y + (i >> 1)];
          const word = cx < x1 && cy < y1 ? words[indices[cy * width + cx]!]! : 0;
          if (word === 0) continue;
          r += word & 0xff;
          g += (word >> 8) & 0xff;
          b += (word >> 16) & 0xff;
          n++;
        }
        if (n > 0) pixels[to] = ((n * 255) >> 2 << 24) | ((b / n) << 16) | ((g / n) << 8) | (r / n);
      }
    }
  });
};

/** Of four times four pixels a cell, those in the middle. */
const drawDots: Draw = ({ indices, width }, { x0, y0, x1, y1 }, words) => {
  const size = { width: (x1 - x0) * 4, height: (y1 - y0) * 4 };
  return painted(size, (pixels) => {
    for (let y = y0; y < y1; y++) {
      for (let x = x0; x < x1; x++) {
        const word = words[indices[y * width + x]!]!;
        const to = ((y - y0) * 4 + 1) * size.width + (x - x0) * 4 + 1;
        pixels[to] = pixels[to + 1] = pixels[to + size.width] = pixels[to + size.width + 1] = word;
      }
    }
  });
};

/** How wide the border is in which the painted cell is seen, and the colour around the symbol. */
const EDGE = 1;
const MARGIN = 2;
const SIDE = SYMBOL_SIDE + 2 * MARGIN;

function drawSymbols(
  { indices, width }: Cells,
  { x0, y0, x1, y1 }: Rect,
  words: Uint32Array,
  inks: Uint32Array,
  wants: Wants,
): HTMLCanvasElement {
  const size = { width: (x1 - x0) * SIDE, height: (y1 - y0) * SIDE };
  return painted(size, (pixels) => {
    for (let y = y0; y < y1; y++) {
      for (let x = x0; x < x1; x++) {
        const p = y * width + x;
        const index = indices[p]!;
        const word = words[index]!;
        if (word === 0 || !wants(p)) continue;
        const corner = (y - y0) * SIDE * size.width + (x - x0) * SIDE;
        for (let row = EDGE; row < SIDE - EDGE; row++) {
          const from = corner + row * size.width;
          pixels.fill(word, from + EDGE, from + SIDE - EDGE);
        }
        for (const mark of symbolOf(index)) {
          pixels[corner + (mark.y + MARGIN) * size.width + mark.x + MARGIN] = inks[index]!;
        }
      }
    }
  });
}

const DRAW: Record<Exclude<Kind, 'symbols'>, Draw> = { half: drawHalf, full: drawFull, dots: drawDots };
