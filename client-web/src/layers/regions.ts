// SPDX-License-Identifier: ISC
// The operator's regions over the picture, with what they rule: closed ones hatched, others with their
// colours and what a pixel costs there. Either all of them, their names from a scale on, or only those
// that one aims at.

import type { Cell } from '../core/edit';
import type { Colour, Region } from '../core/info';
import { regionsAt, regionsNow } from '../core/regions';
import { regionWords } from '../texts/regionwords';
import { t } from '../texts';
import { amount } from '../texts/locale';
import type { Layer, Look } from './layer';
import { hatch, type Box } from './strokes';

export interface RegionsShown {
  readonly regions: readonly Region[];
  readonly palette: readonly Colour[];
  /** Also those that nobody aims at. */
  readonly always: boolean;
  readonly aimed: Cell | null;
  /** In ms since 1970. */
  readonly now: number;
  /** Words stand no higher, in CSS pixels. */
  readonly top: number;
}

/** A region that is wider than this on the window, in CSS pixels, has its name on it. */
const NAMED_PX = 96;
const FONT_PX = 12;
const PAD_PX = 6;
const CHIP_PX = 10;
const EDGE_PX = 8;

export class Regions implements Layer {
  constructor(private readonly shown: () => RegionsShown) {}

  draw(look: Look): boolean {
    const { regions, palette, always, aimed, now, top } = this.shown();
    const here = aimed ? regionsAt(regions, aimed, now) : [];
    for (const region of always ? regionsNow(regions, now) : here) {
      const box = boxOf(look, region);
      const { canvas } = look.g;
      if (box.x > canvas.width || box.y > canvas.height || box.x + box.width < 0 || box.y + box.height < 0) continue;
      if (region.closed) hatch(look, box, 'rgb(0 0 0 / 0.7)');
      dashed(look, box);
      const isAimed = here.includes(region);
      if (!isAimed && box.width < NAMED_PX * look.port.dpr) continue;
      const words = isAimed ? [region.name, ...regionWords(region, palette, now)] : [brief(region)];
      label(look, top, box, isAimed ? aimed : null, words, region.colours?.map((colour) => palette[colour]?.rgb ?? '#000000') ?? []);
    }
    return false;
  }
}

/** Its name and, shortly, what it rules. */
function brief({ name, closed, factor }: Region): string {
  if (closed) return `${name} · ${t().regions.closed('')}`;
  return factor === 1 ? name : `${name} · × ${amount(factor)}`;
}

function boxOf({ k, left, top }: Look, { x, y, w, h }: Region): Box {
  const x0 = Math.round(left + x * k);
  const y0 = Math.round(top + y * k);
  return { x: x0, y: y0, width: Math.round(left + (x + w) * k) - x0, height: Math.round(top + (y + h) * k) - y0 };
}

/** White dashes on black: to be seen on every colour, and no line that somebody painted. */
function dashed({ g, port: { dpr } }: Look, { x, y, width, height }: Box): void {
  g.lineWidth = 2 * dpr;
  for (const [colour, dash] of [
    ['#000000', []],
    ['#ffffff', [6 * dpr, 6 * dpr]],
  ] as const) {
    g.setLineDash([...dash]);
    g.strokeStyle = colour;
    g.strokeRect(x - dpr, y - dpr, width + 2 * dpr, height + 2 * dpr);
  }
  g.setLineDash([]);
}

/** At the region's upper left corner, or as near to it as the window allows. */
function label(look: Look, top: number, box: Box, aimed: Cell | null, words: readonly string[], chips: readonly string[]): void {
  const { g, port } = look;
  const { dpr } = port;
  const px = (n: number) => n * dpr;
  g.font = `600 ${px(FONT_PX)}px system-ui, sans-serif`;
  const lines = words.flatMap((line) => wrap(g, line, px(port.width - 2 * EDGE_PX - 2 * PAD_PX)));
  const chipsWide = chips.length * px(CHIP_PX + 2);
  const wide = Math.max(chipsWide, ...lines.map((line) => g.measureText(line).width)) + px(2 * PAD_PX);
  const lineHigh = px(FONT_PX + 4);
  const high = lines.length * lineHigh + (chips.length > 0 ? px(CHIP_PX + 4) : 0) + px(PAD_PX);
  const { width, height } = g.canvas;
  const x = Math.max(px(EDGE_PX), Math.min(box.x, width - wide - px(EDGE_PX)));
  // Over its upper edge, where it hides nothing of it, and below the header.
  const over = Math.max(px(top + EDGE_PX), Math.min(box.y - high - px(3), height - high - px(EDGE_PX)));
  const y = aimed ? clearOfCell(look, aimed, over, high) : over;
  g.fillStyle = 'rgb(20 20 20 / 0.92)';
  g.beginPath();
  g.roundRect(x, y, wide, high, px(4));
  g.fill();
  g.fillStyle = '#ffffff';
  g.textAlign = 'left';
  g.textBaseline = 'top';
  lines.forEach((line, i) => g.fillText(line, x + px(PAD_PX), y + px(PAD_PX / 2) + i * lineHigh + px(2)));
  chips.forEach((rgb, i) => {
    g.fillStyle = rgb;
    const at = x + px(PAD_PX) + i * px(CHIP_PX + 2);
    g.fillRect(at, y + lines.length * lineHigh + px(PAD_PX / 2 + 1), px(CHIP_PX), px(CHIP_PX));
  });
}

/** Below the cell where it would lie over it. */
function clearOfCell({ k, top, port }: Look, { y }: Cell, at: number, high: number): number {
  const margin = EDGE_PX * port.dpr;
  const cell = top + y * k;
  return at < cell + k + margin && at + high > cell - margin ? cell + k + margin : at;
}

/** Lines that are at most so wide, broken between words. */
function wrap(g: CanvasRenderingContext2D, text: string, most: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line ? `${line} ${word}` : word;
    if (line && g.measureText(longer).width > most) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line ? [...lines, line] : lines;
}
