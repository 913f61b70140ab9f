// SPDX-License-Identifier: ISC
// The picture on the window: the boards that are live, pictures of the other canvases, a chequered
// ground where there is no picture yet, and a hairline around it all.

import type { Rect, Size } from '../core/edit';
import type { Position } from '../core/info';
import { areaOf, grow, levelFor, nameOf, overlap } from '../core/plane';
import { visible, type View, type Viewport } from '../core/view';
import type { Drawable } from './stills';
import type { Surface } from './surface';

/** Pictures of canvases that have no board here, by path. */
export interface Pictures {
  /** Asks for it if it is not here. */
  get(path: string): Drawable | null;
  peek(path: string): Drawable | null;
}

/** What there is to draw of the plane. */
export interface Scenery {
  readonly size: Size;
  readonly canvases: readonly Position[];
  /** The live boards by the name of their canvas; null for one that gets its picture just now. */
  readonly surfaces: ReadonlyMap<string, Surface | null>;
  readonly stills: Pictures;
  /** The path of a canvas's picture, or of a square of canvases; null: there is none to show. */
  pathOf(at: Position, level: number): string | null;
  /** How many canvases without a board may each be shown by a picture of its own. */
  readonly few: number;
  /** What lies over canvases, by their names, at one pixel a cell. */
  readonly overlays: ReadonlyMap<string, CanvasImageSource>;
}

const HAIRLINE = 'rgb(128 128 128 / 0.8)';
const GROUND = '#d8d8d8';
const GROUND_DARK = '#cccccc';
const GROUND_PX = 12;
/** From so many device pixels a cell on, cells of unequal size look equal. */
const EVEN_FROM = 8;
/** Above this many pixels the way around is too dear. */
const SCRATCH_MAX = 16_000_000;

export class Screen {
  private scratch: CanvasRenderingContext2D | null = null;
  private ground: CanvasPattern | null = null;

  /** `moving`: the next picture comes at once, so quick is better than even. Returns how many pixels
   * were drawn beside the picture for the sake of evenness. */
  draw(
    g: CanvasRenderingContext2D,
    scenery: Scenery,
    view: View,
    port: Viewport,
    moving: boolean,
  ): number {
    g.clearRect(0, 0, g.canvas.width, g.canvas.height);
    const k = view.k * port.dpr;
    const x = view.x * port.dpr;
    const y = view.y * port.dpr;
    const shown = visible(view, port);
    const whole = Math.abs(k - Math.round(k)) < 1e-6;
    const even = !moving && !whole && k >= 1 && k < EVEN_FROM;
    const beside = even ? this.drawEven(g, scenery, shown, k, x, y) : null;
    if (beside === null) {
      g.imageSmoothingEnabled = k < 1;
      this.paint(g, scenery, shown, k, x, y);
    }
    this.outline(g, scenery, shown, k, x, y);
    return beside ?? 0;
  }

  /** Sharply at the next whole scale, then smoothly down: all cells get the same size. Returns how many
   * pixels that took, or null: it is too dear. */
  private drawEven(
    g: CanvasRenderingContext2D,
    scenery: Scenery,
    shown: Rect,
    k: number,
    x: number,
    y: number,
  ): number | null {
    const part = inView(scenery, shown);
    if (!part) return 0;
    const scale = Math.ceil(k);
    const width = (part.x1 - part.x0) * scale;
    const height = (part.y1 - part.y0) * scale;
    if (width * height > SCRATCH_MAX) return null;
    this.scratch ??= document.createElement('canvas').getContext('2d')!;
    const { canvas } = this.scratch;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    this.scratch.clearRect(0, 0, width, height);
    this.scratch.imageSmoothingEnabled = false;
    this.paint(this.scratch, scenery, part, scale, -part.x0 * scale, -part.y0 * scale);
    g.imageSmoothingEnabled = true;
    g.imageSmoothingQuality = 'low';
    const by = k / scale;
    g.drawImage(canvas, x + part.x0 * k, y + part.y0 * k, width * by, height * by);
    return width * height;
  }

  /** A point p of the plane comes to p * k + (x, y). */
  private paint(
    g: CanvasRenderingContext2D,
    { size, canvases, surfaces, stills, pathOf, few, overlays }: Scenery,
    shown: Rect,
    k: number,
    x: number,
    y: number,
  ): void {
    /** Of a source that covers one area of the plane, the part that shows another. */
    const place = (source: CanvasImageSource, covers: Rect, cells: number, part: Rect) => {
      const x0 = Math.max(shown.x0, part.x0);
      const y0 = Math.max(shown.y0, part.y0);
      const w = Math.min(shown.x1, part.x1) - x0;
      const h = Math.min(shown.y1, part.y1) - y0;
      const left = (x0 - covers.x0) / cells;
      const top = (y0 - covers.y0) / cells;
      g.drawImage(source, left, top, w / cells, h / cells, x + x0 * k, y + y0 * k, w * k, h * k);
    };
    g.fillStyle = this.ground ??= makeGround(g);
    const seen = canvases.filter((at) => overlap(areaOf(at, size), shown));
    const pictured = seen.filter((at) => !surfaces.has(nameOf(at))).length;
    const level = pictured > few ? levelFor(k) : 0;
    for (const at of seen) {
      const area = areaOf(at, size);
      const surface = surfaces.get(nameOf(at));
      const tile = { x: at.x >> level, y: at.y >> level };
      if (surface) {
        const { source, cells } = surface.at(k);
        g.imageSmoothingQuality = 'low';
        place(source, area, cells, area);
      } else {
        const path = pathOf(tile, level);
        const still = path && (surface === null ? stills.peek(path) : stills.get(path));
        g.imageSmoothingQuality = 'medium';
        if (still) place(still, areaOf(tile, size, level), 2 ** level, area);
        else g.fillRect(x + area.x0 * k, y + area.y0 * k, size.width * k, size.height * k);
      }
      const overlay = overlays.get(nameOf(at));
      if (overlay) place(overlay, area, 1, area);
    }
  }

  /** Around the canvases, not between them. */
  private outline(
    g: CanvasRenderingContext2D,
    { size, canvases }: Scenery,
    shown: Rect,
    k: number,
    x: number,
    y: number,
  ): void {
    const names = new Set(canvases.map(nameOf));
    g.strokeStyle = HAIRLINE;
    g.lineWidth = 1;
    g.beginPath();
    for (const at of canvases) {
      const area = areaOf(at, size);
      if (!overlap(grow(area, 1), shown)) continue;
      const left = x + area.x0 * k - 0.5;
      const top = y + area.y0 * k - 0.5;
      const right = x + area.x1 * k + 0.5;
      const bottom = y + area.y1 * k + 0.5;
      const alone = (dx: number, dy: number) => !names.has(nameOf({ x: at.x + dx, y: at.y + dy }));
      const line = (x0: number, y0: number, x1: number, y1: number) => {
        g.moveTo(x0, y0);
        g.lineTo(x1, y1);
      };
      if (alone(-1, 0)) line(left, top, left, bottom);
      if (alone(1, 0)) line(right, top, right, bottom);
      if (alone(0, -1)) line(left, top, right, top);
      if (alone(0, 1)) line(left, bottom, right, bottom);
    }
    g.stroke();
  }
}

/** What of this part of the plane canvases cover; null: nothing. */
function inView({ size, canvases }: Scenery, shown: Rect): Rect | null {
  let all = null as Rect | null;
  for (const at of canvases) {
    const area = areaOf(at, size);
    if (!overlap(area, shown)) continue;
    all = {
      x0: Math.min(all?.x0 ?? Infinity, Math.max(area.x0, shown.x0)),
      y0: Math.min(all?.y0 ?? Infinity, Math.max(area.y0, shown.y0)),
      x1: Math.max(all?.x1 ?? -Infinity, Math.min(area.x1, shown.x1)),
      y1: Math.max(all?.y1 ?? -Infinity, Math.min(area.y1, shown.y1)),
    };
  }
  return all;
}

function makeGround(g: CanvasRenderingContext2D): CanvasPattern {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 2 * GROUND_PX;
  const t = tile.getContext('2d')!;
  t.fillStyle = GROUND;
  t.fillRect(0, 0, 2 * GROUND_PX, 2 * GROUND_PX);
  t.fillStyle = GROUND_DARK;
  t.fillRect(0, 0, GROUND_PX, GROUND_PX);
  t.fillRect(GROUND_PX, GROUND_PX, GROUND_PX, GROUND_PX);
  return g.createPattern(tile, 'repeat')!;
}
