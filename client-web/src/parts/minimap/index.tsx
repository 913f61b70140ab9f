// SPDX-License-Identifier: ISC
// The overview: the whole plane, small, and the frame of the view on it. It is made from what the
// page has anyway and asks for nothing; the picture is drawn again at most twice a second and only
// when something changed, the frame is moved by itself.

import './minimap.css';
import { effect } from '@preact/signals';
import { camera, insets, scene } from '../../app/canvas';
import { focusCanvas } from '../../app/parts';
import * as state from '../../app/state';
import { centred, centreOf, frameOf, inFrame, overview, planePoint, stepped } from '../../core/minimap';
import type { Point } from '../../core/view';
import { Screen } from '../../layers/screen';
import { t } from '../../texts';
import { make } from '../../ui/dom';
import '../../texts/enparts';

const SIDE = 144;
const SIDE_SMALL = 96;
/** Windows narrower than this, or lower, have room for a small one only. */
const NARROW = 560;
const LOW = 480;
const REDRAW_MS = 500;

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const picture = make('canvas', { ariaHidden: 'true' });
const frame = make('div', { id: 'minimap-frame' });
const root = make('div', { id: 'minimap', className: 'surface', tabIndex: 0, hidden: true }, picture, frame);
const screen = new Screen();
const g = picture.getContext('2d')!;
let timer: ReturnType<typeof setTimeout> | undefined;
let drawnAt = -Infinity;

function layout() {
  const { width, height } = state.viewport.value;
  return overview(state.bounds.value, width < NARROW || height < LOW ? SIDE_SMALL : SIDE);
}

function draw(): void {
  timer = undefined;
  // A hidden page catches up when somebody looks.
  if (document.hidden) return;
  const now = scene();
  if (!now) return;
  drawnAt = performance.now();
  const { scale, width, height } = layout();
  const { x0, y0, x1, y1 } = state.bounds.value;
  const { dpr } = state.viewport.value;
  picture.width = Math.round(width * dpr);
  picture.height = Math.round(height * dpr);
  const x = (width - (x1 - x0) * scale) / 2 - x0 * scale;
  const y = (height - (y1 - y0) * scale) / 2 - y0 * scale;
  const { stills } = now.scenery;
  const here = { get: (path: string) => stills.peek(path), peek: (path: string) => stills.peek(path) };
  // Each canvas by its own picture, as far as it is here.
  screen.draw(g, { ...now.scenery, stills: here, few: Infinity }, { k: scale, x, y }, { width, height, dpr }, true);
}

function drawSoon(): void {
  timer ??= setTimeout(draw, Math.max(0, drawnAt + REDRAW_MS - performance.now()));
}

function place(): void {
  const map = layout();
  const { x0, y0, x1, y1 } = frameOf(state.view.value, state.viewport.value, state.bounds.value, map);
  Object.assign(root.style, { width: `${map.width + 2}px`, height: `${map.height + 2}px` });
  frame.style.transform = `translate(${x0}px, ${y0}px)`;
  Object.assign(frame.style, { width: `${x1 - x0}px`, height: `${y1 - y0}px` });
}

/** Where on the overview something happened. */
function pointOf({ clientX, clientY }: PointerEvent): Point {
  const { left, top } = picture.getBoundingClientRect();
  return { x: clientX - left, y: clientY - top };
}

/** What is held, as seen from the middle of the view, in cells. */
let grip: Point | null = null;

function follow(event: PointerEvent): void {
  if (!grip) return;
  const at = planePoint(pointOf(event), state.bounds.value, layout());
  const { viewport, bounds } = state;
  const to = { x: at.x - grip.x, y: at.y - grip.y };
  camera.set(centred(camera.view, to, viewport.value, insets(), bounds.value));
}

function listen(): void {
  root.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    const { view, viewport, bounds } = state;
    const map = layout();
    const point = pointOf(event);
    const at = planePoint(point, bounds.value, map);
    const centre = centreOf(view.value, viewport.value, insets());
    const held = inFrame(point, frameOf(view.value, viewport.value, bounds.value, map));
    grip = held ? { x: at.x - centre.x, y: at.y - centre.y } : { x: 0, y: 0 };
    root.setPointerCapture(event.pointerId);
    follow(event);
  });
  root.addEventListener('pointermove', follow);
  for (const end of ['pointerup', 'pointercancel'] as const) {
    root.addEventListener(end, () => (grip = null));
  }
  root.addEventListener('keydown', (event) => {
    const by = ARROWS[event.key];
    if (event.key === 'Escape') focusCanvas();
    else if (by) camera.set(stepped(camera.goal, ...by, state.viewport.value, state.bounds.value));
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

let stop: (() => void) | null = null;

/** Shows or hides it; hidden, it does nothing. */
export function showMinimap(shown: boolean): void {
  if (shown === !root.hidden) return;
  root.hidden = !shown;
  stop?.();
  stop = null;
  if (!shown) return;
  const stops = [
    effect(place),
    effect(() => {
      for (const seen of [state.boards, state.info, state.bounds, state.viewport, state.inPast]) seen.value;
      drawSoon();
    }),
  ];
  document.addEventListener('visibilitychange', drawSoon);
  stop = () => {
    for (const end of stops) end();
    document.removeEventListener('visibilitychange', drawSoon);
    clearTimeout(timer);
    timer = undefined;
  };
}

root.setAttribute('role', 'application');
root.setAttribute('aria-label', t().minimap.name);
picture.addEventListener('contextrestored', drawSoon);
listen();
document.getElementById('zoom')!.before(root);
