// SPDX-License-Identifier: ISC
// The templates over the picture: sharp at every scale, in one of the styles. Dots and symbols leave
// the painted cell to be seen around them, so they are for looking closely; from farther away the
// template shines through.

import { areaAt, common } from '../core/template/cells';
import type { Style, Template } from '../core/template/list';
import { WRONG, type Progress } from '../core/template/progress';
import { isLight } from '../core/template/symbols';
import { visible } from '../core/view';
import type { Rect } from '../core/edit';
import { painted, type Face, type Kind } from './face';
import type { Layer, Look } from './layer';

/** From so many CSS pixels a cell on there is room for dots, and for symbols. */
const DOTS_FROM = 4;
const SYMBOLS_FROM = 12;
/** So many cells at most are looked at for a pulse. */
const PULSE_CELLS_MOST = 1_000_000;
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
    let more = false;
    for (const drawn of this.templates.shown()) {
      const part = common(areaAt(drawn.template.at, drawn.face.cells), window);
      if (part) more = this.drawOne(look, { ...drawn, part }) || more;
    }
    return this.drawPulse(look, window) || more;
  }

  /** Whether some of it is still to come. */
  private drawOne(look: Look, seen: Seen): boolean {
    const { g, view, k, left, top } = look;
    const { style, opacity, at, only } = seen.template;
    g.globalAlpha = opacity;
    const { x0, y0, x1, y1 } = seen.part;
    const part = { x0: x0 - at.x, y0: y0 - at.y, x1: x1 - at.x, y1: y1 - at.y };
    const kind = kindFor(style, view.k, k);
    const colour = only ? this.templates.colour() : null;
    return seen.face.draw(look, left + at.x * k, top + at.y * k, part, kind, colour);
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
  private makePulse(colour: number, window: Rect, since: number) {
    const areas = this.templates.shown().map(({ template, face }) => areaAt(template.at, face.cells));
    const part = common(around(areas), window) ?? NOTHING;
    const [width, height] = [part.x1 - part.x0, part.y1 - part.y0];
    const word = isLight(this.templates.palette()[colour] ?? '#ffffff') ? 0xff000000 : 0xffffffff;
    const size = width * height <= PULSE_CELLS_MOST ? { width, height } : { width: 1, height: 1 };
    const canvas = painted(size, (words) => {
      if (words.length < width * height) return;
      for (const { template, face, progress } of this.templates.shown()) {
        const r = common(areaAt(template.at, face.cells), part);
        if (!r) continue;
        for (let y = r.y0; y < r.y1; y++) {
          let p = (y - template.at.y) * face.cells.width + r.x0 - template.at.x;
          for (let x = r.x0; x < r.x1; x++, p++) {
            if (face.cells.indices[p] !== colour || (progress && progress.stateAt(p) < WRONG)) continue;
            words[(y - part.y0) * width + x - part.x0] = word;
          }
        }
      }
    });
    return { colour, since, canvas, part };
  }
}

const NOTHING: Rect = { x0: 0, y0: 0, x1: 1, y1: 1 };

const around = (areas: readonly Rect[]): Rect =>
  areas.reduce(
    (a, b) => ({
      x0: Math.min(a.x0, b.x0),
      y0: Math.min(a.y0, b.y0),
      x1: Math.max(a.x1, b.x1),
      y1: Math.max(a.y1, b.y1),
    }),
    areas[0] ?? NOTHING,
  );

/** At so many CSS and device pixels a cell. */
function kindFor(style: Style, k: number, deviceScale: number): Kind {
  if (style === 'symbols' && k >= SYMBOLS_FROM) return 'symbols';
  if (style !== 'full' && k >= DOTS_FROM) return 'dots';
  return deviceScale < 0.5 ? 'half' : 'full';
}
