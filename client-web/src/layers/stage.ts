// SPDX-License-Identifier: ISC
// The stage: what has to be drawn again and where, in the one pending animation frame. At rest, the picture
// is on one canvas and the layers are on another, so that what changes of the one leaves the other alone, and
// of the picture only what changed is drawn. While the view moves, both change with every frame, so all is
// drawn on a third, on a coarser one where the machine does not keep up.

import type { Rect } from '../core/edit';
import { Pace, Portion } from '../core/pace';
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
  /** Brings the surfaces up to date with their boards; what of the plane changed, or whether. */
  update(now: number): readonly Rect[] | boolean;
  /** The window's size or pixel ratio changed from this to what it is now. */
  resized(before: Viewport): void;
}

type Context = CanvasRenderingContext2D;

const LOOK_MS = 500;
/** What others paint is drawn twenty times a second. */
const BOARD_MS = 50;
/** Less often where all of it is drawn and that is dear: by so much for a million pixels beside it, but no more. */
const DEAR_MS = 40;
const MOST_MS = 400;

export class Stage {
  private readonly screen = new Screen();
  private readonly picture: Context;
  private readonly overlay: Context;
  /** What is shown while the view moves. Made when it is first needed. */
  private motion: Context | null = null;
  private readonly layers = new Map<Slot, Layer>();
  private readonly frames = new Frames((now) => this.draw(now));
  private readonly pace = new Pace();
  private readonly portion = new Portion();
  private viewChanged = true;
  private layersChanged = true;
  private port: Viewport = { width: 1, height: 1, dpr: 1 };
  /** All is shown on one canvas, because the view moves or did just now. */
  private together = false;
  /** What is left to draw of the picture until it is shown at rest, and when the last part was drawn. */
  private parts: Iterator<void, number> | null = null;
  private partAt = 0;
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

  /** Those of these that there are. */
  layersOf(...slots: Slot[]): Layer[] {
    return slots.flatMap((slot) => this.layers.get(slot) ?? []);
  }

  /** The window's picture as it is at rest, with these layers, on a canvas of its size. Once there is a scene. */
  photograph(g: Context, ...slots: Slot[]): void {
    const { scenery, view } = this.events.scene()!;
    this.screen.draw(g, scenery, view, this.port, false);
    this.drawLayers(g, view, this.port, performance.now(), slots);
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
    this.changing = scene.changing;
    if (scene.moving) this.drawMoving(scene, now);
    else if (this.together && !scene.changing && !this.settle(scene, now)) return true;
    else this.drawAtRest(scene, now);
    return this.layersChanged || scene.playing || this.movedAt !== null;
  }

  private drawMoving(scene: Scene, now: number): void {
    const changes = this.update(now, scene.changing);
    if (this.viewChanged) this.movedAt = now;
    else if (this.together && !this.layersChanged && !isSome(changes)) return;
    this.viewChanged = false;
    this.parts = null;
    this.drawTogether(scene, now);
    this.showTogether(true);
  }

  /** Picture and layers on one canvas, as quickly as may be. */
  private drawTogether({ scenery, view }: Scene, now: number): void {
    const port = { ...this.port, dpr: this.pace.ratio(this.port.dpr) };
    const g = this.motionContext(port);
    this.screen.draw(g, scenery, view, port, true);
    this.layersChanged = this.drawLayers(g, view, port, now);
  }

  /** After a movement the picture at rest is drawn in parts, a part a frame, because all at once would be late;
   * the last picture of the movement is shown until it is there. Whether it is. */
  private settle(scene: Scene, now: number): boolean {
    if (this.parts && !this.viewChanged) this.portion.frame(now - this.partAt);
    else {
      const { picture, port, portion } = this;
      this.update(now, true);
      this.parts = this.screen.drawInParts(picture, scene.scenery, scene.view, port, () => portion.pixels);
    }
    this.viewChanged = false;
    this.partAt = now;
    let part = this.parts.next();
    // An own pixel does not wait.
    while (this.urgent && !part.done) part = this.parts.next();
    if (part.done) {
      this.parts = null;
      this.rested(part.value);
    } else if (this.layersChanged) this.drawTogether(scene, now);
    return part.done === true;
  }

  private drawAtRest({ scenery, view, changing }: Scene, now: number): void {
    const { port, picture, overlay } = this;
    const all = this.viewChanged || (this.together && changing);
    const changes = this.update(now, changing || this.viewChanged);
    this.viewChanged = false;
    if (all || changes === true || (changing && isSome(changes))) {
      this.rested(this.screen.draw(picture, scenery, view, port, changing));
    } else if (changes && changes.length > 0) {
      this.rested(this.screen.drawChanges(picture, scenery, view, port, changes));
    }
    if (this.layersChanged || this.together) {
      overlay.clearRect(0, 0, overlay.canvas.width, overlay.canvas.height);
      this.layersChanged = this.drawLayers(overlay, view, port, now);
    }
    this.showTogether(false);
  }

  /** A picture at rest was drawn, and so many pixels beside it: such ones are not drawn too often. */
  private rested(beside: number): void {
    this.every = Math.min(MOST_MS, BOARD_MS + (DEAR_MS * beside) / 1e6);
  }

  /** Takes over what the boards have, unless that can wait: then the view comes first. */
  private update(now: number, atOnce: boolean): readonly Rect[] | boolean {
    const time = performance.now();
    if (!atOnce && !this.urgent && time - this.updatedAt < this.every) {
      if (this.boardChanged) this.requestBoard();
      return false;
    }
    this.urgent = this.boardChanged = false;
    const changes = this.events.update(now);
    if (isSome(changes)) this.updatedAt = time;
    return changes;
  }

  /** Shows the canvases for this. Those that are not shown cost nothing, but go on taking the hand. */
  private showTogether(together: boolean): void {
    if (together === this.together) return;
    this.together = together;
    for (const { canvas } of [this.picture, this.overlay]) canvas.style.opacity = together ? '0' : '';
    this.motion!.canvas.style.visibility = together ? '' : 'hidden';
  }

  private motionContext(port: Viewport): Context {
    if (!this.motion) {
      const canvas = document.createElement('canvas');
      canvas.setAttribute('aria-hidden', 'true');
      this.picture.canvas.after(canvas);
      this.motion = this.contextOf(canvas);
    }
    sizeCanvas(this.motion.canvas, port);
    return this.motion;
  }

  /** Whether one of them moves by itself. */
  private drawLayers(g: Context, view: View, port: Viewport, now: number, slots: readonly Slot[] = SLOTS): boolean {
    const { dpr } = port;
    const look = { g, view, port, now, k: view.k * dpr, left: view.x * dpr, top: view.y * dpr };
    let moving = false;
    for (const layer of this.layersOf(...slots)) {
      g.save();
      moving = layer.draw(look) || moving;
      g.restore();
    }
    return moving;
  }
}

const isSome = (changes: readonly Rect[] | boolean): boolean =>
  typeof changes === 'boolean' ? changes : changes.length > 0;
