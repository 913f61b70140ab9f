// SPDX-License-Identifier: ISC
// The loupe: while a finger is held, what it covers, enlarged beside it. The other layers are looked
// at through it, with a view of its own.

import { info, loupe, reticle } from '../app/state';
import { cellBox } from '../core/cellbox';
import type { Cell } from '../core/edit';
import { loupeAt, loupeView, LOUPE_PX } from '../core/loupe';
import type { Layer, Look } from './layer';

const GROUND = '#d0d0d0';

export interface Picture {
  /** The colour that a cell shows, own pixels included; null where nobody knows. */
  colourAt(cell: Cell): number | null;
}

export class LoupeLayer implements Layer {
  /** `through` are the layers that are seen through it, from the lowest on. */
  constructor(
    private readonly picture: Picture,
    private readonly through: () => readonly Layer[],
  ) {}

  draw(look: Look): boolean {
    const finger = loupe.peek();
    const cell = reticle.peek();
    if (!finger || !cell) return false;
    const { g, port } = look;
    const { dpr } = port;
    const at = loupeAt(finger, port);
    const view = loupeView(cell, look.view.k, at);
    const enlarged = { ...look, view, k: view.k * dpr, left: view.x * dpr, top: view.y * dpr };
    const circle = (radius: number) => {
      g.beginPath();
      g.arc(at.x * dpr, at.y * dpr, radius * dpr, 0, 2 * Math.PI);
    };
    g.save();
    circle(LOUPE_PX / 2);
    g.clip();
    this.drawPicture(enlarged);
    for (const layer of this.through()) {
      g.save();
      layer.draw(enlarged);
      g.restore();
    }
    g.restore();
    for (const [colour, out] of [
      ['#ffffff', 1],
      ['#000000', -1],
    ] as const) {
      circle(LOUPE_PX / 2 + out);
      g.lineWidth = 2 * dpr;
      g.strokeStyle = colour;
      g.stroke();
    }
    return false;
  }

  private drawPicture(look: Look): void {
    const { g, view, k } = look;
    const palette = info.peek()?.palette;
    const half = LOUPE_PX / 2;
    const cell = reticle.peek()!;
    const reach = Math.ceil(half / view.k);
    g.fillStyle = GROUND;
    g.fillRect(0, 0, g.canvas.width, g.canvas.height);
    for (let y = cell.y - reach; y <= cell.y + reach; y++) {
      for (let x = cell.x - reach; x <= cell.x + reach; x++) {
        const colour = this.picture.colourAt({ x, y });
        const rgb = colour === null ? undefined : palette?.[colour]?.rgb;
        if (!rgb) continue;
        g.fillStyle = rgb;
        const box = cellBox({ k, left: look.left, top: look.top }, { x, y });
        g.fillRect(box.x, box.y, box.width, box.height);
      }
    }
  }
}
