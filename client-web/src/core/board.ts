// SPDX-License-Identifier: ISC
// The board: the colour index of every pixel, the same as RGBA words over an ImageData's bytes, the
// checksum of it all, and what changed since somebody last asked.

import { Checksum } from './checksum';
import { Dirty } from './dirty';
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

export class Board implements Size {
  readonly width: number;
  readonly height: number;
  private readonly indices: Uint8Array;
  private readonly words: Uint32Array;
  private readonly colours: Uint32Array;
  private readonly checksum = new Checksum();
  private readonly dirty: Dirty;
  watcher: BoardWatcher | null = null;

  /** `pixels` are the width * height * 4 bytes to draw into, all of them ours from now on. */
  constructor(size: Size, palette: readonly string[], pixels: ArrayBufferLike) {
    this.width = size.width;
    this.height = size.height;
    this.dirty = new Dirty(size);
    this.indices = new Uint8Array(size.width * size.height);
    this.words = new Uint32Array(pixels, 0, this.indices.length);
    // All 16 colours that the wire can name; one without a name in the palette looks blank.
    this.colours = new Uint32Array(16).fill(rgbaWord(palette[0]!));
    palette.forEach((rgb, i) => (this.colours[i] = rgbaWord(rgb)));
    this.words.fill(this.colours[0]!);
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
    this.dirty.add(x, y);
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

  /** What changed since the last call. */
  takeDirty(): readonly Rect[] {
    return this.dirty.take();
  }

  sum(): string {
    return this.checksum.toString();
  }

  /** All of it is to be drawn again. */
  touchAll(): void {
    this.dirty.addAll();
  }
}
