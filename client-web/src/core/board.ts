// SPDX-License-Identifier: ISC
// The board: the colour index of every pixel, the same as RGBA words over an ImageData's bytes, the
// checksum of it all, and the rectangle that changed since somebody last asked.

import { Checksum } from './checksum';
import { EDIT_BYTES, wordAt, wordColour, wordX, wordY, type Rect, type Size } from './edit';

/** `#rrggbb` as the word that a little-endian machine stores as the bytes r, g, b, 255. */
export function rgbaWord(rgb: string): number {
  const n = Number.parseInt(rgb.slice(1), 16);
  return (0xff000000 | ((n & 0xff) << 16) | (n & 0xff00) | (n >> 16)) >>> 0;
}

/** Somebody who counts what is on the board, and wants to hear of each change at once. */
export interface BoardWatcher {
  /** A cell has another colour than before. */
  edited(x: number, y: number, colour: number): void;
  /** All of it may be different. */
  loaded(): void;
}

type Changeable<T> = { -readonly [K in keyof T]: T[K] };

export class Board implements Size {
  readonly width: number;
  readonly height: number;
  private readonly indices: Uint8Array;
  private readonly words: Uint32Array;
  private readonly colours: Uint32Array;
  private readonly checksum = new Checksum();
  private dirty: Changeable<Rect> | null = null;
  watcher: BoardWatcher | null = null;

  /** `pixels` are the width * height * 4 bytes to draw into, all of them ours from now on. */
  constructor(size: Size, palette: readonly string[], pixels: ArrayBufferLike) {
    this.width = size.width;
    this.height = size.height;
    this.indices = new Uint8Array(size.width * size.height);
    this.words = new Uint32Array(pixels, 0, this.indices.length);
    // All 16 colours that the wire can name; one without a name in the palette looks blank.
    this.colours = new Uint32Array(16).fill(rgbaWord(palette[0]!));
    palette.forEach((rgb, i) => (this.colours[i] = rgbaWord(rgb)));
    this.words.fill(this.colours[0]!);
    this.touchAll();
  }

  at(x: number, y: number): number {
    return this.indices[y * this.width + x]!;
  }

  put(x: number, y: number, colour: number): void {
    const p = y * this.width + x;
    const before = this.indices[p]!;
    if (before === colour) return;
    this.checksum.toggle(p, before);
    this.checksum.toggle(p, colour);
    this.indices[p] = colour;
    this.words[p] = this.colours[colour]!;
    this.watcher?.edited(x, y, colour);
    const d = this.dirty;
    if (!d) {
      this.dirty = { x0: x, y0: y, x1: x + 1, y1: y + 1 };
      return;
    }
    if (x < d.x0) d.x0 = x;
    if (x >= d.x1) d.x1 = x + 1;
    if (y < d.y0) d.y0 = y;
    if (y >= d.y1) d.y1 = y + 1;
  }

  /** Packed edits that have been checked with validEdits(). */
  apply(edits: Uint8Array): void {
    for (let i = 0; i < edits.length; i += EDIT_BYTES) {
      const word = wordAt(edits, i);
      this.put(wordX(word), wordY(word), wordColour(word));
    }
  }

  /** A whole picture: width * height indices of 0 to 15. */
  load(indices: Uint8Array): void {
    this.checksum.reset();
    this.indices.set(indices);
    for (let p = 0; p < indices.length; p++) {
      const colour = indices[p]!;
      this.words[p] = this.colours[colour]!;
      this.checksum.toggle(p, colour);
    }
    this.touchAll();
    this.watcher?.loaded();
  }

  /** What changed since the last call, or null. */
  takeDirty(): Rect | null {
    const rect = this.dirty;
    this.dirty = null;
    return rect;
  }

  sum(): string {
    return this.checksum.toString();
  }

  /** All of it is to be drawn again. */
  touchAll(): void {
    this.dirty = { x0: 0, y0: 0, x1: this.width, y1: this.height };
  }
}
