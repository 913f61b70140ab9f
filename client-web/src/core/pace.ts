// SPDX-License-Identifier: ISC
// What a machine can draw in a frame, learnt from how its frames come: how finely a view that moves is drawn,
// and how much at a time of the picture that is drawn when it rests.

/** A frame that comes later than this after the one before missed one of sixty a second. */
const LATE_MS = 20;
/** So many late ones are a sign, each balanced by this many that came in time. */
const LATE_FRAMES = 3;
const BALANCE = 8;
/** After so many frames in time it is tried whether more would do by now. */
const TRY_FRAMES = 1_200;
const COARSEST = 3;

/** Where the frames of full resolution come late, fewer device pixels are drawn until the view rests; on a
 * machine that keeps up nothing is ever changed. */
export class Pace {
  private coarseness = 1;
  private late = 0;
  private inTime = 0;

  /** A frame came so long after the one before, which had moved the view too. */
  frame(ms: number): void {
    if (ms > LATE_MS) {
      this.late++;
      this.inTime = 0;
    } else {
      this.late = Math.max(0, this.late - 1 / BALANCE);
      this.inTime++;
    }
    if (this.late >= LATE_FRAMES && this.coarseness < COARSEST) this.change(this.coarseness + 1);
    else if (this.inTime >= TRY_FRAMES && this.coarseness > 1) this.change(this.coarseness - 1);
  }

  /** How many device pixels to draw to a CSS pixel, where there are `dpr` of them; never less than one,
   * which is as sharp as every screen once was. */
  ratio(dpr: number): number {
    return dpr <= 1 ? dpr : Math.max(1, dpr / this.coarseness);
  }

  private change(coarseness: number): void {
    this.coarseness = coarseness;
    this.late = this.inTime = 0;
  }
}

const PIXELS_LEAST = 200_000;
const PIXELS_MOST = 8_000_000;

/** Of what is drawn in parts, half as much at a time after each part that made a frame late. */
export class Portion {
  pixels = 2_000_000;

  /** The frame after a part came so long after the one with it. */
  frame(ms: number): void {
    const by = ms > LATE_MS ? 0.5 : 1.25;
    this.pixels = Math.min(PIXELS_MOST, Math.max(PIXELS_LEAST, this.pixels * by));
  }
}
