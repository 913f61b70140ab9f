// SPDX-License-Identifier: ISC
// The second surface: the visible part of the board, drawn to the window with one drawImage.

import { visible, type View, type Viewport } from '../core/view';
import type { Surface } from './surface';

const HAIRLINE = 'rgb(128 128 128 / 0.8)';

export function drawScreen(
  g: CanvasRenderingContext2D,
  surface: Surface,
  view: View,
  port: Viewport,
): void {
  g.clearRect(0, 0, g.canvas.width, g.canvas.height);
  const { x0, y0, x1, y1 } = visible(view, port, surface.size);
  if (x0 >= x1 || y0 >= y1) return;
  const k = view.k * port.dpr;
  const x = view.x * port.dpr;
  const y = view.y * port.dpr;
  const { source, cells } = surface.at(k);
  g.imageSmoothingEnabled = k < 1;
  g.drawImage(
    source,
    x0 / cells,
    y0 / cells,
    (x1 - x0) / cells,
    (y1 - y0) / cells,
    x + x0 * k,
    y + y0 * k,
    (x1 - x0) * k,
    (y1 - y0) * k,
  );
  g.strokeStyle = HAIRLINE;
  g.lineWidth = 1;
  g.strokeRect(x - 0.5, y - 0.5, surface.size.width * k + 1, surface.size.height * k + 1);
}
