// SPDX-License-Identifier: ISC
// The surface of one board: at one pixel a cell, and at half that for looking from afar.

import { cheapest } from '../core/dirty';
import type { Rect, Size } from '../core/edit';

/** A board that draws into the surface's image. */
export interface Drawing {
  /** What changed since the last call. */
  takeDirty(): readonly Rect[];
  /** All of it is to be drawn again. */
  touchAll(): void;
}

/** Each call takes as long as so many pixels. */
const CALL_PIXELS = 8_000;

export class Surface {
  readonly image: ImageData;
  private readonly full: CanvasRenderingContext2D;
  private readonly half: CanvasRenderingContext2D;
  private lost = false;
  /** What changed since it was last made smaller, which is done when somebody looks from afar. */
  private stale: readonly Rect[] = [];

  /** `restored` is called after the browser discarded the canvases' pixels and can draw again. */
  constructor(size: Size, restored: () => void) {
    this.image = new ImageData(size.width, size.height);
    const again = () => {
      this.lost = true;
      restored();
    };
    this.full = canvas(size.width, size.height, again);
    this.half = canvas(Math.ceil(size.width / 2), Math.ceil(size.height / 2), again);
  }

  /** Takes over what changed on the board that draws into `image`; returns that. */
  update(board: Drawing): readonly Rect[] {
    if (this.lost) board.touchAll();
    this.lost = false;
    const dirty = board.takeDirty();
    for (const r of cheapest(dirty, CALL_PIXELS)) {
      this.full.putImageData(this.image, 0, 0, r.x0, r.y0, r.x1 - r.x0, r.y1 - r.y0);
    }
    this.stale = cheapest([...this.stale, ...dirty], CALL_PIXELS);
    return dirty;
  }

  /** What to draw from at this many device pixels a cell, and how many cells one of its pixels is. */
  at(deviceScale: number): { source: HTMLCanvasElement; cells: number } {
    if (deviceScale >= 0.5) return { source: this.full.canvas, cells: 1 };
    for (const r of this.stale) this.drawHalf(r);
    this.stale = [];
    return { source: this.half.canvas, cells: 2 };
  }

  private drawHalf(r: Rect): void {
    const x = r.x0 & ~1;
    const y = r.y0 & ~1;
    const w = (r.x1 - x + 1) & ~1;
    const h = (r.y1 - y + 1) & ~1;
    this.half.drawImage(this.full.canvas, x, y, w, h, x / 2, y / 2, w / 2, h / 2);
  }
}

function canvas(width: number, height: number, restored: () => void): CanvasRenderingContext2D {
  const element = document.createElement('canvas');
  element.width = width;
  element.height = height;
  element.addEventListener('contextrestored', restored);
  return element.getContext('2d', { alpha: false })!;
}
