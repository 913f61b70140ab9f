// SPDX-License-Identifier: ISC
// The picture on the window: the boards that are live, pictures of the other canvases, a chequered
// ground where there is no picture yet, and a hairline around it all.

import { areaIn } from '../core/dirty';
import type { Rect, Size } from '../core/edit';
import type { Position } from '../core/info';
import { areaOf, nameOf, overlap } from '../core/plane';
import type { View, Viewport } from '../core/view';
import { boxesOf, boxIn, columnsOf, isInside, nameOfPlan, outlineOf, planOf, REACH, type Plan } from './plan';
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
/** A part costs as much as so many pixels before any of its own is drawn, and more for each canvas in view. */
const PART_PIXELS = 4_000;
const CANVAS_PIXELS = 100;
export class Screen {
  private scratch: CanvasRenderingContext2D | null = null;
  private ground: CanvasPattern | null = null;
  /** What was drawn last and wholly, at rest: changes can be drawn into it. */
  private drawn = '';

  /** `moving`: the next picture comes at once, so quick is better than even. Returns how many pixels
   * were drawn beside the picture for the sake of evenness. */
  draw(
    g: CanvasRenderingContext2D,
    scenery: Scenery,
    view: View,
    port: Viewport,
    moving: boolean,
  ): number {
    const plan = planOf(g.canvas, scenery, view, port, moving);
    this.drawBoxes(g, scenery, plan, moving ? [plan.whole] : columnsOf(plan, [plan.whole]));
    this.drawn = moving ? '' : nameOfPlan(plan);
    return plan.beside;
  }

  /** What draw() draws at rest, a part with each step; none draws more pixels than `most()`. */
  *drawInParts(
    g: CanvasRenderingContext2D,
    scenery: Scenery,
    view: View,
    port: Viewport,
    most: () => number,
  ): Generator<void, number> {
    const plan = planOf(g.canvas, scenery, view, port, false);
    const { x1, y1 } = plan.whole;
    this.drawn = '';
    for (let top = 0, bottom; top < y1; top = bottom) {
      if (top > 0) yield;
      bottom = Math.min(y1, top + Math.ceil((y1 * most()) / (x1 * y1 + plan.beside)));
      this.drawBoxes(g, scenery, plan, columnsOf(plan, [{ x0: 0, y0: top, x1, y1: bottom }]));
    }
    this.drawn = nameOfPlan(plan);
    return plan.beside;
  }

  /** Draws what changed since this view was drawn at rest, in cells of the plane: to the last bit as if all
   * were drawn. Returns what draw() does. */
  drawChanges(
    g: CanvasRenderingContext2D,
    scenery: Scenery,
    view: View,
    port: Viewport,
    changes: readonly Rect[],
  ): number {
    const plan = planOf(g.canvas, scenery, view, port, false);
    const { whole, seen, even, beside } = plan;
    const boxes = boxesOf(plan, changes);
    const each = PART_PIXELS + CANVAS_PIXELS * seen.length;
    const cost = boxes.reduce((sum, box) => sum + each + areaIn(box) * (even ? 2 : 1), 0);
    const dear = cost > areaIn(whole) + beside;
    if (dear || this.drawn !== nameOfPlan(plan)) return this.draw(g, scenery, view, port, false);
    this.drawBoxes(g, scenery, plan, boxes);
    return 0;
  }

  /** Draws these parts of the window, and on them nothing but what is drawn of the whole: so they are the same
   * to the last bit, however many there are. */
  private drawBoxes(g: CanvasRenderingContext2D, scenery: Scenery, plan: Plan, boxes: readonly Rect[]): void {
    const { k, x, y, whole, shown, even } = plan;
    const scratch = even && this.scratchFor(even.part, even.scale);
    // First this one: with every change of it that comes after it was drawn from, the browser copies it.
    if (scratch) {
      const { part, scale } = even;
      const [left, top] = [-part.x0 * scale, -part.y0 * scale];
      const all = { x0: 0, y0: 0, x1: scratch.canvas.width, y1: scratch.canvas.height };
      const by = scale / k;
      scratch.imageSmoothingEnabled = false;
      for (const { x0, y0, x1, y1 } of boxes) {
        const [toX, toY] = [left - x * by, top - y * by];
        const box = boxIn(all, toX + x0 * by, toY + y0 * by, toX + x1 * by, toY + y1 * by, REACH);
        within(scratch, box, all, () => this.paint(scratch, scenery, plan, part, scale, left, top, box));
      }
    }
    let edges = null as Path2D | null;
    for (const box of boxes) {
      within(g, box, whole, () => {
        if (scratch) {
          const { part, scale } = even;
          const { canvas } = scratch;
          const by = k / scale;
          g.imageSmoothingEnabled = true;
          g.imageSmoothingQuality = 'low';
          g.drawImage(canvas, x + part.x0 * k, y + part.y0 * k, canvas.width * by, canvas.height * by);
        } else {
          g.imageSmoothingEnabled = k < 1;
          this.paint(g, scenery, plan, shown, k, x, y, box);
        }
        if (isInside(plan, box)) return;
        g.fillStyle = HAIRLINE;
        g.fill((edges ??= outlineOf(scenery, plan)));
      });
    }
  }

  /** A surface for this part of the plane at a whole scale. What is on it stays while that is the same. */
  private scratchFor(part: Rect, scale: number): CanvasRenderingContext2D {
    if (!this.scratch) {
      const { canvas } = (this.scratch = document.createElement('canvas').getContext('2d')!);
      canvas.addEventListener('contextlost', () => {
        this.scratch = null;
        this.drawn = '';
      });
    }
    const { canvas } = this.scratch;
    const width = (part.x1 - part.x0) * scale;
    const height = (part.y1 - part.y0) * scale;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    return this.scratch;
  }

  /** A point p of the plane comes to p * k + (x, y). What does not lie in the box may be left out. */
  private paint(
    g: CanvasRenderingContext2D,
    { size, surfaces, stills, pathOf, overlays }: Scenery,
    { seen, level }: Plan,
    shown: Rect,
    k: number,
    x: number,
    y: number,
    box: Rect,
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
    for (const { at, area } of seen) {
      const { x0, y0, x1, y1 } = area;
      if (!overlap(box, { x0: x + x0 * k, y0: y + y0 * k, x1: x + x1 * k, y1: y + y1 * k })) continue;
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
        else g.fillRect(x + x0 * k, y + y0 * k, size.width * k, size.height * k);
      }
      const overlay = overlays.get(nameOf(at));
      if (overlay) place(overlay, area, 1, area);
    }
  }
}

/** Draws in this box only, on nothing. */
function within(g: CanvasRenderingContext2D, { x0, y0, x1, y1 }: Rect, all: Rect, draw: () => void): void {
  const part = x0 > all.x0 || y0 > all.y0 || x1 < all.x1 || y1 < all.y1;
  if (part) {
    g.save();
    g.beginPath();
    g.rect(x0, y0, x1 - x0, y1 - y0);
    g.clip();
  }
  g.clearRect(x0, y0, x1 - x0, y1 - y0);
  draw();
  if (part) g.restore();
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
