// SPDX-License-Identifier: ISC
// The window's two canvases put together: what is drawn of the plane, and the camera that looks at it.

import { effect } from '@preact/signals';
import type { Cell, Rect } from '../core/edit';
import type { Position } from '../core/info';
import { areaOf, canvasOf, nameOf, pictureOf } from '../core/plane';
import { insetsFor, middleOf } from '../core/room';
import { cellAt, fit, type Insets, type Point, type View } from '../core/view';
import { AimLayer } from '../layers/aim';
import { PendingLayer } from '../layers/pending';
import { ReticleLayer } from '../layers/reticle';
import type { Scenery } from '../layers/screen';
import { Stage, type Scene } from '../layers/stage';
import type { Surface } from '../layers/surface';
import { Camera } from './camera';
import { deckBox, withBar } from './dock';
import * as events from './events';
import { onInvalid } from './invalidate';
import { plane, stills, surfaces } from './live';
import * as placing from './placing';
import * as state from './state';
import { lineEnd } from './stroke';

/** So many canvases without a board may each be shown by a picture of its own. */
const FEW = 8;
const NOTHING = new Map<string, never>();

/** What a part of the page shows instead of the present: the past. */
export interface Showing {
  readonly active: boolean;
  /** Moves by itself, or under a hand. */
  readonly moving: boolean;
  readonly playing: boolean;
  scenery(present: Scenery): Scenery;
  /** Brings what is shown up to date, once a frame; whether anything had changed. */
  update(now: number): boolean;
  /** Where something stands in the palette's place. */
  readonly dock: DOMRect;
}

let showing: Showing | null = null;

export function show(other: Showing): void {
  showing = other;
}

export const screen = document.getElementById('screen') as HTMLCanvasElement;
export const marks = document.getElementById('marks') as HTMLCanvasElement;

const calm = matchMedia('(prefers-reduced-motion: reduce)');

export const stage = new Stage(screen, marks, {
  scene,
  update,
  resized: windowChanged,
  frame: (now) => camera.frame(now),
});

export const camera = new Camera({
  bounds: () => state.bounds.value,
  port: () => stage.viewport,
  changed: () => {
    stage.invalidate('view');
    events.viewed.tell();
  },
  request: () => stage.request(),
  now: () => performance.now(),
  calm: () => calm.matches,
});

/** The view that showed everything when it was last asked for. */
let lastHome: View | null = null;

/** What the dock covers: the bottom of the window, or its right edge on a phone on its side. */
export function insets(): Insets {
  const { viewport } = stage;
  const dock = showing?.active ? withBar(showing.dock) : deckBox(viewport.height);
  return insetsFor(dock, viewport);
}

/** The view that shows everything. */
export const everything = (): View => fit(stage.viewport, insets(), state.bounds.value);

/** The same, for the camera to go there: then it is at home. */
export function home(): View {
  lastHome = everything();
  return lastHome;
}

/** Whether everything is shown, and nobody has moved the view since. */
export const atHome = (): boolean => camera.goal === lastHome;

/** The middle of what the surfaces leave of the window. */
export const middle = (): Point => middleOf(stage.viewport, insets());

/** The cell in the middle of where the view is, or where it is flying to. */
export const middleCell = () => cellAt(camera.goal, middle());

/** What there is to draw now; null while nothing is known. */
export function scene(): Scene | null {
  const info = state.info.value;
  if (!info) return null;
  const drawn = new Map<string, Surface | null>();
  for (const client of plane.live) {
    drawn.set(nameOf(client.at), (client.drawn && surfaces.get(client)) || null);
  }
  const present: Scenery = {
    size: info,
    canvases: info.canvases,
    surfaces: drawn,
    stills,
    pathOf: (at, level) => (level > 0 ? `t/${level}/${at.x}/${at.y}.png` : pictureOf(at)),
    few: FEW,
    overlays: NOTHING,
  };
  return {
    scenery: showing?.scenery(present) ?? present,
    view: camera.view,
    moving: camera.moving,
    changing: showing?.moving === true,
    playing: showing?.playing === true,
  };
}

/** The canvas that a cell is on, as it is shown; null while there is no board of it here. */
export function shownCanvas(cell: Cell): { at: Position; image: ImageData } | null {
  const info = state.info.value;
  const at = info && canvasOf(cell, info);
  const surface = at && scene()?.scenery.surfaces.get(nameOf(at));
  return surface ? { at, image: surface.image } : null;
}

function update(now: number): readonly Rect[] | boolean {
  const changes: Rect[] = [];
  for (const [client, surface] of surfaces) {
    const { x0, y0 } = areaOf(client.at, client.board!);
    for (const r of surface.update(client.board!)) {
      changes.push({ x0: x0 + r.x0, y0: y0 + r.y0, x1: x0 + r.x1, y1: y0 + r.y1 });
    }
  }
  if (!showing?.active) return changes;
  const moved = showing.update(now);
  if (moved) state.boards.value = state.boards.peek() + 1;
  return moved;
}

function windowChanged(before: { width: number; height: number }): void {
  state.viewport.value = stage.viewport;
  if (state.info.value) events.resized.tell(before);
}

/** Begins to draw, and draws again whenever something changed that is drawn. */
export function watchCanvas(): void {
  state.viewport.value = stage.viewport;
  onInvalid((what) => stage.invalidate(what));
  stage.set('pending', new PendingLayer(placing));
  stage.set('aim', new AimLayer(lineEnd));
  stage.set('reticle', new ReticleLayer(placing.closedAt));
  effect(() => {
    for (const seen of [state.hover, state.reticle, state.line, state.colour]) seen.value;
    for (const seen of [state.closed, state.inPast, state.overdue, state.loupe]) seen.value;
    stage.invalidate('layers');
  });
  effect(() => {
    state.own.value;
    stage.invalidate('own');
  });
  effect(() => {
    state.bounds.value;
    state.inPast.value;
    stage.invalidate('view');
  });
}
