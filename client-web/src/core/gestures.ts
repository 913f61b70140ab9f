// SPDX-License-Identifier: ISC
// What fingers, pen, mouse and wheel mean: a pure reducer of their events. It keeps what is going on in
// one mode at a time, so that no gesture can fight another, and answers each event with effects.
//
//   press ── moved ──> pan | line | template | stretch        all of these end when the pointer goes up
//     │ └─── 400 ms ─> hold
//     └───── up ─────> click, tap or double tap
//   a second finger ends whatever the first one did: pinch ── one finger up ──> pan

import { glide, moved, NO_TRAIL, type Trail } from './inertia';
import type { Point } from './view';

export type Kind = 'mouse' | 'touch' | 'pen';

/** The browser's numbers of the buttons. */
export const LEFT = 0;
export const MIDDLE = 1;
const RIGHT = 2;
/** And their bits. */
const BITS: Record<number, number> = { [LEFT]: 1, [MIDDLE]: 4, [RIGHT]: 2 };

/** Times are milliseconds on the clock of the browser's events, points are CSS pixels. */
export type GestureEvent =
  | {
      readonly type: 'down';
      readonly id: number;
      readonly kind: Kind;
      readonly point: Point;
      readonly time: number;
      readonly button: number;
      readonly shift: boolean;
      /** The view moves or has only just come to rest: this press may move it and choose nothing. */
      readonly caught: boolean;
      /** There is a template here that can be moved. */
      readonly template: boolean;
    }
  | {
      readonly type: 'move';
      readonly id: number;
      readonly kind: Kind;
      readonly point: Point;
      readonly time: number;
      /** Of the mouse or the pen: which are down, as bits. */
      readonly buttons: number;
    }
  | { readonly type: 'up'; readonly id: number; readonly point: Point; readonly time: number }
  /** The browser took the pointer away. */
  | { readonly type: 'cancel'; readonly id: number }
  /** A mouse or pen is over something else now. */
  | { readonly type: 'leave'; readonly id: number }
  /** A pointer went down on something else than the picture. */
  | { readonly type: 'elsewhere' }
  /** Whatever goes on ends and counts for nothing: the Escape key, or the window lost the focus. */
  | { readonly type: 'abort' }
  | {
      readonly type: 'wheel';
      readonly point: Point;
      readonly time: number;
      readonly dx: number;
      readonly dy: number;
      /** The unit: 0 pixels, 1 lines, 2 pages. */
      readonly mode: number;
      /** The key is down, or it is a trackpad's pinch, which browsers report in this way. */
      readonly ctrl: boolean;
      readonly shift: boolean;
    }
  /** Safari's own report of a trackpad's pinch: by how much it grew. */
  | { readonly type: 'spread'; readonly point: Point; readonly by: number }
  /** The time that `wakeAt` asked for has come. */
  | { readonly type: 'tick'; readonly time: number };

/** What the person chose, and how things are. */
export interface Options {
  /** Dragging with one finger, pen or mouse draws, also without Shift. */
  readonly pencil: boolean;
  /** What two fingers do on a trackpad, apart from pinching. */
  readonly wheel: 'pan' | 'zoom';
}

export type Effect =
  /** The mouse or pen is here; null: nowhere. */
  | { readonly type: 'hover'; readonly point: Point | null }
  /** A pointer went down: a view that moves by itself stops. */
  | { readonly type: 'grab' }
  /** The last pointer went up. `still`: it has moved nothing. */
  | { readonly type: 'release'; readonly still: boolean }
  /** The mouse's or pen's main button went down here, which a click may come of. */
  | { readonly type: 'press'; readonly point: Point }
  /** Mouse and pen click, fingers tap. */
  | { readonly type: 'click'; readonly point: Point }
  | { readonly type: 'tap'; readonly point: Point }
  /** In place of the second click or tap. */
  | { readonly type: 'doubleTap'; readonly point: Point }
  | { readonly type: 'eyedrop'; readonly point: Point }
  | { readonly type: 'pan'; readonly dx: number; readonly dy: number }
  /** The pan ended at this speed, in pixels a second. */
  | { readonly type: 'fling'; readonly vx: number; readonly vy: number }
  | { readonly type: 'zoomAbout'; readonly point: Point; readonly by: number }
  /** A mouse wheel was turned by this many of its pixels; a notch is about a hundred, up is negative. */
  | { readonly type: 'wheel'; readonly point: Point; readonly delta: number }
  | { readonly type: 'holdStart'; readonly point: Point; readonly kind: Kind }
  | { readonly type: 'holdMove'; readonly point: Point }
  /** `moved`: farther than a pointer moves by itself. */
  | {
      readonly type: 'holdEnd';
      readonly point: Point;
      readonly moved: boolean;
      readonly counts: boolean;
    }
  | { readonly type: 'lineStart'; readonly point: Point; readonly kind: Kind }
  | { readonly type: 'lineMove'; readonly point: Point }
  | { readonly type: 'lineEnd'; readonly counts: boolean }
  | { readonly type: 'templateStart'; readonly point: Point }
  | { readonly type: 'templateMove'; readonly point: Point }
  | { readonly type: 'templateEnd'; readonly counts: boolean };

interface Press {
  readonly name: 'press';
  readonly kind: Kind;
  readonly button: number;
  readonly from: Point;
  readonly at: Point;
  readonly time: number;
  readonly caught: boolean;
  /** It came down soon after a tap, and near to it. */
  readonly second: boolean;
  /** What a drag becomes. */
  readonly drag: 'pan' | 'line' | 'template' | 'stretch';
}

type Mode =
  | { readonly name: 'idle' }
  | Press
  /** `throwFrom`: let go before that, it was not thrown. */
  | { readonly name: 'pan'; readonly at: Point; readonly trail: Trail; readonly throwFrom: number }
  | { readonly name: 'line' }
  | { readonly name: 'template' }
  | { readonly name: 'hold'; readonly from: Point; readonly at: Point; readonly moved: boolean; readonly slop: number }
  /** One finger that zooms: it came down as the second tap and is dragged up or down. */
  | { readonly name: 'stretch'; readonly about: Point; readonly y: number }
  | { readonly name: 'pinch' }
  /** It was ended from outside; the pointers that are still down mean nothing any more. */
  | { readonly name: 'spent' };

interface Finger {
  readonly id: number;
  readonly point: Point;
}

export interface Gestures {
  readonly mode: Mode;
  /** The pointers that are down, first come first, all of one kind. */
  readonly fingers: readonly Finger[];
  readonly kind: Kind;
  /** The button that the first one of them went down with. */
  readonly button: number;
  /** Where the mouse or pen was reported last. */
  readonly hover: Point | null;
  /** The last click or tap, while a second one may follow. */
  readonly tapped: { readonly point: Point; readonly time: number; readonly caught: boolean } | null;
  /** What turned the wheel last. */
  readonly wheel: { readonly trackpad: boolean; readonly time: number };
}

export interface Step {
  readonly state: Gestures;
  readonly effects: readonly Effect[];
}

/** Longer than this, two clicks are two clicks. */
export const DOUBLE_MS = 250;
export const HOLD_MS = 400;
/** A pointer that stays within this many pixels has not moved. */
export const SLOP = { mouse: 4, touch: 10, pen: 6 };
/** Two taps farther apart than this are two: neighbouring cells are no farther when one can place. */
const DOUBLE_PX = 12;
/** Browsers report moves in fractions of a pixel, but presses rounded to whole ones. */
const ROUNDED = 1;
/** Nobody lifts both fingers at once: what the last one does for so long is no throw. */
const LIFT_MS = 120;
/** A finger that is dragged this far doubles the scale. */
const STRETCH_PX = 100;
/** Events of a wheel or trackpad that follow each other within this time are of one and the same. */
const SERIES_MS = 400;
/** One notch of a mouse wheel is at least this many pixels in every browser. */
const NOTCH_PX = 40;
/** On macOS, a mouse wheel's events are multiples of this. */
const MAC_NOTCH = 4.000244140625;
const LINE_PX = 100 / 3;
const PAGE_PX = 800;
/** However hard the wheel was turned, one event means no more. */
const WHEEL_MAX = 400;
/** Of a trackpad's pinch: browsers report a hundredth of the logarithm of what it did. */
const PINCH_PX = 100;
/** Of two fingers that zoom by setting: this far doubles the scale. */
const SCROLL_PX = 250;

const IDLE: Mode = { name: 'idle' };
const SPENT: Mode = { name: 'spent' };

export const START: Gestures = {
  mode: IDLE,
  fingers: [],
  kind: 'mouse',
  button: LEFT,
  hover: null,
  tapped: null,
  wheel: { trackpad: false, time: -Infinity },
};

/** When the next tick is wanted, if nothing else happens before. */
export function wakeAt({ mode }: Gestures): number | null {
  if (mode.name !== 'press' || mode.caught || mode.button !== LEFT) return null;
  return mode.drag === 'pan' ? mode.time + HOLD_MS : null;
}

export function reduce(state: Gestures, event: GestureEvent, options: Options): Step {
  switch (event.type) {
    case 'down':
      return down(state, event, options);
    case 'move':
      return move(state, event);
    case 'up':
      return up(state, event);
    case 'cancel':
      return cancel(state, event.id);
    case 'leave':
      if (state.fingers.length > 0 || !state.hover) return { state, effects: [] };
      return { state: { ...state, hover: null }, effects: [{ type: 'hover', point: null }] };
    case 'elsewhere':
      return { state: { ...state, tapped: null }, effects: [] };
    case 'abort':
      return abort(state);
    case 'wheel':
      return wheel(state, event, options);
    case 'spread': {
      // On a touch screen the fingers themselves are known.
      const effects: Effect[] =
        state.fingers.length > 0 ? [] : [{ type: 'zoomAbout', point: event.point, by: event.by }];
      return { state, effects };
    }
    case 'tick':
      return tick(state, event.time);
  }
}

type Down = Extract<GestureEvent, { type: 'down' }>;
type Move = Extract<GestureEvent, { type: 'move' }>;
type Up = Extract<GestureEvent, { type: 'up' }>;
type Wheel = Extract<GestureEvent, { type: 'wheel' }>;

const apart = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);
const between = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** The place of a press or release, as precisely as the last move reported it. */
function precise({ hover }: Gestures, kind: Kind, { x, y }: Point): Point {
  const same =
    kind !== 'touch' &&
    hover !== null &&
    Math.abs(hover.x - x) <= ROUNDED &&
    Math.abs(hover.y - y) <= ROUNDED;
  return same ? hover : { x, y };
}

/** How a mode ends that was ended by something else than its own pointer going up. */
function ended(mode: Mode): Effect[] {
  if (mode.name === 'line') return [{ type: 'lineEnd', counts: false }];
  if (mode.name === 'template') return [{ type: 'templateEnd', counts: false }];
  if (mode.name === 'hold') {
    return [{ type: 'holdEnd', point: mode.at, moved: mode.moved, counts: false }];
  }
  return [];
}

function down(before: Gestures, event: Down, options: Options): Step {
  const { id, kind, time, button, caught } = event;
  let state = before;
  const effects: Effect[] = [];
  if (state.fingers.some((finger) => finger.id === id)) {
    // That it went up was never reported.
    const lost = cancel(state, id);
    state = lost.state;
    effects.push(...lost.effects);
  }
  if (state.fingers.length > 0 && kind !== state.kind) {
    // The hand that holds the pen rests on the screen; the pen is what is meant.
    if (kind !== 'pen') return { state, effects };
    effects.push(...ended(state.mode));
    state = { ...state, fingers: [], mode: IDLE };
  }
  const at = precise(state, kind, event.point);
  const fingers = [...state.fingers, { id, point: at }];
  state = { ...state, kind, fingers };
  if (fingers.length > 1) {
    if (state.mode.name === 'pinch' || state.mode.name === 'spent') return { state, effects };
    effects.push(...ended(state.mode));
    return { state: { ...state, mode: { name: 'pinch' }, tapped: null }, effects };
  }
  effects.push({ type: 'grab' });
  const hover = kind === 'touch' ? null : at;
  if (hover || state.hover) effects.push({ type: 'hover', point: hover });
  if (hover && button === LEFT) effects.push({ type: 'press', point: hover });
  const { tapped } = state;
  const second =
    tapped !== null &&
    button === LEFT &&
    time - tapped.time <= DOUBLE_MS &&
    apart(tapped.point, at) <= DOUBLE_PX;
  const drag = dragOf(event, options, second);
  const mode: Press = { name: 'press', kind, button, from: at, at, time, caught, second, drag };
  return { state: { ...state, mode, button, hover, tapped: second ? tapped : null }, effects };
}

function dragOf(event: Down, { pencil }: Options, second: boolean): Press['drag'] {
  const { button, kind, shift, caught, template } = event;
  if (button !== LEFT) return 'pan';
  if (template) return 'template';
  if ((shift || pencil) && !caught) return 'line';
  return second && kind === 'touch' ? 'stretch' : 'pan';
}

function move(before: Gestures, event: Move): Step {
  const { id, kind, point, time, buttons } = event;
  let state = before;
  const effects: Effect[] = [];
  const pressed = state.fingers.some((finger) => finger.id === id);
  if (kind !== 'touch' && (state.fingers.length === 0 || pressed)) {
    state = { ...state, hover: point };
    effects.push({ type: 'hover', point });
    // It went up where that could not be seen, or while another one was down.
    const bit = BITS[state.button];
    if (pressed && bit !== undefined && (buttons & bit) === 0) {
      const lost = cancel(state, id);
      return { state: lost.state, effects: [...effects, ...lost.effects] };
    }
  }
  if (!pressed) return { state, effects };
  const fingers = state.fingers.map((finger) => (finger.id === id ? { id, point } : finger));
  if (state.mode.name === 'pinch') effects.push(...pinched(state.fingers, fingers));
  state = { ...state, fingers };
  if (id !== fingers[0]!.id) return { state, effects };
  const { mode, effects: more } = dragged(state.mode, point, time);
  const tapped = mode.name === 'press' ? state.tapped : null;
  return { state: { ...state, mode, tapped }, effects: [...effects, ...more] };
}

/** What the only finger that is down does. */
function dragged(mode: Mode, point: Point, time: number): { mode: Mode; effects: Effect[] } {
  switch (mode.name) {
    case 'press':
      return apart(mode.from, point) <= SLOP[mode.kind]
        ? { mode: { ...mode, at: point }, effects: [] }
        : departed(mode, point, time);
    case 'pan': {
      const dx = point.x - mode.at.x;
      const dy = point.y - mode.at.y;
      const trail = moved(mode.trail, point, time);
      return { mode: { ...mode, at: point, trail }, effects: [{ type: 'pan', dx, dy }] };
    }
    case 'line':
      return { mode, effects: [{ type: 'lineMove', point }] };
    case 'template':
      return { mode, effects: [{ type: 'templateMove', point }] };
    case 'hold': {
      const far = mode.moved || apart(mode.from, point) > mode.slop;
      return { mode: { ...mode, at: point, moved: far }, effects: [{ type: 'holdMove', point }] };
    }
    case 'stretch': {
      const by = 2 ** ((point.y - mode.y) / STRETCH_PX);
      const effects: Effect[] = [{ type: 'zoomAbout', point: mode.about, by }];
      return { mode: { ...mode, y: point.y }, effects };
    }
    default:
      return { mode, effects: [] };
  }
}

/** A press has moved: it is a drag from where it began. */
function departed(press: Press, point: Point, time: number): { mode: Mode; effects: Effect[] } {
  const { from, kind } = press;
  switch (press.drag) {
    case 'line': {
      const effects: Effect[] = [
        { type: 'lineStart', point: from, kind },
        { type: 'lineMove', point },
      ];
      return { mode: { name: 'line' }, effects };
    }
    case 'template': {
      const effects: Effect[] = [
        { type: 'templateStart', point: from },
        { type: 'templateMove', point },
      ];
      return { mode: { name: 'template' }, effects };
    }
    case 'stretch':
      return { mode: { name: 'stretch', about: from, y: point.y }, effects: [] };
    case 'pan': {
      const trail = moved(moved(NO_TRAIL, from, press.time), point, time);
      const effects: Effect[] = [{ type: 'pan', dx: point.x - from.x, dy: point.y - from.y }];
      return { mode: { name: 'pan', at: point, trail, throwFrom: press.time }, effects };
    }
  }
}

/** The first two fingers hold on to what is under them. */
function pinched(before: readonly Finger[], after: readonly Finger[]): Effect[] {
  const [a, b] = [before[0]!.point, before[1]!.point];
  const [c, d] = [after[0]!.point, after[1]!.point];
  const from = between(a, b);
  const to = between(c, d);
  const effects: Effect[] = [];
  if (from.x !== to.x || from.y !== to.y) {
    effects.push({ type: 'pan', dx: to.x - from.x, dy: to.y - from.y });
  }
  // Two fingers that come too near to each other would tear the picture apart.
  const by = Math.max(apart(c, d), 1) / Math.max(apart(a, b), 1);
  if (by !== 1) effects.push({ type: 'zoomAbout', point: to, by });
  return effects;
}

function up(before: Gestures, event: Up): Step {
  const { id, time } = event;
  const finger = before.fingers.find((finger) => finger.id === id);
  if (!finger) return { state: before, effects: [] };
  const point = precise(before, before.kind, event.point);
  const fingers = before.fingers.filter((other) => other !== finger);
  let state: Gestures = { ...before, fingers };
  if (fingers.length > 0) {
    if (state.mode.name !== 'pinch' || fingers.length > 1) return { state, effects: [] };
    const at = fingers[0]!.point;
    const trail = moved(NO_TRAIL, at, time);
    const mode: Mode = { name: 'pan', at, trail, throwFrom: time + LIFT_MS };
    return { state: { ...state, mode }, effects: [] };
  }
  // Some browsers report the last bit of a movement only when the pointer goes up.
  const same = point.x === finger.point.x && point.y === finger.point.y;
  const { mode, effects } = same
    ? { mode: state.mode, effects: [] }
    : dragged(state.mode, point, time);
  const tap = mode.name === 'press' ? tapped(state, mode, time) : { tapped: null, effects: [] };
  state = { ...state, mode: IDLE, tapped: tap.tapped };
  effects.push(...tap.effects);
  switch (mode.name) {
    case 'pan': {
      const velocity = time >= mode.throwFrom ? glide(mode.trail, time) : null;
      if (velocity) effects.push({ type: 'fling', vx: velocity.x, vy: velocity.y });
      break;
    }
    case 'line':
      effects.push({ type: 'lineEnd', counts: true });
      break;
    case 'template':
      effects.push({ type: 'templateEnd', counts: true });
      break;
    case 'hold':
      effects.push({ type: 'holdEnd', point: mode.at, moved: mode.moved, counts: true });
      break;
  }
  effects.push({ type: 'release', still: mode.name === 'press' });
  return { state, effects };
}

/** A press that went up where it came down: click, tap, or the second half of a double one. */
function tapped(state: Gestures, press: Press, time: number): Pick<Gestures, 'tapped'> & { effects: Effect[] } {
  const { kind, button, from: point, caught, second } = press;
  if (button === MIDDLE) return { tapped: null, effects: [] };
  if (button !== LEFT) return { tapped: null, effects: [{ type: 'eyedrop', point }] };
  const first = state.tapped;
  // What a mouse clicked on is placed when it is sure that no second click follows: later, that one is
  // too late. What was tapped on waits for another tap.
  if (first && second && (kind === 'touch' || time - first.time <= DOUBLE_MS)) {
    // The first one began a flight, and this one was still meant for what was there before.
    const stray = caught && !first.caught;
    return { tapped: null, effects: stray ? [] : [{ type: 'doubleTap', point }] };
  }
  const effects: Effect[] = caught ? [] : [{ type: kind === 'touch' ? 'tap' : 'click', point }];
  return { tapped: { point, time, caught }, effects };
}

function cancel(state: Gestures, id: number): Step {
  if (!state.fingers.some((finger) => finger.id === id)) return { state, effects: [] };
  const fingers = state.fingers.filter((finger) => finger.id !== id);
  const over = fingers.length === 0;
  const effects = ended(state.mode);
  if (over) effects.push({ type: 'release', still: false });
  return { state: { ...state, fingers, mode: over ? IDLE : SPENT, tapped: null }, effects };
}

function abort(state: Gestures): Step {
  if (state.fingers.length === 0) return { state, effects: [] };
  return { state: { ...state, mode: SPENT, tapped: null }, effects: ended(state.mode) };
}

function tick(state: Gestures, time: number): Step {
  const due = wakeAt(state);
  const { mode } = state;
  if (due === null || time < due || mode.name !== 'press') return { state, effects: [] };
  const { from, at, kind } = mode;
  return {
    state: { ...state, mode: { name: 'hold', from, at, moved: false, slop: SLOP[kind] }, tapped: null },
    effects: [{ type: 'holdStart', point: from, kind }],
  };
}

function wheel(state: Gestures, event: Wheel, options: Options): Step {
  const { point, time, mode, ctrl, shift } = event;
  const unit = mode === 0 ? 1 : mode === 1 ? LINE_PX : PAGE_PX;
  const dx = event.dx * unit;
  const dy = event.dy * unit;
  const trackpad = isTrackpad(state, event);
  const next = { ...state, wheel: { trackpad, time } };
  const done = (effect: Effect): Step => ({ state: next, effects: [effect] });
  if (dx === 0 && dy === 0) return { state: next, effects: [] };
  if (ctrl && trackpad) return done({ type: 'zoomAbout', point, by: Math.exp(-dy / PINCH_PX) });
  if (trackpad && options.wheel === 'zoom') {
    return done({ type: 'zoomAbout', point, by: 2 ** (-dy / SCROLL_PX) });
  }
  // A wheel that tilts, or one with Shift, which browsers turn into a sideways one or do not.
  const sideways = shift && dx === 0 && !ctrl;
  if (trackpad || sideways || (dy === 0 && !ctrl)) {
    return done({ type: 'pan', dx: sideways ? -dy : -dx, dy: sideways ? 0 : -dy });
  }
  const delta = Math.max(-WHEEL_MAX, Math.min(WHEEL_MAX, dy || dx));
  return done({ type: 'wheel', point, delta });
}

/** Browsers do not say what was turned. A trackpad moves in small or odd steps, and also aslant. */
function isTrackpad({ wheel }: Gestures, { dx, dy, mode, time }: Wheel): boolean {
  if (mode !== 0) return false;
  if (dx !== 0 && dy !== 0) return true;
  const series = time - wheel.time <= SERIES_MS;
  if (series && wheel.trackpad) return true;
  const by = Math.abs(dy || dx);
  if (by >= NOTCH_PX || by === 0) return false;
  const notches = by / MAC_NOTCH;
  return Math.abs(notches - Math.round(notches)) > 1e-6 || notches < 0.5;
}
