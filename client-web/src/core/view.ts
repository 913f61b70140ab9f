// SPDX-License-Identifier: ISC
// The view: an immutable {k, x, y}. A point p of the plane is on the screen at p * k + (x, y), in CSS
// pixels. All the arithmetic of looking, no DOM. `bounds` is what there is to look at. Any scale will do:
// it is what the fingers made it.

import type { Cell, Rect, Size } from './edit';

export interface View {
  readonly k: number;
  readonly x: number;
  readonly y: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The window, and how many device pixels there are to a CSS pixel. */
export interface Viewport extends Size {
  readonly dpr: number;
}

/** Room that the surfaces at the window's edges take; fitting keeps clear of it. */
export interface Insets {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

/** Ten notches of the wheel lead here from what a click flies in to. */
export const MAX_K = 100;
/** From this many screen pixels a cell on, a click can mean one cell. */
export const PLACE_K = 4;
/** What a click from farther away flies in to. */
export const CLOSE_K = 16;

const between = (low: number, v: number, high: number): number => Math.min(high, Math.max(low, v));

/** The cell of the plane under a point of the screen. */
export function cellAt(view: View, point: Point): Cell {
  const x = Math.floor((point.x - view.x) / view.k);
  const y = Math.floor((point.y - view.y) / view.k);
  return { x, y };
}

/** The part of the plane that the window shows, in whole cells. */
export function visible(view: View, port: Size): Rect {
  return {
    x0: Math.floor(-view.x / view.k),
    y0: Math.floor(-view.y / view.k),
    x1: Math.ceil((port.width - view.x) / view.k),
    y1: Math.ceil((port.height - view.y) / view.k),
  };
}

export const within = (cell: Cell, r: Rect): boolean =>
  cell.x >= r.x0 && cell.y >= r.y0 && cell.x < r.x1 && cell.y < r.y1;

const sizeOf = (r: Rect): Size => ({ width: r.x1 - r.x0, height: r.y1 - r.y0 });

/** Keeps the picture from getting lost: the window's centre is always within the bounds. */
export function clamp(view: View, port: Size, bounds: Rect): View {
  const { k } = view;
  const x = between(port.width / 2 - bounds.x1 * k, view.x, port.width / 2 - bounds.x0 * k);
  const y = between(port.height / 2 - bounds.y1 * k, view.y, port.height / 2 - bounds.y0 * k);
  return x === view.x && y === view.y ? view : { k: view.k, x, y };
}

/** All there is, as large as it can be and centred in what the insets leave of the window. */
export function fit(port: Size, insets: Insets, bounds: Rect): View {
  const width = Math.max(1, port.width - insets.left - insets.right);
  const height = Math.max(1, port.height - insets.top - insets.bottom);
  const size = sizeOf(bounds);
  const k = Math.min(MAX_K, width / size.width, height / size.height);
  const x = insets.left + (width - size.width * k) / 2 - bounds.x0 * k;
  const y = insets.top + (height - size.height * k) / 2 - bounds.y0 * k;
  return clamp({ k, x, y }, port, bounds);
}

/** What was in the middle of the window stays there when the window's size changes. */
export function recentre(view: View, before: Size, port: Size, bounds: Rect): View {
  const x = view.x + (port.width - before.width) / 2;
  const y = view.y + (port.height - before.height) / 2;
  return clamp({ k: view.k, x, y }, port, bounds);
}

/** The smallest scale one can zoom to: half of what shows all there is. */
export function minK(port: Size, bounds: Rect): number {
  const size = sizeOf(bounds);
  return Math.min(0.5, port.width / size.width, port.height / size.height) / 2;
}

/** A scale that one can zoom to. */
export const limited = (k: number, port: Size, bounds: Rect): number =>
  between(minK(port, bounds), k, MAX_K);

/** A new scale with one point of the screen held still. */
export function scaleAbout(view: View, k: number, point: Point): View {
  const by = k / view.k;
  return { k, x: point.x - (point.x - view.x) * by, y: point.y - (point.y - view.y) * by };
}

/** So many times as large about a point of the screen, as far as one can zoom. */
export function zoomAbout(view: View, by: number, point: Point, port: Size, bounds: Rect): View {
  return clamp(scaleAbout(view, limited(view.k * by, port, bounds), point), port, bounds);
}

export function pan(view: View, dx: number, dy: number, port: Size, bounds: Rect): View {
  return clamp({ k: view.k, x: view.x + dx, y: view.y + dy }, port, bounds);
}

/** One step in (+1) or out (-1): twice or half. */
export function step(view: View, direction: 1 | -1, point: Point, port: Size, bounds: Rect): View {
  return zoomAbout(view, 2 ** direction, point, port, bounds);
}

/** A view at this scale with the middle of a cell at a point of the screen. */
export function lookAt(cell: Cell, scale: number, point: Point, port: Size, bounds: Rect): View {
  const k = limited(scale, port, bounds);
  const x = point.x - (cell.x + 0.5) * k;
  const y = point.y - (cell.y + 0.5) * k;
  return clamp({ k, x, y }, port, bounds);
}

/** The least movement that shows the whole cell clear of the insets. */
export function follow(view: View, cell: Cell, port: Size, insets: Insets, bounds: Rect): View {
  const left = cell.x * view.k + view.x;
  const top = cell.y * view.k + view.y;
  const x = between(insets.left, left, Math.max(insets.left, port.width - insets.right - view.k));
  const y = between(insets.top, top, Math.max(insets.top, port.height - insets.bottom - view.k));
  if (x === left && y === top) return view;
  return pan(view, x - left, y - top, port, bounds);
}
