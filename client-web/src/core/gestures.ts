// SPDX-License-Identifier: ISC
// What fingers, pen, mouse and wheel mean: a pure reducer of their events. It keeps what is going on in
// one mode at a time, so that no gesture can fight another, and answers each event with effects.
//
//   press ── moved ──> pan | line | template | stretch        all of these end when the pointer goes up
//     │ └─── 400 ms ─> hold
//     └───── up ─────> click, tap or double tap
//   a second finger ends whatever the first one did: pinch ── one finger up ──> pan

import { LEFT, MIDDLE, RIGHT, type Effect, type GestureEvent, type Kind, type Options } from './gestureevents';
import { glide, moved, NO_TRAIL, type Trail } from './inertia';
import type { Point } from './view';
import { readWheel, STILL, type Turned } from './wheel';

/** The bits of the browser's buttons. */
const BITS: Record<number, number> = { [LEFT]: 1, [MIDDLE]: 4, [RIGHT]: 2 };

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
  readonly wheel: Turned;
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
const IDLE: Mode = { name: 'idle' };
const SPENT: Mode = { name: 'spent' };

export const START: Gestures = {
  mode: IDLE,
  fingers: [],
  kind: 'mouse',
  button: LEFT,
  hover: null,
  tapped: null,
  wheel: STILL,
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
    case 'wheel': {
      const { turned, effects } = readWheel(state.wheel, event, options.wheel);
      return { state: { ...state, wheel: turned }, effects };
    }
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
