// SPDX-License-Identifier: ISC
// A layer: something that is drawn over the picture, all of them on one canvas, which is drawn anew
// whenever one of them changed.

import type { View, Viewport } from '../core/view';

/** How the plane is looked at while a layer draws. */
export interface Look {
  readonly g: CanvasRenderingContext2D;
  /** In CSS pixels, as everywhere. */
  readonly view: View;
  readonly port: Viewport;
  /** The scale and the place of the plane's origin in device pixels: cell x is at x * k + left. */
  readonly k: number;
  readonly left: number;
  readonly top: number;
  /** The time of this frame, as of performance.now(). */
  readonly now: number;
}

export interface Layer {
  /** Whether it moves by itself and wants to be drawn in the next frame too. */
  draw(look: Look): boolean;
}

/** From the lowest to the highest. */
export const SLOTS = [
  'regions',
  'grid',
  'grown',
  'pending',
  'template',
  'staff',
  'aim',
  'reticle',
  'loupe',
] as const;
export type Slot = (typeof SLOTS)[number];
