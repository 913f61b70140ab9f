// SPDX-License-Identifier: ISC
// The small picture: the Julia set of a point while one looks at the Mandelbrot set, and the other way
// round the Mandelbrot set with the point that this Julia set belongs to. At most one picture is on its
// way; of the points that come meanwhile, only the last one counts.

import { formatC, fromComplex, MANDELBROT, toComplex, type Complex, type FractalSet } from '../core/fractal';
import * as words from '../core/words';
import { base } from '../net/facts';
import { fetchPicture } from '../net/picture';
import { element } from './page';

export interface PreviewEvents {
  pathOf(set: FractalSet): string;
  /** Show what is in the small picture in the large one. */
  open(): void;
  unpin(): void;
  /** Another point of the small Mandelbrot set was chosen. */
  choose(c: Complex): void;
}

/** One picture follows another at this pace. */
const PACE_MS = 50;
/** A picture that takes longer is given up when another one is wanted. */
const PATIENCE_MS = 400;

export class Preview {
  private readonly canvas = element<HTMLCanvasElement>('preview-picture');
  private readonly dot = element('preview-dot');
  private wanted = '';
  private shown = '';
  private control: AbortController | null = null;
  private begun = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private julias = true;

  constructor(private readonly events: PreviewEvents) {
    const open = element('preview-open');
    open.addEventListener('click', () => events.open());
    element('preview-unpin').addEventListener('click', () => events.unpin());
    this.canvas.addEventListener('click', ({ offsetX, offsetY }) => {
      if (this.julias) return events.open();
      const { clientWidth, clientHeight } = this.canvas;
      events.choose(toComplex(MANDELBROT, offsetX / clientWidth, offsetY / clientHeight));
    });
    element('preview').hidden = false;
  }

  /** The large picture is of this set: what is the small one of? */
  other(set: FractalSet): void {
    this.julias = set.kind === 'mandelbrot';
    this.dot.hidden = this.julias;
    element('preview').dataset.of = this.julias ? 'julia' : 'mandelbrot';
    element('preview-open').textContent = this.julias ? words.OPEN_JULIA : words.OPEN_MANDELBROT;
    if (set.kind !== 'julia') return;
    element('preview-title').textContent = words.pair(formatC(set.c));
    element('preview-unpin').hidden = true;
    const at = fromComplex(MANDELBROT, set.c);
    this.dot.style.left = `${at.x * 100}%`;
    this.dot.style.top = `${at.y * 100}%`;
    this.want(this.events.pathOf(MANDELBROT));
  }

  /** The Julia set of this point. */
  julia(c: Complex, pinned: boolean): void {
    element('preview-title').textContent = words.pair(formatC(c));
    element('preview-unpin').hidden = !pinned;
    this.want(this.events.pathOf({ kind: 'julia', c }));
  }

  private want(path: string): void {
    if (path === this.wanted) return;
    this.wanted = path;
    if (!this.control) return this.next(PACE_MS);
    const late = this.begun + PATIENCE_MS - performance.now();
    this.next(Math.max(PACE_MS, late));
  }

  private next(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(), ms);
  }

  private async load(): Promise<void> {
    const path = this.wanted;
    if (path === this.shown) return;
    this.control?.abort();
    const control = (this.control = new AbortController());
    this.begun = performance.now();
    try {
      const bitmap = await fetchPicture(new URL(path, base), control.signal, undefined, 'high');
      this.canvas.getContext('2d')!.drawImage(bitmap, 0, 0, this.canvas.width, this.canvas.height);
      bitmap.close();
      this.shown = path;
    } catch {
      // Given up for another one, or there is none: the next point is asked for as usual.
    }
    if (this.control !== control) return;
    this.control = null;
    if (this.wanted !== path) this.next(PACE_MS);
  }
}
