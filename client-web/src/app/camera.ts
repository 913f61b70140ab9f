// SPDX-License-Identifier: ISC
// The camera: it alone writes the view. Hands move it at once; what moves by itself (a flight, a notch of
// the wheel, what was thrown) goes on from frame to frame, one of these at a time.

import type { Rect } from '../core/edit';
import { flight, glance } from '../core/flight';
import { glided, glideMs } from '../core/inertia';
import { turned, type Turn } from '../core/turn';
import { clamp, limited, pan, scaleAbout, zoomAbout, type Point, type View, type Viewport } from '../core/view';
import * as state from './state';

export const FLIGHT_MS = 300;
/** After a flight one first has to see where one is. */
export const ARRIVAL_MS = 400;
const WHEEL_MS = 90;
/** For so long after it let go, or turned the wheel, a hand is likely to go on. */
const LINGER_MS = 150;

export interface CameraEvents {
  bounds(): Rect;
  port(): Viewport;
  /** The view changed, or has come to rest. */
  changed(): void;
  /** Something moves: frame() is to be called in the next frame. */
  request(): void;
  /** The time on the clock of animation frames, in milliseconds. */
  now(): number;
  /** Whoever looks does not want things to move by themselves. */
  calm(): boolean;
}

/** What goes on by itself, and since when. */
type Motion =
  | { readonly kind: 'flight' | 'wheel'; readonly since: number; readonly way: (part: number) => View }
  | { readonly kind: 'glide'; readonly since: number; readonly from: View; readonly velocity: Point }
  /** Nothing moves, but something is about to. */
  | { readonly kind: 'linger'; readonly since: number };

const easeOut = (part: number): number => 1 - (1 - part) ** 3;

export class Camera {
  view: View = state.view.peek();
  /** Where a flight or the wheel leads; the view itself when nothing goes on. */
  goal: View = this.view;
  private motion: Motion | null = null;
  /** A hand is on the picture, and has moved it. */
  private held = false;
  private dragged = false;
  private turn: Turn | null = null;
  /** When the last flight ended, in whatever way. */
  private landedAt = -Infinity;
  /** The view changed, which is told with the next frame: hands move it several times in one. */
  private untold = false;
  /** Where a flight led that a press stopped. */
  private interrupted: View | null = null;

  constructor(private readonly events: CameraEvents) {}

  /** The view changes with every frame just now. */
  get moving(): boolean {
    return this.dragged || this.motion !== null;
  }

  /** Whether the view stands still, and has for long enough to see what one would click on. */
  get settled(): boolean {
    return this.motion?.kind !== 'flight' && this.events.now() - this.landedAt >= ARRIVAL_MS;
  }

  /** What a press catches that comes now: it chooses nothing, because what it chose moved. */
  get catches(): boolean {
    return !this.settled || this.motion?.kind === 'glide';
  }

  set(view: View): void {
    this.halt();
    this.interrupted = null;
    this.goal = view;
    this.show(view);
  }

  /** Flies there; jumps for people who do not want things to move. */
  fly(view: View): void {
    const { events } = this;
    this.halt();
    this.interrupted = null;
    this.goal = view;
    if (events.calm()) {
      this.landedAt = events.now();
      return this.show(view);
    }
    this.start({ kind: 'flight', since: events.now(), way: flight(this.view, view, events.port()) });
  }

  /** Moves on a little, so that something comes out from under a surface. Not while a hand is on the picture. */
  nudge(dx: number, dy: number): void {
    const { events, view } = this;
    if (this.held || this.motion) return;
    const to = pan(view, dx, dy, events.port(), events.bounds());
    if (events.calm()) return this.set(to);
    this.goal = to;
    this.start({ kind: 'wheel', since: events.now(), way: glance(view, to) });
  }

  /** A press stopped a flight. It was only a click, so the flight goes on. */
  flyOn(): void {
    const { interrupted } = this;
    if (interrupted && this.motion?.kind !== 'flight') this.fly(interrupted);
  }

  /** The window has another size, or there is more or less to see. */
  resized(): void {
    const { goal, events } = this;
    const k = limited(goal.k, events.port(), events.bounds());
    if (k === goal.k) return;
    const { width, height } = events.port();
    this.set(clamp(scaleAbout(goal, k, { x: width / 2, y: height / 2 }), events.port(), events.bounds()));
  }

  /** A hand is on the picture: what moves by itself stops, the wheel where it leads to. */
  grab(): void {
    this.held = true;
    if (this.motion?.kind === 'wheel') this.show(this.goal);
    const { motion, goal } = this;
    this.halt();
    if (motion?.kind === 'flight') this.interrupted = goal;
  }

  /** The hand is gone. `still`: it has moved nothing. */
  release(still: boolean): void {
    const moved = this.dragged;
    this.held = this.dragged = false;
    if (still) this.flyOn();
    else this.interrupted = null;
    // Whoever lets go is likely to take hold again.
    if (moved && !this.motion) this.linger();
  }

  pan(dx: number, dy: number): void {
    this.byHand((view) => pan(view, dx, dy, this.events.port(), this.events.bounds()));
  }

  zoomAbout(point: Point, by: number): void {
    this.byHand((view) => zoomAbout(view, by, point, this.events.port(), this.events.bounds()));
  }

  /** The wheel was turned by so many of its pixels. */
  wheel(point: Point, delta: number): void {
    const { events } = this;
    if (this.motion?.kind === 'flight' || this.motion?.kind === 'glide') this.halt();
    this.interrupted = null;
    const turn = turned(this.turn, this.goal, point, delta, events.port(), events.bounds());
    this.turn = turn;
    if (events.calm()) return this.byHand(() => turn.view);
    this.goal = turn.view;
    this.start({ kind: 'wheel', since: events.now(), way: glance(this.view, turn.view) });
  }

  /** The picture was thrown, at so many pixels a second. */
  fling(vx: number, vy: number): void {
    const { events, view } = this;
    if (events.calm()) return;
    this.halt();
    this.start({ kind: 'glide', since: events.now(), from: view, velocity: { x: vx, y: vy } });
  }

  /** Before anything is drawn in a frame: moves on what moves by itself. */
  frame(now: number): void {
    const { motion, events } = this;
    if (this.untold) this.tell();
    if (!motion) return;
    const ms = Math.max(0, now - motion.since);
    switch (motion.kind) {
      case 'flight':
      case 'wheel': {
        const whole = motion.kind === 'flight' ? FLIGHT_MS : WHEEL_MS;
        // The last step is the goal itself, to the last bit.
        const view = ms >= whole ? this.goal : motion.way(easeOut(ms / whole));
        if (ms >= whole) this.motion = null;
        if (ms >= whole && motion.kind === 'flight') this.landedAt = events.now();
        this.show(view);
        if (ms >= whole && motion.kind === 'wheel') this.linger();
        break;
      }
      case 'glide': {
        const { x, y } = glided(motion.velocity, ms);
        const over = ms >= glideMs(motion.velocity);
        this.goal = pan(motion.from, x, y, events.port(), events.bounds());
        this.show(this.goal);
        if (over) this.linger();
        break;
      }
      case 'linger':
        if (ms < LINGER_MS) break;
        this.motion = null;
        events.changed();
    }
    if (this.motion) events.request();
  }

  private start(motion: Motion): void {
    this.motion = motion;
    this.events.request();
  }

  private linger(): void {
    this.start({ kind: 'linger', since: this.events.now() });
  }

  /** Whatever moves by itself ends here. */
  private halt(): void {
    if (this.motion?.kind === 'flight') this.landedAt = this.events.now();
    this.motion = null;
    this.goal = this.view;
  }

  private byHand(move: (view: View) => View): void {
    // What the wheel still owes is moved with the rest.
    if (this.motion?.kind === 'wheel') this.show(this.goal);
    this.halt();
    this.interrupted = null;
    if (this.held) this.dragged = true;
    this.view = this.goal = move(this.view);
    this.untold = true;
    this.events.request();
    // A wheel gives no sign when the hand lets go.
    if (!this.held) this.linger();
  }

  private show(view: View): void {
    this.view = view;
    this.tell();
  }

  private tell(): void {
    this.untold = false;
    state.view.value = this.view;
    this.events.changed();
  }
}
