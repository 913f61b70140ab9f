// SPDX-License-Identifier: ISC
// The stage: the window's two canvases and what has to be drawn again on which of them. The picture is
// on one, the layers over it are on the other.

import type { View, Viewport } from '../core/view';
import { Frames } from './frames';
import { SLOTS, type Layer, type Slot } from './layer';
import { Screen, type Scenery } from './screen';

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

const LOOK_MS = 500;

export class Stage {
  private readonly contexts: CanvasRenderingContext2D[];
  private readonly screen: Screen;
  private readonly layers = new Map<Slot, Layer>();
  private readonly frames = new Frames((now) => this.draw(now));
  private viewChanged = true;
  private layersChanged = true;
  private port: Viewport = { width: 1, height: 1, dpr: 1 };

  constructor(
    screen: HTMLCanvasElement,
    overlay: HTMLCanvasElement,
    private readonly events: StageEvents,
  ) {
    this.contexts = [screen, overlay].map((canvas) => {
      canvas.addEventListener('contextrestored', () => this.invalidate('view'));
      return canvas.getContext('2d')!;
    });
    this.screen = new Screen(this.contexts[0]!);
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
  invalidate(what: 'view' | 'board' | 'layers'): void {
    if (what === 'view') this.viewChanged = true;
    if (what !== 'board') this.layersChanged = true;
    this.frames.request();
  }

  /** Another frame is wanted, whether anything is to be drawn or not. */
  request(): void {
    this.frames.request();
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
    for (const { canvas } of this.contexts) {
      canvas.width = Math.round(width * dpr);
      canvas.height = Math.round(height * dpr);
    }
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
    this.events.frame(now);
    const scene = this.events.scene();
    if (!scene) return false;
    const { scenery, view, moving, changing, playing } = scene;
    const changed = this.events.update(now);
    if (changed || this.viewChanged) {
      this.screen.draw(scenery, view, this.port, moving || changing);
    }
    const layersChanged = this.layersChanged;
    this.viewChanged = this.layersChanged = false;
    if (layersChanged && this.drawLayers(view, now)) this.layersChanged = true;
    return this.layersChanged || playing;
  }

  /** Whether one of them moves by itself. */
  private drawLayers(view: View, now: number): boolean {
    const g = this.contexts[1]!;
    const { port } = this;
    const { dpr } = port;
    const look = { g, view, port, now, k: view.k * dpr, left: view.x * dpr, top: view.y * dpr };
    g.clearRect(0, 0, g.canvas.width, g.canvas.height);
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
