// SPDX-License-Identifier: ISC
// A picture's pixels as colours of the palette: each the nearest, or dithered, so that areas of few
// colours look like more from afar. What is transparent stays so in both.

import { EMPTY, OPAQUE_FROM, type Cells, type Pixels } from './cells';
import { LIGHT, type Nearest } from './colours';

export function mapNearest({ width, height, rgba }: Pixels, nearest: Nearest): Cells {
  const indices = new Uint8Array(width * height).fill(EMPTY);
  for (let p = 0, at = 0; p < indices.length; p++, at += 4) {
    if (rgba[at + 3]! < OPAQUE_FROM) continue;
    indices[p] = nearest.of(rgba[at]!, rgba[at + 1]!, rgba[at + 2]!);
  }
  return { width, height, indices };
}

const between = (v: number): number => (v < 0 ? 0 : v > 1 ? 1 : v);

/**
 * Floyd and Steinberg's, every other row from the right. What a cell's light lacks or has too much
 * goes to those neighbours that are yet to come; to transparent ones nothing goes.
 */
export function mapDithered({ width, height, rgba }: Pixels, nearest: Nearest): Cells {
  const indices = new Uint8Array(width * height).fill(EMPTY);
  // Three numbers a cell, and a cell at either end that nobody looks at.
  let here = new Float64Array((width + 2) * 3);
  let below = new Float64Array((width + 2) * 3);
  const { light } = nearest;
  for (let y = 0; y < height; y++) {
    const step = y % 2 === 0 ? 1 : -1;
    for (let i = 0; i < width; i++) {
      const x = step > 0 ? i : width - 1 - i;
      const at = (y * width + x) * 4;
      if (rgba[at + 3]! < OPAQUE_FROM) continue;
      const e = (x + 1) * 3;
      const r = between(LIGHT[rgba[at]!]! + here[e]!);
      const g = between(LIGHT[rgba[at + 1]!]! + here[e + 1]!);
      const b = between(LIGHT[rgba[at + 2]!]! + here[e + 2]!);
      const index = nearest.ofLight(r, g, b);
      indices[y * width + x] = index;
      const left = [r - light[index * 3]!, g - light[index * 3 + 1]!, b - light[index * 3 + 2]!];
      const ahead = e + 3 * step;
      const behind = e - 3 * step;
      for (let c = 0; c < 3; c++) {
        const sixteenth = left[c]! / 16;
        here[ahead + c]! += 7 * sixteenth;
        below[behind + c]! += 3 * sixteenth;
        below[e + c]! += 5 * sixteenth;
        below[ahead + c]! += sixteenth;
      }
    }
    [here, below] = [below, here];
    below.fill(0);
  }
  return { width, height, indices };
}
