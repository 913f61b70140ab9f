// SPDX-License-Identifier: ISC
// A board that goes through time in both directions: edits are applied, and taken back by what they
// covered. No checksum, which a board that must be quick does not need and nobody would compare.

import { rgbaWord } from './board';
import { EDIT_BYTES, type Rect, type Size } from './edit';

export class PastBoard implements Size {
  readonly width: number;
  readonly height: number;
  readonly indices: Uint8Array;
  private readonly words: Uint32Array;
  private readonly colours: Uint32Array;
  private dirty: Rect | null = null;

  /** `pixels` are the width * height * 4 bytes to draw into. */
  constructor(size: Size, palette: readonly string[], pixels: ArrayBufferLike) {
    this.width = size.width;
    this.height = size.height;
    this.indices = new Uint8Array(size.width * size.height);
    this.words = new Uint32Array(pixels, 0, this.indices.length);
    this.colours = new Uint32Array(16).fill(rgbaWord(palette[0]!));
    palette.forEach((rgb, i) => (this.colours[i] = rgbaWord(rgb)));
    this.load(this.indices);
  }

  /** A whole picture. */
  load(indices: Uint8Array): void {
    const { words, colours } = this;
    this.indices.set(indices);
    for (let p = 0; p < indices.length; p++) words[p] = colours[indices[p]!]!;
    this.touchAll();
  }

  /** Applies the edits from number `from` to `to`; `covered` is told what each of them covers. */
  apply(edits: Uint8Array, from: number, to: number, covered: Uint8Array): void {
    const { indices, words, colours, width } = this;
    let [x0, y0, x1, y1] = [width, this.height, 0, 0];
    for (let i = from, at = from * EDIT_BYTES; i < to; i++, at += EDIT_BYTES) {
      const word = edits[at]! | (edits[at + 1]! << 8) | (edits[at + 2]! << 16);
      const x = word & 0x3ff;
      const y = (word >> 10) & 0x3ff;
      const p = y * width + x;
      const colour = word >> 20;
      covered[i] = indices[p]!;
      indices[p] = colour;
      words[p] = colours[colour]!;
      if (x < x0) x0 = x;
      if (x >= x1) x1 = x + 1;
      if (y < y0) y0 = y;
      if (y >= y1) y1 = y + 1;
    }
    this.touch(x0, y0, x1, y1);
  }

  /** Takes the edits from number `to` down to `from` back, the last one first. */
  undo(edits: Uint8Array, from: number, to: number, covered: Uint8Array): void {
    const { indices, words, colours, width } = this;
    let [x0, y0, x1, y1] = [width, this.height, 0, 0];
    for (let i = to - 1, at = i * EDIT_BYTES; i >= from; i--, at -= EDIT_BYTES) {
      const word = edits[at]! | (edits[at + 1]! << 8) | (edits[at + 2]! << 16);
      const x = word & 0x3ff;
      const y = (word >> 10) & 0x3ff;
      const p = y * width + x;
      const colour = covered[i]!;
      indices[p] = colour;
      words[p] = colours[colour]!;
      if (x < x0) x0 = x;
      if (x >= x1) x1 = x + 1;
      if (y < y0) y0 = y;
      if (y >= y1) y1 = y + 1;
    }
    this.touch(x0, y0, x1, y1);
  }

  /** What changed since the last call: one rectangle, because it is much, or nothing. */
  takeDirty(): readonly Rect[] {
    const { dirty } = this;
    this.dirty = null;
    return dirty ? [dirty] : [];
  }

  touchAll(): void {
    this.dirty = { x0: 0, y0: 0, x1: this.width, y1: this.height };
  }

  private touch(x0: number, y0: number, x1: number, y1: number): void {
    if (x0 >= x1) return;
    const d = this.dirty ?? { x0, y0, x1, y1 };
    this.dirty = {
      x0: Math.min(d.x0, x0),
      y0: Math.min(d.y0, y0),
      x1: Math.max(d.x1, x1),
      y1: Math.max(d.y1, y1),
    };
  }
}
