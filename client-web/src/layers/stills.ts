// SPDX-License-Identifier: ISC
// Pictures of canvases that are not connected, and of squares of many canvases made smaller: loaded
// when first drawn, fetched again now and then while they are looked at, and freed when not.

export type Drawable = ImageBitmap | HTMLCanvasElement;

interface Still {
  bitmap: Drawable | null;
  etag: string | null;
  loading: boolean;
  /** When it is to be fetched (again). */
  dueAt: number;
  usedAt: number;
}

const REFRESH_MS = 20_000;
const RETRY_MS = 5_000;
const UNUSED_MS = 20_000;
const TICK_MS = 2_000;
const LOADING_MAX = 4;
const FETCH_MS = 30_000;

export class Stills {
  private readonly stills = new Map<string, Still>();
  private loading = 0;
  /** Grows with clear(); a picture that was requested in an earlier epoch is dropped. */
  private epoch = 0;

  private readonly timer: ReturnType<typeof setInterval>;

  /**
   * `base` is where the paths of the plane start; `changed` is called when there is something new to
   * draw. `lasting`: what a path names never changes.
   */
  constructor(
    private readonly base: URL,
    private readonly changed: () => void,
    private readonly lasting = false,
  ) {
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  /** The end: nothing is kept, nothing is reported any more. */
  stop(): void {
    clearInterval(this.timer);
    this.forget();
  }

  /** The picture of this path, or null while there is none. Call it while drawing. */
  get(path: string): Drawable | null {
    let still = this.stills.get(path);
    if (!still) {
      still = { bitmap: null, etag: null, loading: false, dueAt: 0, usedAt: 0 };
      this.stills.set(path, still);
    }
    still.usedAt = performance.now();
    if (still.dueAt <= still.usedAt) void this.load(path, still);
    return still.bitmap;
  }

  /** The same, if it is here already. */
  peek(path: string): Drawable | null {
    return this.stills.get(path)?.bitmap ?? null;
  }

  /** Whether none is awaited. */
  get complete(): boolean {
    for (const still of this.stills.values()) if (still.dueAt === 0) return false;
    return true;
  }

  /** What there is to show until the picture has been fetched; `fresh`: it has just been. */
  seed(path: string, bitmap: Drawable, fresh = false): void {
    const usedAt = performance.now();
    const dueAt = fresh ? usedAt + REFRESH_MS : 0;
    free(this.peek(path));
    this.stills.set(path, { bitmap, etag: null, loading: false, dueAt, usedAt });
  }

  /** All pictures are of a log that is no more. */
  clear(): void {
    this.forget();
    this.changed();
  }

  private forget(): void {
    for (const still of this.stills.values()) free(still.bitmap);
    this.stills.clear();
    this.epoch++;
  }

  private tick(): void {
    if (document.hidden) return;
    const now = performance.now();
    let due = false;
    for (const [path, still] of this.stills) {
      if (now - still.usedAt > UNUSED_MS && !still.loading && still.dueAt <= now) {
        free(still.bitmap);
        this.stills.delete(path);
      } else if (still.dueAt <= now) due = true;
    }
    // Drawing again asks for those that are looked at; the others are never asked for again.
    if (due) this.changed();
  }

  private async load(path: string, still: Still): Promise<void> {
    if (still.loading || this.loading >= LOADING_MAX) return;
    still.loading = true;
    this.loading++;
    const { epoch } = this;
    let wait = RETRY_MS;
    try {
      const again = !this.lasting && (epoch > 0 || still.bitmap);
      const cache = again ? 'no-cache' : 'default';
      const signal = AbortSignal.timeout(FETCH_MS);
      const answer = await fetch(new URL(path, this.base), { cache, signal });
      const etag = answer.headers.get('ETag');
      if (answer.ok && (!etag || etag !== still.etag)) {
        const bitmap = await createImageBitmap(await answer.blob());
        if (epoch !== this.epoch || this.stills.get(path) !== still) bitmap.close();
        else {
          free(still.bitmap);
          still.bitmap = bitmap;
          still.etag = etag;
        }
      }
      // Where nothing is there is nothing for a while, and that is no trouble.
      if (answer.ok || answer.status === 404) wait = this.lasting && answer.ok ? Infinity : REFRESH_MS;
    } catch {
      // The next try may succeed; until then the last picture stays.
    }
    still.loading = false;
    this.loading--;
    still.dueAt = performance.now() + wait;
    if (epoch === this.epoch) this.changed();
  }
}

function free(drawable: Drawable | null): void {
  if (drawable instanceof ImageBitmap) drawable.close();
}
