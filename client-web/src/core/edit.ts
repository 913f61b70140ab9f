// SPDX-License-Identifier: ISC
// An edit: one cell gets one colour, packed in 3 bytes (PROTOCOL.md, "The edit").

export interface Cell {
  readonly x: number;
  readonly y: number;
}

export interface Edit extends Cell {
  readonly colour: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Half open: x0 <= x < x1, y0 <= y < y1. */
export interface Rect {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

export const EDIT_BYTES = 3;

/** Writes one edit at `offset`; there must be room for 3 bytes. */
export function packEdit(edit: Edit, into: Uint8Array, offset: number): void {
  into[offset] = edit.x & 0xff;
  into[offset + 1] = (edit.x >> 8) | ((edit.y & 0x3f) << 2);
  into[offset + 2] = (edit.y >> 6) | (edit.colour << 4);
}

/** Reads the 24-bit word at `offset`: x in bits 0 to 9, y in 10 to 19, colour in 20 to 23. */
export function wordAt(bytes: Uint8Array, offset: number): number {
  return bytes[offset]! | (bytes[offset + 1]! << 8) | (bytes[offset + 2]! << 16);
}

export const wordX = (word: number): number => word & 0x3ff;
export const wordY = (word: number): number => (word >> 10) & 0x3ff;
export const wordColour = (word: number): number => word >> 20;

/** Whether the bytes are whole edits and all of them lie on a canvas of this size. */
export function validEdits(bytes: Uint8Array, size: Size): boolean {
  if (bytes.length % EDIT_BYTES !== 0) return false;
  for (let i = 0; i < bytes.length; i += EDIT_BYTES) {
    const word = wordAt(bytes, i);
    if (wordX(word) >= size.width || wordY(word) >= size.height) return false;
  }
  return true;
}
