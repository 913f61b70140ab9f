// SPDX-License-Identifier: ISC
// What changed of a surface since somebody last looked: a rectangle for each square of 16 x 16 cells that
// has changes, so that a few cells that lie far apart are not all that lies between them.

import type { Rect, Size } from './edit';

const BITS = 4;
const LAST = (1 << BITS) - 1;
/** With more squares than these one rectangle is cheaper, however it is drawn. */
const MANY = 512;

export class Dirty {
  private readonly columns: number;
  /** By square: x0, y0, x1 and y1 within it, the last two inclusive; -1: nothing changed. */
  private readonly boxes: Int32Array;
  private touched: number[] = [];
  private whole = true;

  /** All of it, at first. */
  constructor(private readonly size: Size) {
    this.columns = (size.width + LAST) >> BITS;
    this.boxes = new Int32Array(this.columns * ((size.height + LAST) >> BITS)).fill(-1);
  }

  add(x: number, y: number): void {
    if (this.whole) return;
    const square = (y >> BITS) * this.columns + (x >> BITS);
    const box = this.boxes[square]!;
    const [cx, cy] = [x & LAST, y & LAST];
    let [x0, y0, x1, y1] = [cx, cy, cx, cy];
    if (box < 0) this.touched.push(square);
    else {
      x0 = Math.min(cx, box & LAST);
      y0 = Math.min(cy, (box >> BITS) & LAST);
      x1 = Math.max(cx, (box >> (2 * BITS)) & LAST);
      y1 = Math.max(cy, box >> (3 * BITS));
    }
    this.boxes[square] = x0 | (y0 << BITS) | (x1 << (2 * BITS)) | (y1 << (3 * BITS));
  }

  addAll(): void {
    this.whole = true;
  }

  /** What changed since the last call; none of these rectangles overlap. */
  take(): Rect[] {
    const { boxes, columns, size, touched } = this;
    const all = this.whole || touched.length > MANY;
    this.touched = [];
    this.whole = false;
    if (all) {
      for (const square of touched) boxes[square] = -1;
      return [{ x0: 0, y0: 0, x1: size.width, y1: size.height }];
    }
    return touched.map((square) => {
      const box = boxes[square]!;
      boxes[square] = -1;
      const left = (square % columns) << BITS;
      const top = Math.floor(square / columns) << BITS;
      return {
        x0: left + (box & LAST),
        y0: top + ((box >> BITS) & LAST),
        x1: left + ((box >> (2 * BITS)) & LAST) + 1,
        y1: top + (box >> (3 * BITS)) + 1,
      };
    });
  }
}

export const areaIn = (r: Rect): number => (r.x1 - r.x0) * (r.y1 - r.y0);

/** These, or the one around them all, if that is cheaper where each costs as much as so many cells more. */
export function cheapest(rects: readonly Rect[], each: number): readonly Rect[] {
  if (rects.length < 2) return rects;
  const around = {
    x0: Math.min(...rects.map(({ x0 }) => x0)),
    y0: Math.min(...rects.map(({ y0 }) => y0)),
    x1: Math.max(...rects.map(({ x1 }) => x1)),
    y1: Math.max(...rects.map(({ y1 }) => y1)),
  };
  const apart = rects.reduce((sum, r) => sum + areaIn(r) + each, 0);
  return apart < areaIn(around) + each ? rects : [around];
}
