// SPDX-License-Identifier: ISC
// What the staff see over the picture: the rectangle that they have dragged and its size, what a plan
// would change with everything else dimmed, and hatched what would be closed.

import type { Rect } from '../../core/edit';
import type { Layer, Look } from '../../layers/layer';
import { hatch, outline } from '../../layers/strokes';
import type { Desk } from './desk';

const AMBER = '#ffb444';
const DIM = 'rgb(0 0 0 / 0.45)';
const LABEL_PX = 12;

export class Overlay implements Layer {
  constructor(private readonly desk: Desk) {}

  draw(look: Look): boolean {
    const { desk } = this;
    const preview = desk.veiled.value ? null : desk.preview.value;
    const hatched = desk.veiled.value ? null : desk.hatched.value;
    const area = desk.area.value;
    if (preview) {
      const { x, y, width, height } = boxOf(look, preview.covers);
      const { g } = look;
      g.fillStyle = DIM;
      // All but what the preview covers.
      g.beginPath();
      g.rect(0, 0, g.canvas.width, g.canvas.height);
      g.rect(x, y, width, height);
      g.fill('evenodd');
      g.imageSmoothingEnabled = width < preview.image.width;
      g.drawImage(preview.image, x, y, width, height);
    }
    if (hatched) hatch(look, boxOf(look, hatched), '#000000');
    if (area) {
      outline(look, boxOf(look, area), AMBER);
      this.label(look, area);
    }
    return false;
  }

  /** Its size, at its lower right corner. */
  private label({ g, port: { dpr }, ...look }: Look, area: Rect): void {
    const { x, y, width, height } = boxOf(look, area);
    const words = `${area.x1 - area.x0} × ${area.y1 - area.y0}`;
    g.font = `600 ${LABEL_PX * dpr}px system-ui, sans-serif`;
    g.textAlign = 'right';
    g.textBaseline = 'top';
    const wide = g.measureText(words).width;
    const right = Math.max(x + width, wide + 8 * dpr);
    g.fillStyle = AMBER;
    g.fillRect(right - wide - 8 * dpr, y + height + 3 * dpr, wide + 8 * dpr, (LABEL_PX + 6) * dpr);
    g.fillStyle = '#000000';
    g.fillText(words, right - 4 * dpr, y + height + 6 * dpr);
  }
}

/** In device pixels. */
function boxOf({ k, left, top }: Pick<Look, 'k' | 'left' | 'top'>, { x0, y0, x1, y1 }: Rect) {
  return { x: left + x0 * k, y: top + y0 * k, width: (x1 - x0) * k, height: (y1 - y0) * k };
}
