// SPDX-License-Identifier: ISC
// A layer of rendered tiles on a Leaflet map. They are fetched rather than left to <img>, which can neither
// see why a picture did not come nor when to ask again; and drawn, so that until a tile has come the
// larger one that it is a part of stands in its place.

import { GridLayer, type Coords, type DoneCallback, type GridLayerOptions } from 'leaflet';
import type { Trouble } from '../core/retry';
import { base } from '../net/facts';
import { fetchPicture, NoPicture } from '../net/picture';
import { Bitmaps } from './bitmaps';

export interface TilesOptions extends GridLayerOptions {
  /** Pixels of a tile's side, as it comes. */
  readonly pixels: number;
  /** The zoom in a tile's name is the map's and this. */
  readonly zoomOffset: number;
  pathOf(coords: { x: number; y: number; z: number }): string;
  /** The path of a picture whose corner is as all is outside the tiles. */
  readonly around?: string;
  /** What is wrong with tiles in view; null: nothing. */
  troubled(trouble: Trouble | null): void;
}

/** What people have to know first. */
const ORDER: readonly Trouble[] = ['unreachable', 'busy', 'gone', 'failed'];
/** How much a larger tile may be enlarged, in zooms. */
const ENLARGED_MOST = 6;
const HATCH_PX = 16;

/** Fetches a picture before it is needed; and its colour at the corner, as CSS has it, once it is here. */
export async function prepare(path: string, signal: AbortSignal): Promise<string> {
  const bitmap = bitmaps.get(path) ?? (await fetchPicture(new URL(path, base), signal));
  bitmaps.put(path, bitmap);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  const g = canvas.getContext('2d')!;
  g.drawImage(bitmap, 0, 0);
  return `rgb(${g.getImageData(0, 0, 1, 1).data.slice(0, 3).join(' ')})`;
}

/** Shared by the layers of a page. */
const bitmaps = new Bitmaps();

export class Tiles extends GridLayer {
  private readonly controls = new Map<HTMLElement, AbortController>();
  private readonly troubles = new Map<HTMLElement, Trouble>();

  constructor(private readonly own: TilesOptions) {
    super(own);
    this.on('tileunload', ({ tile }) => {
      this.controls.get(tile)?.abort();
      this.controls.delete(tile);
      this.tell(tile, null);
    });
  }

  protected override createTile(coords: Coords, done: DoneCallback): HTMLElement {
    const tile = document.createElement('canvas');
    tile.width = tile.height = this.own.pixels;
    const at = { x: coords.x, y: coords.y, z: coords.z + this.own.zoomOffset };
    const control = new AbortController();
    this.controls.set(tile, control);
    const path = this.own.pathOf(at);
    const here = bitmaps.get(path);
    if (here) {
      draw(tile, here);
      queueMicrotask(() => done(undefined, tile));
      return tile;
    }
    if (this.drawLarger(tile, at)) tile.classList.add('enlarged');
    fetchPicture(new URL(path, base), control.signal, (trouble) => this.tell(tile, trouble)).then(
      (bitmap) => {
        draw(tile, bitmap);
        bitmaps.put(path, bitmap);
        this.tell(tile, null);
        done(undefined, tile);
      },
      (error) => {
        if (control.signal.aborted) return;
        hatch(tile);
        this.tell(tile, error instanceof NoPicture ? error.trouble : 'failed');
        done(undefined, tile);
      },
    );
    return tile;
  }

  /** Draws the part of a larger tile that this one is, if there is one. */
  private drawLarger(tile: HTMLCanvasElement, { x, y, z }: { x: number; y: number; z: number }): boolean {
    for (let up = 1; up <= Math.min(ENLARGED_MOST, z); up++) {
      // No shifts: at deep zooms there are more than 32 bits.
      const by = 2 ** up;
      const larger = { x: Math.floor(x / by), y: Math.floor(y / by), z: z - up };
      const bitmap = bitmaps.get(this.own.pathOf(larger));
      if (!bitmap) continue;
      const side = bitmap.width / by;
      const [left, top] = [(x - larger.x * by) * side, (y - larger.y * by) * side];
      tile.getContext('2d')!.drawImage(bitmap, left, top, side, side, 0, 0, tile.width, tile.height);
      return true;
    }
    return false;
  }

  private tell(tile: HTMLElement, trouble: Trouble | null): void {
    if (trouble) this.troubles.set(tile, trouble);
    else if (!this.troubles.delete(tile)) return;
    const all = new Set(this.troubles.values());
    this.own.troubled(ORDER.find((one) => all.has(one)) ?? null);
  }
}

function draw(tile: HTMLCanvasElement, bitmap: ImageBitmap): void {
  const g = tile.getContext('2d')!;
  g.clearRect(0, 0, tile.width, tile.height);
  g.drawImage(bitmap, 0, 0, tile.width, tile.height);
}

/** There is no picture of this part. */
function hatch(tile: HTMLCanvasElement): void {
  const g = tile.getContext('2d')!;
  g.strokeStyle = 'rgb(128 128 128 / 0.5)';
  g.beginPath();
  for (let x = -tile.height; x < tile.width; x += HATCH_PX) {
    g.moveTo(x, tile.height);
    g.lineTo(x + tile.height, 0);
  }
  g.stroke();
}
