// SPDX-License-Identifier: ISC
// The overview's arithmetic: all there is, small; where on it the view is; and the view that
// somebody means who points at it. A point p of the plane is at (p - bounds) * scale.

import type { Rect, Size } from './edit';
import { clamp, type Insets, type Point, type View, type Viewport } from './view';

export interface Overview extends Size {
  /** CSS pixels a cell. */
  readonly scale: number;
}

/** The frame of a view is never smaller than this, so that it can be seen and taken hold of. */
const FRAME_MIN = 8;
/** How far an arrow key goes, as a part of what is in view. */
const STEP = 1 / 8;
/** Planes longer than this are not made thinner than a finger. */
const THIN = 0.25;

/** As large as fits into a square, in whole pixels. */
export function overview(bounds: Rect, most: number): Overview {
  const width = bounds.x1 - bounds.x0;
  const height = bounds.y1 - bounds.y0;
  const scale = most / Math.max(width, height);
  const side = (cells: number): number => Math.max(Math.round(most * THIN), Math.round(cells * scale));
  return { scale, width: side(width), height: side(height) };
}

/** What of the window the view has for itself. */
function room(port: Size, { top, right, bottom, left }: Insets): Rect {
  return { x0: left, y0: top, x1: Math.max(left + 1, port.width - right), y1: Math.max(top + 1, port.height - bottom) };
}

/** Where on the overview the view is; within it, as far as it goes. */
export function frameOf(view: View, port: Size, bounds: Rect, { scale, width, height }: Overview): Rect {
  const side = (from: number, to: number, start: number, most: number): [number, number] => {
    let [low, high] = [(from - start) * scale, (to - start) * scale];
    const missing = FRAME_MIN - (high - low);
    if (missing > 0) [low, high] = [low - missing / 2, high + missing / 2];
    low = Math.min(Math.max(0, low), most - Math.min(FRAME_MIN, most));
    high = Math.max(Math.min(most, high), Math.min(FRAME_MIN, most));
    return [low, high];
  };
  const [x0, x1] = side(-view.x / view.k, (port.width - view.x) / view.k, bounds.x0, width);
  const [y0, y1] = side(-view.y / view.k, (port.height - view.y) / view.k, bounds.y0, height);
  return { x0, y0, x1, y1 };
}

/** The point of the plane under one of the overview. */
export const planePoint = ({ x, y }: Point, bounds: Rect, { scale }: Overview): Point => ({
  x: bounds.x0 + x / scale,
  y: bounds.y0 + y / scale,
});

/** What the middle of the room shows. */
export function centreOf(view: View, port: Size, insets: Insets): Point {
  const { x0, y0, x1, y1 } = room(port, insets);
  return { x: ((x0 + x1) / 2 - view.x) / view.k, y: ((y0 + y1) / 2 - view.y) / view.k };
}

/** The same view with this point of the plane in the middle of the room. */
export function centred(view: View, at: Point, port: Viewport, insets: Insets, bounds: Rect): View {
  const { x0, y0, x1, y1 } = room(port, insets);
  const to = { k: view.k, x: (x0 + x1) / 2 - at.x * view.k, y: (y0 + y1) / 2 - at.y * view.k };
  return clamp(to, port, bounds);
}

/** The same view, moved by a key: by a part of what is in view. */
export function stepped(view: View, dx: number, dy: number, port: Viewport, bounds: Rect): View {
  const to = { k: view.k, x: view.x - dx * STEP * port.width, y: view.y - dy * STEP * port.height };
  return clamp(to, port, bounds);
}

/** Whether a point is in the frame, which is then dragged and does not jump. */
export const inFrame = ({ x, y }: Point, frame: Rect): boolean =>
  x >= frame.x0 && y >= frame.y0 && x < frame.x1 && y < frame.y1;
