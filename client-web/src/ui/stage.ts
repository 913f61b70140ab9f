// SPDX-License-Identifier: ISC
// The stage: the window's two canvases and what has to be drawn again on which of them.

import type { Client } from '../net/client';
import type { View, Viewport } from '../core/view';
import { Frames } from './frames';
import { MarksPainter, type Marks } from './marks';
import { drawScreen } from './screen';
import type { Surface } from './surface';

/** What there is to draw; the stage asks when it draws. */
export interface Scene {
  readonly surface: Surface;
  readonly view: View;
  readonly marks: Marks;
}

export class Stage {
  private readonly screen: CanvasRenderingContext2D;
  private readonly overlay: CanvasRenderingContext2D;
  private readonly painter: MarksPainter;
  private readonly frames = new Frames((now) => this.draw(now));
  private viewChanged = true;
  private marksChanged = true;
  private port: Viewport = { width: 1, height: 1, dpr: 1 };

  constructor(
    screen: HTMLCanvasElement,
    overlay: HTMLCanvasElement,
    private readonly client: Client,
    private readonly scene: () => Scene | null,
  ) {
    this.screen = screen.getContext('2d')!;
    this.overlay = overlay.getContext('2d')!;
    this.painter = new MarksPainter(this.overlay);
    this.resize();
  }

  get viewport(): Viewport {
    return this.port;
  }

  /** Takes the window's size. */
  resize(): void {
    const { innerWidth: width, innerHeight: height, devicePixelRatio: dpr } = window;
    this.port = { width, height, dpr };
    for (const { canvas } of [this.screen, this.overlay]) {
      canvas.width = Math.round(width * dpr);
      canvas.height = Math.round(height * dpr);
    }
    this.touchView();
  }

  touchView(): void {
    this.viewChanged = this.marksChanged = true;
    this.frames.request();
  }

  touchMarks(): void {
    this.marksChanged = true;
    this.frames.request();
  }

  /** The board changed: what of it, the board itself knows. */
  touchBoard(): void {
    this.frames.request();
  }

  private draw(now: number): boolean {
    const scene = this.scene();
    if (!scene) return false;
    const dirty = this.client.board!.takeDirty();
    if (dirty) scene.surface.update(dirty);
    if (dirty || this.viewChanged) drawScreen(this.screen, scene.surface, scene.view, this.port);
    const { marks } = scene;
    if (this.marksChanged) this.painter.draw(marks, scene.view, this.port, now);
    this.viewChanged = false;
    this.marksChanged = marks.fading.length > 0;
    return this.marksChanged;
  }
}
