// SPDX-License-Identifier: ISC
// Moving: where the view goes, and the link that leads there. Intents.

import type { Cell, Rect, Size } from '../core/edit';
import type { Position } from '../core/info';
import { formatLink, parseLink, parseMoment } from '../core/link';
import { areaOf } from '../core/plane';
import { templatePart } from '../core/template/part';
import {
  cellAt,
  clamp,
  CLOSE_K,
  follow,
  lookAt,
  PLACE_K,
  recentre,
  step,
  visible,
  type Point,
  type View,
} from '../core/view';
import { t } from '../texts';
import { announceReticle } from './announce';
import { atHome, camera, home, insets, middle, middleCell, stage } from './canvas';
import { embedded } from './embed';
import * as events from './events';
import { invalidate } from './invalidate';
import { plane } from './live';
import { setReticle } from './placing';
import * as state from './state';
import { hint } from './statusline';

/** The view rests for so long before canvases are connected and let go of. */
const LOOK_MS = 150;
/** How far a key moves the view of the past, in CSS pixels. */
const PAN_PX = 64;

/** The version that is to be seen, where that is of the past; told by the part that knows it. */
export const moment: { get(): number | null } = { get: () => null };

/** The cell at a point of the screen, or null beside the canvases. */
export function cellOf(point: Point): Cell | null {
  const cell = cellAt(camera.view, point);
  return plane.has(cell) ? cell : null;
}

/** Where cells are on the screen, in CSS pixels. */
export function screenOf({ x0, y0, x1, y1 }: Rect): Rect {
  const { k, x, y } = camera.view;
  return { x0: x + x0 * k, y0: y + y0 * k, x1: x + x1 * k, y1: y + y1 * k };
}

/** What of the window is clear of the surfaces, in CSS pixels, and the window's size. */
export function room() {
  const { width, height } = stage.viewport;
  const { top, right, bottom, left } = insets();
  return { x0: left, y0: top, x1: width - right, y1: height - bottom, width, height };
}

export const zoomIn = (): void => zoomStep(1, middle());
export const zoomOut = (): void => zoomStep(-1, middle());
export const showAll = (): void => camera.fly(home());

/** What stands at the window's edges takes more room than before, or less. */
export function roomChanged(): void {
  if (state.info.value && atHome()) camera.set(home());
}

/** Twice as near, or half, about a point of the screen. */
export function zoomStep(direction: 1 | -1, point: Point): void {
  camera.fly(step(camera.goal, direction, point, stage.viewport, state.bounds.value));
}

/** A view of this cell that needs no flight. */
export function jumpTo(cell: Cell, scale: number): void {
  camera.set(lookAt(cell, scale, middle(), stage.viewport, state.bounds.value));
}

/** So near that one can place, with the cell where this point is. */
export function flyIn(cell: Cell, point: Point = middle()): void {
  camera.fly(lookAt(cell, CLOSE_K, point, stage.viewport, state.bounds.value));
}

/** Shows a part of the plane, in the middle. */
export function flyTo({ x0, y0, x1, y1 }: Rect): void {
  const cell = { x: Math.floor((x0 + x1) / 2), y: Math.floor((y0 + y1) / 2) };
  const { width, height } = stage.viewport;
  const scale = Math.min(CLOSE_K, width / 2 / (x1 - x0), height / 2 / (y1 - y0));
  camera.fly(lookAt(cell, Math.max(1, scale), middle(), stage.viewport, state.bounds.value));
}

/** Moves the reticle by so many cells, and the view with it; where there is none, the view. */
export function move(dx: number, dy: number): void {
  const bounds = state.bounds.value;
  if (state.inPast.value || embedded) {
    const { k, x, y } = camera.goal;
    const by = { k, x: x - dx * PAN_PX, y: y - dy * PAN_PX };
    return camera.set(clamp(by, stage.viewport, bounds));
  }
  const { reticle } = state;
  const from = reticle.value ?? middleCell();
  const moved = reticle.value !== null;
  const x = from.x + (moved ? dx : 0);
  const y = from.y + (moved ? dy : 0);
  const cell = {
    x: Math.min(bounds.x1 - 1, Math.max(bounds.x0, x)),
    y: Math.min(bounds.y1 - 1, Math.max(bounds.y0, y)),
  };
  setReticle(cell, false);
  if (camera.goal.k < PLACE_K) flyIn(cell);
  else camera.set(follow(camera.goal, cell, stage.viewport, insets(), bounds));
  announceReticle();
}

/** Goes where the address says, if it names a place. */
export function followPlace(): void {
  const place = parseLink(location.hash);
  if (place) jumpTo(place, place.scale);
}

/** The address does not name a moment any more. */
export function forgetMoment(): void {
  const place = parseLink(location.hash);
  if (!place || parseMoment(location.hash) === null) return;
  history.replaceState(null, '', formatLink(place) + templatePart(location.hash));
}

/** The link to what one sees: place, scale, moment and template. It goes to the address bar. */
export function linkHere(cell: Cell = state.reticle.value ?? cellAt(camera.view, middle())): string {
  const place = formatLink({ ...cell, scale: camera.view.k }, moment.get());
  const link = new URL(place + templatePart(location.hash), location.href);
  history.replaceState(null, '', link);
  return link.href;
}

/** The same, and where that is allowed to the clipboard. */
export function copyLink(cell?: Cell): void {
  const link = linkHere(cell);
  const copied = navigator.clipboard?.writeText(link) ?? Promise.reject();
  copied.then(
    () => hint.say(t().view.linkCopied),
    () => hint.say(t().view.linkInBar),
  );
}

/** The same view in the window as it is now: what one aims at stays in it. */
function resized(view: View, before: Size): View {
  const { viewport } = stage;
  const bounds = state.bounds.value;
  const cell = state.reticle.value;
  if (cell && state.centred.value) return lookAt(cell, view.k, middle(), viewport, bounds);
  const same = recentre(view, before, viewport, bounds);
  return cell ? follow(same, cell, viewport, insets(), bounds) : same;
}

/** The first cell of a canvas, in words. */
function cornerOf(at: Position): string {
  const { x0, y0 } = areaOf(at, state.info.value!);
  return `${x0}, ${y0}`;
}

/** Keeps looking at the right part of the plane when the view, the window or the plane changes. */
export function watchMoving(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => plane.look(visible(camera.view, stage.viewport));
  events.viewed.listen(() => {
    clearTimeout(timer);
    timer = setTimeout(look, LOOK_MS);
  });
  events.ready.listen(() => {
    camera.set(home());
    followPlace();
    look();
  });
  events.planeChanged.listen((grown) => {
    const [first] = grown;
    if (first) hint.say(t().page.grown(cornerOf(first)));
    const home_ = atHome();
    camera.resized();
    if (home_) camera.fly(home());
    invalidate('view');
  });
  events.resized.listen((before) => {
    camera.resized();
    camera.set(atHome() ? home() : resized(camera.goal, before));
  });
  events.begunAnew.listen(() => hint.say(t().page.begunAnew));
}
