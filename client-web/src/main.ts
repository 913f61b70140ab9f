// SPDX-License-Identifier: ISC
// The page put together: the one place that knows every part.

import type { Cell } from './core/edit';
import type { Info } from './core/info';
import {
  cellAt,
  CLOSE_K,
  fit,
  follow,
  lookAt,
  PLACE_K,
  recentre,
  step,
  type Insets,
  type Point,
  type View,
} from './core/view';
import { Client } from './net/client';
import { Hint } from './ui/hint';
import { watchKeyboard } from './ui/keyboard';
import { Palette } from './ui/palette';
import { Placing } from './ui/placing';
import { watchPointer } from './ui/pointer';
import { Stage } from './ui/stage';
import { Status } from './ui/status';
import { Surface } from './ui/surface';
import { Where } from './ui/where';
import { Zoom } from './ui/zoom';

/** Kept free around the fitted board and the reticle, beside what the surfaces take. */
const MARGIN = 16;
const TOP = 56;

function element<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

const marksCanvas = element<HTMLCanvasElement>('marks');
let info: Info | null = null;
let surface: Surface | null = null;
let palette: Palette | null = null;
let zoom: Zoom | null = null;
/** The view that showed everything when it was last asked for. */
let lastHome: View | null = null;

const client = new Client(new URL('.', location.href), makeSurface, {
  ready,
  board: () => stage.touchBoard(),
  pending: () => stage.touchMarks(),
  status: () => {
    status.show(client.sync.state, client.online);
    placing.update();
  },
  refused: (edits, reason) => placing.refused(edits, reason),
});
const status = new Status({
  dot: element('dot'),
  people: element('people'),
  banner: element('banner'),
  text: element('banner-text'),
  wait: element('banner-wait'),
});
const hint = new Hint(element('hint'));
const where = new Where(element('where'), element('announcer'));
const stage = new Stage(element<HTMLCanvasElement>('screen'), marksCanvas, client, () =>
  surface && zoom ? { surface, view: zoom.view, marks: marks() } : null,
);
const placing = new Placing(
  client,
  () => palette,
  hint,
  element<HTMLButtonElement>('place'),
  () => {
    stage.touchMarks();
    if (zoom) where.show(placing.hover ?? placing.reticle, zoom.view.k);
  },
);

function makeSurface(size: Info): ArrayBufferLike {
  surface = new Surface(size);
  return surface.image.data.buffer;
}

/** The canvas is known: the controls that depend on it can be there. */
function ready(known: Info): void {
  info = known;
  palette = new Palette(
    element('palette'),
    known.palette,
    () => placing.update(),
    () => marksCanvas.focus({ preventScroll: true }),
  );
  zoom = new Zoom(marksCanvas, known, () => stage.viewport, viewChanged);
  zoom.set(home(known));
  watchPointer(marksCanvas, { hover, click, tap });
  watchKeyboard({
    move,
    place: () => placing.placeAtReticle(),
    colour: (index) => palette!.choose(index),
    stepColour: (by) => palette!.step(by),
    zoom: zoomStep,
    fit: () => zoom!.fly(home(known)),
    leave: () => placing.setReticle(null, false),
  });
  element('zoom-in').addEventListener('click', () => zoomStep(1));
  element('zoom-out').addEventListener('click', () => zoomStep(-1));
  element('zoom-fit').addEventListener('click', () => zoom!.fly(home(known)));
}

function marks() {
  const rgb = info!.palette.map((colour) => colour.rgb);
  return {
    pending: client.pending,
    fading: placing.fading,
    hover: placing.hover,
    reticle: placing.reticle,
    colour: palette!.colour === null ? null : rgb[palette!.colour]!,
    palette: rgb,
  };
}

/** What the dock covers: the bottom of the window, or its right edge on a phone on its side. */
function insets(): Insets {
  const dock = element('palette').getBoundingClientRect();
  const { width, height } = stage.viewport;
  const atSide = dock.height > height / 2;
  return {
    top: atSide ? MARGIN : TOP,
    left: MARGIN,
    right: MARGIN + (atSide ? width - dock.left : 0),
    bottom: MARGIN + (atSide ? 0 : height - dock.top),
  };
}

function home(size: Info): View {
  lastHome = fit(stage.viewport, insets(), size);
  return lastHome;
}

function middle(): Point {
  const { width, height } = stage.viewport;
  const { top, right, bottom, left } = insets();
  return { x: (left + width - right) / 2, y: (top + height - bottom) / 2 };
}

function viewChanged(): void {
  stage.touchView();
  where.show(placing.hover ?? placing.reticle, zoom!.view.k);
}

function zoomStep(direction: 1 | -1): void {
  zoom!.fly(step(zoom!.goal, direction, middle(), stage.viewport, info!));
}

function flyIn(cell: Cell, point: Point): void {
  zoom!.fly(lookAt(cell, CLOSE_K, point, stage.viewport, info!));
}

function hover(point: Point | null): void {
  placing.setHover(point && cellAt(zoom!.view, point, info!));
}

function click(point: Point): void {
  const cell = cellAt(zoom!.view, point, info!);
  if (!cell) return;
  if (zoom!.view.k < PLACE_K) return flyIn(cell, point);
  placing.setReticle(null, false);
  placing.setHover(cell);
  placing.place(cell);
}

function tap(point: Point): void {
  const cell = cellAt(zoom!.view, point, info!);
  if (!cell) return placing.setReticle(null, false);
  const again = cell.x === placing.reticle?.x && cell.y === placing.reticle.y;
  if (zoom!.view.k < PLACE_K) flyIn(cell, point);
  else if (again) return placing.placeAtReticle();
  placing.setReticle(cell, true);
  announce();
}

function move(dx: number, dy: number): void {
  const { width, height } = info!;
  const from = placing.reticle ?? cellAt(zoom!.goal, middle(), info!);
  const moved = placing.reticle !== null;
  const x = (from?.x ?? width >> 1) + (moved ? dx : 0);
  const y = (from?.y ?? height >> 1) + (moved ? dy : 0);
  const cell = {
    x: Math.min(width - 1, Math.max(0, x)),
    y: Math.min(height - 1, Math.max(0, y)),
  };
  placing.setReticle(cell, false);
  if (zoom!.goal.k < PLACE_K) flyIn(cell, middle());
  else zoom!.set(follow(zoom!.goal, cell, stage.viewport, insets(), info!));
  announce();
}

function announce(): void {
  where.announce(() => {
    const cell = placing.reticle;
    if (!cell) return '';
    const colour = client.pending.at(cell.x, cell.y) ?? client.board!.at(cell.x, cell.y);
    return `x ${cell.x}, y ${cell.y}, ${info!.palette[colour]?.name ?? `colour ${colour}`}`;
  });
}

function resize(): void {
  const before = stage.viewport;
  stage.resize();
  if (!zoom || !info) return;
  zoom.resized();
  const atHome = zoom.goal === lastHome;
  zoom.set(atHome ? home(info) : recentre(zoom.goal, before, stage.viewport, info));
}

window.addEventListener('resize', resize);
window.addEventListener('online', () => client.probe());
window.addEventListener('offline', () => client.probe());
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) client.probe();
});
element('try-now').addEventListener('click', () => client.sync.retryNow());

/** For the browser's console and the browser tests; see README.md. */
const handle = {
  client,
  lookAt: (x: number, y: number, k: number) =>
    zoom!.set(lookAt({ x, y }, k, middle(), stage.viewport, info!)),
  get view(): View {
    return zoom!.view;
  },
};
export type Handle = typeof handle;
Object.assign(window, { placed: handle });

client.start();
