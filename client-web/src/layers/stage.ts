// SPDX-License-Identifier: ISC
// The stage: the window's canvases and what has to be drawn again on which of them. At rest, the picture
// is on one and the layers are on another, so that what changes of the one leaves the other alone. While
// the view moves, both change with every frame, so all is drawn on one canvas, and on a coarser one where
// the machine does not keep up.

import { Pace } from '../core/pace';
import type { View, Viewport } from '../core/view';
import { Frames } from './frames';
import { SLOTS, type Layer, type Slot } from './layer';
import { Screen, type Scenery } from './screen';
import { sizeCanvas } from './size';

/** What there is to draw; the stage asks when it draws. */
export interface Scene {
  readonly scenery: Scenery;
  readonly view: View;
  /** The view changes with every frame just now. */
  readonly moving: boolean;
  /** What is shown changes with every frame, by itself or under a hand. */
  readonly changing: boolean;
  /** The picture changes with every frame just now, by itself. */
  readonly playing: boolean;
}

export interface StageEvents {
  /** A frame begins: moves on what moves by itself. */
  frame(now: number): void;
  /** Null while there is nothing to draw. */
  scene(): Scene | null;
  /** Brings the surfaces up to date with their boards; whether anything had changed. */
  update(now: number): boolean;
  /** The window's size or pixel ratio changed from this to what it is now. */
  resized(before: Viewport): void;
}

type Context = CanvasRenderingContext2D;

/** Where things are drawn: picture and layers apart, together, or together and coarsely. */
type Mode = 'apart' | 'together' | 'coarse';

const LOOK_MS = 500;
/** What others paint is drawn twenty times a second: each drawing is the whole picture. */
const BOARD_MS = 50;
/** Less often where a picture is dear: by so much for a million pixels drawn beside it, but no more. */
const DEAR_MS = 40;
const MOST_MS = 400;

export class Stage {
  private readonly screen = new Screen();
  private readonly picture: Context;
  private readonly overlay: Context;
  /** Made when it is first needed. */
  private coarse: Context | null = null;
  private readonly layers = new Map<Slot, Layer>();
  private readonly frames = new Frames((now) => this.draw(now));
  private readonly pace = new Pace();
  private viewChanged = true;
  private layersChanged = true;
  private port: Viewport = { width: 1, height: 1, dpr: 1 };
  private mode: Mode = 'apart';
  private changing = false;
  /** When the last frame that moved the view was drawn; null: the frame before this one moved nothing. */
  private movedAt: number | null = null;
  /** When the boards' changes were last taken over, and after what time they may be again. */
  private updatedAt = -Infinity;
  private every = BOARD_MS;
  /** A board has changed since then. */
  private boardChanged = false;
  /** An own pixel is on a board by now, or is not any more: board and layers change together. */
  private urgent = true;
  private boardTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    screen: HTMLCanvasElement,
    overlay: HTMLCanvasElement,
    private readonly events: StageEvents,
  ) {
    this.picture = this.contextOf(screen);
    this.overlay = this.contextOf(overlay);
    this.resize();
    this.watchRatio();
    window.addEventListener('resize', () => this.changed());
  }

  get viewport(): Viewport {
    return this.port;
  }

  /** Puts a layer in its place, or takes it away. */
  set(slot: Slot, layer: Layer | null): void {
    if (layer) this.layers.set(slot, layer);
    else this.layers.delete(slot);
    this.invalidate('layers');
  }

  /** Something is to be drawn again in the next frame. What changed of a board, the board knows. */
  invalidate(what: 'view' | 'board' | 'layers' | 'own'): void {
    if (what === 'view') this.viewChanged = true;
    if (what === 'board') this.boardChanged = true;
    else this.layersChanged = true;
    if (what === 'own') this.urgent = true;
    if (what === 'board' && !this.changing) this.requestBoard();
    else this.frames.request();
  }

  /** Another frame is wanted, whether anything is to be drawn or not. */
  request(): void {
    this.frames.request();
  }

  private requestBoard(): void {
    const wait = this.updatedAt + this.every - performance.now();
    if (wait <= 0) return this.frames.request();
    this.boardTimer ??= setTimeout(() => {
      this.boardTimer = undefined;
      this.frames.request();
    }, wait);
  }

  private contextOf(canvas: HTMLCanvasElement): Context {
    canvas.addEventListener('contextrestored', () => this.invalidate('view'));
    return canvas.getContext('2d')!;
  }

  private changed(): void {
    const before = this.port;
    this.resize();
    this.events.resized(before);
  }

  /** Takes the window's size. */
  private resize(): void {
    const { innerWidth: width, innerHeight: height, devicePixelRatio: dpr } = window;
    this.port = { width, height, dpr };
    for (const { canvas } of [this.picture, this.overlay]) sizeCanvas(canvas, this.port);
    this.invalidate('view');
  }

  /**
   * A window that moves to another screen keeps its size in CSS pixels, so there is no resize event.
   * Media queries report the change, but not for every kind of screen (Chromium's emulated ones send
   * no event), so the ratio is polled as well.
   */
  private watchRatio(): void {
    const look = () => {
      if (window.devicePixelRatio !== this.port.dpr) this.changed();
    };
    const arm = () => {
      const same = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
      const moved = () => {
        arm();
        look();
      };
      same.addEventListener('change', moved, { once: true });
    };
    arm();
    setInterval(look, LOOK_MS);
  }

  private draw(now: number): boolean {
    // The time from a frame that moved the view to the one after it, be that one of rest.
    if (this.movedAt !== null) this.pace.frame(now - this.movedAt);
    this.movedAt = null;
    this.events.frame(now);
    const scene = this.events.scene();
    if (!scene) return false;
    const { scenery, view, moving, changing, playing } = scene;
    this.changing = changing;
    const changed = this.update(now, changing || (this.viewChanged && !moving));
    if (moving && this.viewChanged) this.movedAt = now;
    const dpr = moving ? this.pace.ratio(this.port.dpr) : this.port.dpr;
    this.turnTo(!moving ? 'apart' : dpr < this.port.dpr ? 'coarse' : 'together');
    const { layersChanged } = this;
    const pictureChanged = changed || this.viewChanged || (moving && layersChanged);
    this.viewChanged = this.layersChanged = false;
    const port = { ...this.port, dpr };
    const g = this.mode === 'coarse' ? this.coarseContext(port) : this.picture;
    if (pictureChanged) {
      const beside = this.screen.draw(g, scenery, view, port, moving || changing);
      this.every = Math.min(MOST_MS, BOARD_MS + (DEAR_MS * beside) / 1e6);
    }
    if (this.mode === 'apart') {
      if (layersChanged) this.overlay.clearRect(0, 0, this.overlay.canvas.width, this.overlay.canvas.height);
      if (layersChanged) this.layersChanged = this.drawLayers(this.overlay, view, port, now);
    } else if (pictureChanged) this.layersChanged = this.drawLayers(g, view, port, now);
    return this.layersChanged || playing || this.movedAt !== null;
  }

  /** Takes over what the boards have, unless that can wait: then the view comes first. */
  private update(now: number, atOnce: boolean): boolean {
    const time = performance.now();
    if (!atOnce && !this.urgent && time - this.updatedAt < this.every) {
      if (this.boardChanged) this.requestBoard();
      return false;
    }
    this.urgent = this.boardChanged = false;
    const changed = this.events.update(now);
    if (changed) this.updatedAt = time;
    return changed;
  }

  /** Shows the canvases of this mode. Those that are not shown cost nothing, but go on taking the hand. */
  private turnTo(mode: Mode): void {
    if (mode === this.mode) return;
    this.mode = mode;
    this.viewChanged = this.layersChanged = true;
    this.overlay.canvas.style.opacity = mode === 'apart' ? '' : '0';
    this.picture.canvas.style.opacity = mode === 'coarse' ? '0' : '';
    if (this.coarse) this.coarse.canvas.style.visibility = mode === 'coarse' ? '' : 'hidden';
  }

  private coarseContext(port: Viewport): Context {
    if (!this.coarse) {
      const canvas = document.createElement('canvas');
      canvas.setAttribute('aria-hidden', 'true');
      this.picture.canvas.before(canvas);
      this.coarse = this.contextOf(canvas);
    }
    sizeCanvas(this.coarse.canvas, port);
    return this.coarse;
  }

  /** Whether one of them moves by itself. */
  private drawLayers(g: Context, view: View, port: Viewport, now: number): boolean {
    const { dpr } = port;
    const look = { g, view, port, now, k: view.k * dpr, left: view.x * dpr, top: view.y * dpr };
    let moving = false;
    for (const slot of SLOTS) {
      const layer = this.layers.get(slot);
      if (!layer) continue;
      g.save();
      moving = layer.draw(look) || moving;
      g.restore();
    }
    return moving;
  }
}
