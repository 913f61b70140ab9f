// SPDX-License-Identifier: ISC
// The templates over the picture: sharp at every scale, in one of the styles. Dots and symbols leave
// the painted cell to be seen around them, so they are for looking closely; from farther away the
// template shines through.

import { EMPTY } from '../core/template/cells';
import { areaAt, common } from '../core/template/cells';
import type { Template } from '../core/template/list';
import { RIGHT, WRONG, type Progress } from '../core/template/progress';
import { isLight, SYMBOL_SIDE, symbolOf } from '../core/template/symbols';
import { visible } from '../core/view';
import type { Rect } from '../core/edit';
import { sized, type Face } from './face';
import type { Layer, Look } from './layer';

/** From so many CSS pixels a cell on there is room for dots, and for symbols. */
const DOTS_FROM = 4;
const SYMBOLS_FROM = 12;
/** A dot's share of a cell's side. */
const DOT = 0.5;
/** How large the dot is drawn that all are made from. */
const TILE = 48;
/** No larger surface is made beside the window's. */
const SCRATCH_MOST = 16_000_000;
const PULSE_MS = 700;
const PULSE_STRONGEST = 0.85;

export interface Drawn {
  readonly template: Template;
  readonly face: Face;
  /** Null until it is counted. */
  readonly progress: Progress | null;
}

export interface Templates {
  /** From the lowest to the highest. */
  shown(): readonly Drawn[];
  palette(): readonly string[];
  /** The chosen colour. */
  colour(): number | null;
}

/** A template and the part of it that is in view, in cells of the plane. */
interface Seen extends Drawn {
  readonly part: Rect;
}

export class TemplateLayer implements Layer {
  private scratch: CanvasRenderingContext2D | null = null;
  private dot: HTMLCanvasElement | null = null;
  private atlas: { side: number; canvas: HTMLCanvasElement } | null = null;
  private pulse: { colour: number; since: number; canvas: HTMLCanvasElement; part: Rect } | null = null;
  private pulsing: number | null = null;

  constructor(private readonly templates: Templates) {}

  /** The cells of a colour that are still to be painted are shown once, from the next frame on. */
  startPulse(colour: number | null): void {
    this.pulse = null;
    this.pulsing = colour;
  }

  draw(look: Look): boolean {
    const window = visible(look.view, look.port);
    for (const drawn of this.templates.shown()) {
      const part = common(areaAt(drawn.template.at, drawn.face.cells), window);
      if (part) this.drawOne(look, { ...drawn, part });
    }
    return this.drawPulse(look, window);
  }

  private drawOne(look: Look, seen: Seen): void {
    const { g, view } = look;
    const { style, opacity } = seen.template;
    g.globalAlpha = opacity;
    if (style === 'symbols' && view.k >= SYMBOLS_FROM) this.symbols(look, seen);
    else if (style !== 'full' && view.k >= DOTS_FROM && this.dots(look, seen)) return;
    else cells(g, look, seen, this.only(seen));
  }

  private only({ template }: Seen): number | null {
    return template.only ? this.templates.colour() : null;
  }

  /** Cells, of which a mask of dots keeps the middle; false: the window is too large for that. */
  private dots(look: Look, seen: Seen): boolean {
    const { k, left, top } = look;
    const { part } = seen;
    const width = Math.ceil((part.x1 - part.x0) * k);
    const height = Math.ceil((part.y1 - part.y0) * k);
    if (width * height > SCRATCH_MOST) return false;
    const scratch = (this.scratch ??= sized({ width: 1, height: 1 }).getContext('2d')!);
    const { canvas } = scratch;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    scratch.globalCompositeOperation = 'source-over';
    scratch.clearRect(0, 0, width, height);
    const here = { ...look, left: -part.x0 * k, top: -part.y0 * k };
    cells(scratch, here, seen, this.only(seen));
    const mask = scratch.createPattern((this.dot ??= dot()), 'repeat')!;
    mask.setTransform(new DOMMatrix().scale(k / TILE));
    scratch.globalCompositeOperation = 'destination-in';
    scratch.fillStyle = mask;
    scratch.fillRect(0, 0, width, height);
    look.g.drawImage(canvas, left + part.x0 * k, top + part.y0 * k);
    return true;
  }

  /** On each cell that is not right its colour with a symbol in it. */
  private symbols(look: Look, seen: Seen): void {
    const { g, k, left, top } = look;
    const { part, template, face, progress } = seen;
    const { width, indices } = face.cells;
    const only = this.only(seen);
    const side = Math.max(1, Math.ceil(k));
    if (this.atlas?.side !== side) this.atlas = { side, canvas: atlas(this.templates.palette(), side) };
    const { canvas } = this.atlas;
    for (let y = part.y0; y < part.y1; y++) {
      let p = (y - template.at.y) * width + part.x0 - template.at.x;
      for (let x = part.x0; x < part.x1; x++, p++) {
        const index = indices[p]!;
        if (index === EMPTY || (only !== null && index !== only) || progress?.stateAt(p) === RIGHT) continue;
        g.drawImage(canvas, index * side, 0, side, side, left + x * k, top + y * k, k, k);
      }
    }
  }

  /** Whether it goes on. */
  private drawPulse(look: Look, window: Rect): boolean {
    const { g, now } = look;
    const { pulsing } = this;
    if (pulsing === null) return false;
    this.pulse ??= this.makePulse(pulsing, window, now);
    const { since, canvas, part } = this.pulse;
    const done = (now - since) / PULSE_MS;
    if (done >= 1) {
      this.startPulse(null);
      return false;
    }
    g.globalAlpha = PULSE_STRONGEST * Math.sin(Math.PI * Math.max(0, done));
    g.imageSmoothingEnabled = look.k < 1;
    const { k, left, top } = look;
    const [x, y] = [left + part.x0 * k, top + part.y0 * k];
    g.drawImage(canvas, x, y, canvas.width * k, canvas.height * k);
    return true;
  }

  /** What of the window is to be painted in this colour, in black or white, whatever stands out. */
  private makePulse(colour: number, part: Rect, since: number) {
    const [width, height] = [part.x1 - part.x0, part.y1 - part.y0];
    const small = width * height <= SCRATCH_MOST / 4;
    const canvas = sized(small ? { width, height } : { width: 1, height: 1 });
    const g = canvas.getContext('2d')!;
    g.fillStyle = isLight(this.templates.palette()[colour] ?? '#ffffff') ? '#000000' : '#ffffff';
    for (const { template, face, progress } of this.templates.shown()) {
      const r = small && common(areaAt(template.at, face.cells), part);
      if (!r) continue;
      for (let y = r.y0; y < r.y1; y++) {
        let p = (y - template.at.y) * face.cells.width + r.x0 - template.at.x;
        for (let x = r.x0; x < r.x1; x++, p++) {
          if (face.cells.indices[p] !== colour) continue;
          if (progress && progress.stateAt(p) < WRONG) continue;
          g.fillRect(x - part.x0, y - part.y0, 1, 1);
        }
      }
    }
    return { colour, since, canvas, part };
  }
}

/** The part that is in view, a pixel of the source to a cell. */
function cells(g: CanvasRenderingContext2D, { k, left, top }: Look, seen: Seen, only: number | null): void {
  const { part, template, face } = seen;
  const { source, cells } = face.at(k, only);
  g.imageSmoothingEnabled = k < 1;
  const [width, height] = [part.x1 - part.x0, part.y1 - part.y0];
  g.drawImage(
    source,
    (part.x0 - template.at.x) / cells,
    (part.y0 - template.at.y) / cells,
    width / cells,
    height / cells,
    left + part.x0 * k,
    top + part.y0 * k,
    width * k,
    height * k,
  );
}

function dot(): HTMLCanvasElement {
  const canvas = sized({ width: TILE, height: TILE });
  const g = canvas.getContext('2d')!;
  const side = TILE * DOT;
  g.fillRect((TILE - side) / 2, (TILE - side) / 2, side, side);
  return canvas;
}

/** The symbols of all colours beside each other, each on its colour, with a border of what is below. */
function atlas(palette: readonly string[], side: number): HTMLCanvasElement {
  const canvas = sized({ width: side * palette.length, height: side });
  const g = canvas.getContext('2d')!;
  const edge = Math.max(1, Math.round(side * 0.12));
  const inner = side - 2 * edge;
  const unit = Math.max(1, Math.floor((inner * 0.8) / SYMBOL_SIDE));
  const from = Math.floor((side - unit * SYMBOL_SIDE) / 2);
  palette.forEach((rgb, index) => {
    const x = index * side;
    g.fillStyle = rgb;
    g.fillRect(x + edge, edge, inner, inner);
    g.fillStyle = isLight(rgb) ? '#000000' : '#ffffff';
    for (const mark of symbolOf(index)) g.fillRect(x + from + mark.x * unit, from + mark.y * unit, unit, unit);
  });
  return canvas;
}
