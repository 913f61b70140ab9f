// SPDX-License-Identifier: ISC
// The page's side of the worker that makes templates. It ends when it has had nothing to do for a
// while, and its memory with it.

import type { BadImage } from '../../core/template/image';
import type { Made, Wish } from '../../core/template/make';

export interface Order {
  readonly id: number;
  /** Which picture. */
  readonly from: number;
  /** Null: that of the order before. */
  readonly bytes: Uint8Array<ArrayBuffer> | null;
  readonly wish: Wish;
}

export type Answer =
  | { readonly id: number; readonly made: Made }
  | { readonly id: number; readonly bad: BadImage };

const IDLE_MS = 15_000;

export class Maker {
  private worker: Worker | null = null;
  private readonly waiting = new Map<number, (result: Made | BadImage) => void>();
  private orders = 0;
  /** Numbers of pictures by their bytes. */
  private readonly numbers = new WeakMap<Uint8Array, number>();
  private pictures = 0;
  /** The picture whose pixels the worker has. */
  private has = -1;
  private timer: ReturnType<typeof setTimeout> | undefined;

  make(bytes: Uint8Array<ArrayBuffer>, wish: Wish): Promise<Made | BadImage> {
    clearTimeout(this.timer);
    const worker = (this.worker ??= this.begin());
    let from = this.numbers.get(bytes);
    if (from === undefined) this.numbers.set(bytes, (from = this.pictures++));
    const id = this.orders++;
    const order: Order = { id, from, bytes: from === this.has ? null : bytes, wish };
    this.has = from;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      worker.postMessage(order);
    });
  }

  private begin(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
      // Of a picture that is none it has nothing.
      if ('bad' in data) this.has = -1;
      this.waiting.get(data.id)?.('made' in data ? data.made : data.bad);
      this.waiting.delete(data.id);
      if (this.waiting.size === 0) this.timer = setTimeout(() => this.end(), IDLE_MS);
    });
    // It could not be loaded, or ran out of memory.
    worker.addEventListener('error', () => this.end());
    return worker;
  }

  private end(): void {
    this.worker?.terminate();
    this.worker = null;
    this.has = -1;
    for (const resolve of this.waiting.values()) resolve('broken');
    this.waiting.clear();
  }
}
