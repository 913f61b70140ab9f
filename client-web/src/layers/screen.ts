// SPDX-License-Identifier: ISC
// The picture on the window: the boards that are live, pictures of the other canvases, a chequered
// ground where there is no picture yet, and a hairline around it all.

import { areaIn } from '../core/dirty';
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
/** A part costs as much as so many pixels before any of its own is drawn, and more for each canvas in view. */
const PART_PIXELS = 4_000;
const CANVAS_PIXELS = 100;
/** So many device pixels beyond a cell reach what is smoothed and the hairline. */
const REACH = 2;
/** At rest the window is drawn in columns of this width, each part of one from its left edge to its right: a
 * browser's way to round depends on where a row begins. */
const COLUMN = 64;

interface Area {
  readonly at: Position;
  readonly area: Rect;
}

/** How a view is drawn: a point p of the plane comes to p * k + (x, y), in device pixels. */
interface Plan {
  readonly k: number;
  readonly x: number;
  readonly y: number;
  /** The window. */
  readonly whole: Rect;
  /** The part of the plane that it shows, and the canvases there. */
  readonly shown: Rect;
  readonly seen: readonly Area[];
  /** Of which level are the pictures of canvases without a board. */
  readonly level: number;
  /** What is drawn at which whole scale first; null: nothing. */
  readonly even: { readonly part: Rect; readonly scale: number } | null;
  /** So many pixels are drawn beside the picture for the sake of evenness. */
  readonly beside: number;
}

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
    const { k, x, y, whole, shown, seen, even, beside } = plan;
    const boxes = columnsOf(
      plan,
      changes
        .filter((r) => overlap(grow(r, 1), shown))
        .map(({ x0, y0, x1, y1 }) => boxIn(whole, x + x0 * k, y + y0 * k, x + x1 * k, y + y1 * k, REACH)),
    );
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

function planOf(
  { width, height }: Size,
  scenery: Scenery,
  view: View,
  port: Viewport,
  moving: boolean,
): Plan {
  const { size, canvases, surfaces, few } = scenery;
  const k = view.k * port.dpr;
  const shown = visible(view, port);
  const seen = canvases
    .map((at) => ({ at, area: areaOf(at, size) }))
    .filter(({ area }) => overlap(area, shown));
  const pictured = seen.filter(({ at }) => !surfaces.has(nameOf(at))).length;
  const even = moving ? null : evenOf(k, seen, shown);
  return {
    k,
    x: view.x * port.dpr,
    y: view.y * port.dpr,
    whole: { x0: 0, y0: 0, x1: width, y1: height },
    shown,
    seen,
    level: pictured > few ? levelFor(k) : 0,
    even,
    beside: even ? areaIn(even.part) * even.scale ** 2 : 0,
  };
}

/** Sharply at the next whole scale, then smoothly down: all cells get the same size. Null: they do anyway, nobody
 * sees it, or it is too dear. */
function evenOf(k: number, seen: readonly Area[], shown: Rect): Plan['even'] {
  if (Math.abs(k - Math.round(k)) < 1e-6 || k < 1 || k >= EVEN_FROM || seen.length === 0) return null;
  const areas = seen.map(({ area }) => area);
  const part = {
    x0: Math.max(shown.x0, Math.min(...areas.map(({ x0 }) => x0))),
    y0: Math.max(shown.y0, Math.min(...areas.map(({ y0 }) => y0))),
    x1: Math.min(shown.x1, Math.max(...areas.map(({ x1 }) => x1))),
    y1: Math.min(shown.y1, Math.max(...areas.map(({ y1 }) => y1))),
  };
  const scale = Math.ceil(k);
  return areaIn(part) * scale ** 2 > SCRATCH_MAX ? null : { part, scale };
}

/** Equal for plans that draw the same but for what is on the boards. */
const nameOfPlan = ({ k, x, y, whole, seen, level }: Plan): string =>
  [k, x, y, whole.x1, whole.y1, level, ...seen.map(({ at }) => nameOf(at))].join();

/** The whole pixels around this and so many more, as far as there are any. */
function boxIn(all: Rect, x0: number, y0: number, x1: number, y1: number, more: number): Rect {
  return {
    x0: Math.max(all.x0, Math.floor(x0) - more),
    y0: Math.max(all.y0, Math.floor(y0) - more),
    x1: Math.min(all.x1, Math.ceil(x1) + more),
    y1: Math.min(all.y1, Math.ceil(y1) + more),
  };
}

function columnsOf({ whole }: Plan, boxes: readonly Rect[]): Rect[] {
  const columns: Rect[] = [];
  for (const { x0, y0, x1, y1 } of boxes) {
    for (let left = x0 - (x0 % COLUMN); left < x1; left += COLUMN) {
      columns.push({ x0: left, y0, x1: Math.min(left + COLUMN, whole.x1), y1 });
    }
  }
  return columns;
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

/** The hairline around the canvases, not between them. */
function outlineOf({ size, canvases }: Scenery, { shown, k, x, y }: Plan): Path2D {
  const names = new Set(canvases.map(nameOf));
  const path = new Path2D();
  for (const at of canvases) {
    const area = areaOf(at, size);
    if (!overlap(grow(area, 1), shown)) continue;
    const left = Math.round(x + area.x0 * k);
    const top = Math.round(y + area.y0 * k);
    const right = Math.round(x + area.x1 * k);
    const bottom = Math.round(y + area.y1 * k);
    const alone = (dx: number, dy: number) => !names.has(nameOf({ x: at.x + dx, y: at.y + dy }));
    if (alone(-1, 0)) path.rect(left - 1, top - 1, 1, bottom - top + 2);
    if (alone(1, 0)) path.rect(right, top - 1, 1, bottom - top + 2);
    if (alone(0, -1)) path.rect(left - 1, top - 1, right - left + 2, 1);
    if (alone(0, 1)) path.rect(left - 1, bottom, right - left + 2, 1);
  }
  return path;
}

/** Whether a box of the window lies within one of the canvases, so that no hairline does in it. */
const isInside = ({ seen, k, x, y }: Plan, { x0, y0, x1, y1 }: Rect): boolean =>
  seen.some(
    ({ area }) =>
      x + area.x0 * k + 1 < x0 && y + area.y0 * k + 1 < y0 && x1 < x + area.x1 * k - 1 && y1 < y + area.y1 * k - 1,
  );

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
