// SPDX-License-Identifier: ISC
// Which colour of the palette looks most like another: by distance in OKLab, where equal distances
// look equally far once the axes of colour count twice (https://bottosson.github.io/posts/oklab/, and
// deltaEOK2 of https://colorjs.io/docs/color-difference).

/** Red, green and blue of sRGB, 0 to 255, as light, 0 to 1. */
export const LIGHT = Float64Array.from({ length: 256 }, (_, byte) => {
  const v = byte / 255;
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
});

/** How much farther apart two hues look than OKLab has them. */
const HUE = 2;

/** Writes lightness and the two axes of colour of this light into `lab`. */
export function toLab(r: number, g: number, b: number, lab: Float64Array): void {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  lab[0] = 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s;
  lab[1] = HUE * (1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s);
  lab[2] = HUE * (0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s);
}

/** What is remembered of colours that were asked for. */
const REMEMBERED = 65_536;

export class Nearest {
  /** Three numbers a colour of the palette. */
  readonly light: Float64Array;
  private readonly labs: Float64Array;
  private readonly lab = new Float64Array(3);
  private readonly remembered = new Map<number, number>();
  private readonly usable: readonly number[];

  /** `palette`: `#rrggbb` by index; `allowed`: the indices that may be used, null for all. */
  constructor(palette: readonly string[], allowed: readonly number[] | null) {
    const all = palette.map((_, index) => index);
    const some = all.filter((index) => allowed?.includes(index) ?? true);
    this.usable = some.length > 0 ? some : all;
    this.light = new Float64Array(palette.length * 3);
    this.labs = new Float64Array(palette.length * 3);
    palette.forEach((text, index) => {
      const rgb = Number.parseInt(text.slice(1), 16);
      const [r, g, b] = [LIGHT[rgb >> 16]!, LIGHT[(rgb >> 8) & 0xff]!, LIGHT[rgb & 0xff]!];
      this.light.set([r, g, b], index * 3);
      toLab(r, g, b, this.lab);
      this.labs.set(this.lab, index * 3);
    });
  }

  /** The index of the colour that looks most like this one. */
  of(r: number, g: number, b: number): number {
    const rgb = (r << 16) | (g << 8) | b;
    const known = this.remembered.get(rgb);
    if (known !== undefined) return known;
    const index = this.ofLight(LIGHT[r]!, LIGHT[g]!, LIGHT[b]!);
    if (this.remembered.size >= REMEMBERED) this.remembered.clear();
    this.remembered.set(rgb, index);
    return index;
  }

  ofLight(r: number, g: number, b: number): number {
    const { lab, labs } = this;
    toLab(r, g, b, lab);
    let best = 0;
    let least = Infinity;
    for (const index of this.usable) {
      const dl = lab[0]! - labs[index * 3]!;
      const da = lab[1]! - labs[index * 3 + 1]!;
      const db = lab[2]! - labs[index * 3 + 2]!;
      const far = dl * dl + da * da + db * db;
      if (far < least) {
        least = far;
        best = index;
      }
    }
    return best;
  }
}
