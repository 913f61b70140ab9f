// SPDX-License-Identifier: ISC
// The first surface: the board at one pixel a cell, and at half that for looking from afar.

import type { Rect } from '../core/board';
import type { Size } from '../core/edit';

function canvas(width: number, height: number): CanvasRenderingContext2D {
  const element = document.createElement('canvas');
  element.width = width;
  element.height = height;
  return element.getContext('2d', { alpha: false })!;
}

export class Surface {
  readonly image: ImageData;
  private readonly full: CanvasRenderingContext2D;
  private readonly half: CanvasRenderingContext2D;

  constructor(readonly size: Size) {
    this.image = new ImageData(size.width, size.height);
    this.full = canvas(size.width, size.height);
    this.half = canvas(Math.ceil(size.width / 2), Math.ceil(size.height / 2));
  }

  /** Takes over this rectangle of the image. */
  update(r: Rect): void {
    this.full.putImageData(this.image, 0, 0, r.x0, r.y0, r.x1 - r.x0, r.y1 - r.y0);
    const x = r.x0 & ~1;
    const y = r.y0 & ~1;
    const w = (r.x1 - x + 1) & ~1;
    const h = (r.y1 - y + 1) & ~1;
    this.half.drawImage(this.full.canvas, x, y, w, h, x / 2, y / 2, w / 2, h / 2);
  }

  /** What to draw from at this many device pixels a cell, and how many cells one of its pixels is. */
  at(deviceScale: number): { source: HTMLCanvasElement; cells: number } {
    return deviceScale < 0.5
      ? { source: this.half.canvas, cells: 2 }
      : { source: this.full.canvas, cells: 1 };
  }
}
