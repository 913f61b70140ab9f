// SPDX-License-Identifier: ISC
// The one pending animation frame: any number of requests, one drawing; none when nothing changed.
// In a hidden tab the browser holds it back until somebody looks.

export class Frames {
  private pending: number | null = null;

  /** `draw` returns true while something still moves and the next frame is wanted too. */
  constructor(private readonly draw: (now: number) => boolean) {}

  request(): void {
    this.pending ??= requestAnimationFrame((now) => {
      this.pending = null;
      if (this.draw(now)) this.request();
    });
  }
}
