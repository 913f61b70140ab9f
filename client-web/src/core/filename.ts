// SPDX-License-Identifier: ISC
// What the files are called that hold what a link leads to.

import type { Position } from './info';
import { scaleText, type Place } from './link';

const ending = (version: number | null): string => (version === null ? '' : `_v${version}`);

/** What the picture of a view is called: the cell in its middle, its scale, and its version. */
export const viewFile = ({ x, y, scale }: Place, version: number | null): string =>
  `placed_x${x}_y${y}_${scaleText(scale)}x${ending(version)}.png`;

/** What the picture of a whole canvas is called. */
export const canvasFile = ({ x, y }: Position, version: number | null): string =>
  `placed_canvas_${x}_${y}${ending(version)}.png`;
