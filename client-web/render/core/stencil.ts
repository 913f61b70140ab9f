// SPDX-License-Identifier: ISC
// The stencils of an image: their names, and the link that opens the canvas with one over it.

export interface StencilChoice {
  /** In pixels; null: as it comes. */
  readonly width: number | null;
  readonly dither: boolean;
}

export const WIDTH_MOST = 1000;

/** The operation's name. Dithered ones always name their width. */
export function stencilOp({ width, dither }: StencilChoice): string {
  if (width === null) return 'stencil';
  return dither ? `stencil-${width}-dither` : `stencil-${width}`;
}

/** As large as it comes: within a square of 100, never enlarged. */
export function widthOf({ width, height }: { width: number; height: number }): number {
  const by = Math.min(1, 100 / Math.max(width, height, 1));
  return Math.max(1, Math.round(width * by));
}

/** What Pxls and its like call these values; the place is chosen on the canvas. */
export function canvasLink(canvas: string, template: string, width: number, title: string): string {
  const link = new URL(canvas);
  link.hash = new URLSearchParams({ template, tw: String(width), title }).toString();
  return link.href;
}
