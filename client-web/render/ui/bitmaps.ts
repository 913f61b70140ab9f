// SPDX-License-Identifier: ISC
// Decoded tiles that were shown lately, so that a tile that is not here yet can be shown as the part of a
// larger one that it is.

const PIXELS_MOST = 8_000_000;

export class Bitmaps {
  private readonly all = new Map<string, ImageBitmap>();
  private pixels = 0;

  get(path: string): ImageBitmap | null {
    const bitmap = this.all.get(path);
    if (!bitmap) return null;
    this.all.delete(path);
    this.all.set(path, bitmap);
    return bitmap;
  }

  put(path: string, bitmap: ImageBitmap): void {
    if (this.all.get(path) === bitmap) return;
    this.drop(path);
    this.all.set(path, bitmap);
    this.pixels += bitmap.width * bitmap.height;
    for (const oldest of this.all.keys()) {
      if (this.pixels <= PIXELS_MOST) break;
      this.drop(oldest);
    }
  }

  private drop(path: string): void {
    const bitmap = this.all.get(path);
    if (!bitmap) return;
    this.pixels -= bitmap.width * bitmap.height;
    this.all.delete(path);
    bitmap.close();
  }
}
