// SPDX-License-Identifier: ISC
// The cells of a template as surfaces of one pixel a cell: all of them, half as large for looking from
// afar, and those of one colour alone. Each is made when it is first drawn.

import { rgbaWord } from '../core/board';
import type { Size } from '../core/edit';
import { EMPTY, type Cells } from '../core/template/cells';

export class Face {
  private whole: HTMLCanvasElement | null = null;
  private half: HTMLCanvasElement | null = null;
  private one: { colour: number; canvas: HTMLCanvasElement } | null = null;

  constructor(
    readonly cells: Cells,
    private readonly palette: readonly string[],
  ) {}

  /** What to draw from at this many device pixels a cell, and how many cells a pixel of it is. */
  at(deviceScale: number, only: number | null): { source: HTMLCanvasElement; cells: number } {
    if (only !== null) return { source: this.of(only), cells: 1 };
    this.whole ??= this.draw((index) => index !== EMPTY);
    if (deviceScale >= 0.5) return { source: this.whole, cells: 1 };
    this.half ??= halved(this.whole);
    return { source: this.half, cells: 2 };
  }

  private of(colour: number): HTMLCanvasElement {
    if (this.one?.colour === colour) return this.one.canvas;
    const canvas = this.draw((index) => index === colour);
    this.one = { colour, canvas };
    return canvas;
  }

  private draw(counts: (index: number) => boolean): HTMLCanvasElement {
    const { width, height, indices } = this.cells;
    const words = this.palette.map(rgbaWord);
    const image = new ImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    for (let p = 0; p < indices.length; p++) {
      const index = indices[p]!;
      if (counts(index)) pixels[p] = words[index] ?? words[0]!;
    }
    const canvas = sized({ width, height });
    canvas.getContext('2d')!.putImageData(image, 0, 0);
    return canvas;
  }
}

export function sized({ width, height }: Size): HTMLCanvasElement {
  return Object.assign(document.createElement('canvas'), { width, height });
}

function halved(whole: HTMLCanvasElement): HTMLCanvasElement {
  const canvas = sized({ width: Math.ceil(whole.width / 2), height: Math.ceil(whole.height / 2) });
  const g = canvas.getContext('2d')!;
  g.imageSmoothingEnabled = true;
  g.drawImage(whole, 0, 0, whole.width / 2, whole.height / 2);
  return canvas;
}
