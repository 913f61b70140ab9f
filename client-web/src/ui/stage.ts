// SPDX-License-Identifier: ISC
// The stage: the window's two canvases and what has to be drawn again on which of them.

import type { View, Viewport } from '../core/view';
import { Frames } from './frames';
import { MarksPainter, type Marks } from './marks';
import { Screen, type Scenery } from './screen';

/** What there is to draw; the stage asks when it draws. */
export interface Scene {
  readonly scenery: Scenery;
  readonly view: View;
  /** The view changes with every frame just now. */
  readonly moving: boolean;
  /** The picture changes with every frame just now, by itself. */
  readonly playing: boolean;
  readonly marks: Marks;
}

export interface StageEvents {
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
  private readonly painter: MarksPainter;
  private readonly frames = new Frames((now) => this.draw(now));
  private viewChanged = true;
  private marksChanged = true;
  private port: Viewport = { width: 1, height: 1, dpr: 1 };

  constructor(
    screen: HTMLCanvasElement,
    overlay: HTMLCanvasElement,
    private readonly events: StageEvents,
  ) {
    this.contexts = [screen, overlay].map((canvas) => {
      canvas.addEventListener('contextrestored', () => this.touchView());
      return canvas.getContext('2d')!;
    });
    this.screen = new Screen(this.contexts[0]!);
    this.painter = new MarksPainter(this.contexts[1]!);
    this.resize();
    this.watchRatio();
    window.addEventListener('resize', () => this.changed());
  }

  get viewport(): Viewport {
    return this.port;
  }

  touchView(): void {
    this.viewChanged = this.marksChanged = true;
    this.frames.request();
  }

  touchMarks(): void {
    this.marksChanged = true;
    this.frames.request();
  }

  /** A board changed: what of it, the board itself knows. */
  touchBoard(): void {
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
    this.touchView();
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
    const scene = this.events.scene();
    if (!scene) return false;
    const { scenery, view, marks, moving, playing } = scene;
    const changed = this.events.update(now);
    if (changed || this.viewChanged) this.screen.draw(scenery, view, this.port, moving);
    if (this.marksChanged) this.painter.draw(marks, view, this.port, now);
    this.viewChanged = false;
    this.marksChanged = marks.fading.length > 0;
    return this.marksChanged || playing;
  }
}
