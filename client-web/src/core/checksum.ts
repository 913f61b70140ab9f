// SPDX-License-Identifier: ISC
// The canvas checksum (PROTOCOL.md, "Checksum"): two 32-bit lanes, each the XOR of a mix of every
// pixel that is not 0, so that one edit costs two mixes and a blank canvas is 0.

function mixLow(v: number): number {
  let h = v ^ 0x9e3779b9;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function mixHigh(v: number): number {
  let h = v ^ 0x7f4a7c15;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return h ^ (h >>> 16);
}

const hex = (lane: number): string => (lane >>> 0).toString(16).padStart(8, '0');

export class Checksum {
  private low = 0;
  private high = 0;

  /** Adds pixel `p` of this colour; the same call again takes it out. Colour 0 counts nothing. */
  toggle(p: number, colour: number): void {
    if (colour === 0) return;
    const v = (p << 4) | colour;
    this.low ^= mixLow(v);
    this.high ^= mixHigh(v);
  }

  reset(): void {
    this.low = 0;
    this.high = 0;
  }

  /** 16 hex digits, the high lane first. */
  toString(): string {
    return hex(this.high) + hex(this.low);
  }
}
