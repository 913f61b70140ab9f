// SPDX-License-Identifier: ISC
// What is put into a page before its own scripts, to see when its picture was drawn and how evenly its
// frames come. It knows no page: it looks at the first canvas of the document.

/** One drawing onto the window's canvas. */
export interface Drawing {
  /** When the task that drew had ended, in milliseconds since the navigation began. */
  readonly at: number;
  /** The words of the pixels at POINTS x POINTS places spread over the canvas. */
  readonly pixels: readonly number[];
}

export interface Watched {
  readonly drawings: Drawing[];
  /** Stops reading pixels: what comes after is not slowed by it. */
  stop(): void;
  /** The times of the animation frames from now on; call what it returns for them. */
  frames(): () => number[];
}

declare global {
  interface Window {
    watched: Watched;
  }
}

/** Along each side of the canvas. */
export const POINTS = 16;

/** Runs in the page. */
export function watch(points: number): void {
  const drawings: Drawing[] = [];
  let watching = true;
  let noted = false;
  const note = (g: CanvasRenderingContext2D): void => {
    if (!watching || noted || g.canvas !== document.querySelector('canvas')) return;
    noted = true;
    // After the task or the frame's callback that draws, and before anything else.
    queueMicrotask(() => {
      noted = false;
      const at = performance.now();
      const { width, height } = g.canvas;
      const pixels: number[] = [];
      for (let j = 0; j < points; j++) {
        for (let i = 0; i < points; i++) {
          const x = Math.floor(((i + 0.5) * width) / points);
          const y = Math.floor(((j + 0.5) * height) / points);
          const [red, green, blue] = g.getImageData(x, y, 1, 1).data;
          pixels.push((red! << 16) | (green! << 8) | blue!);
        }
      }
      drawings.push({ at, pixels });
    });
  };
  const { prototype } = CanvasRenderingContext2D;
  const { drawImage, putImageData } = prototype;
  prototype.drawImage = function (this: CanvasRenderingContext2D, ...all: unknown[]) {
    note(this);
    (drawImage as (...all: unknown[]) => void).apply(this, all);
  } as typeof drawImage;
  prototype.putImageData = function (this: CanvasRenderingContext2D, ...all: unknown[]) {
    note(this);
    (putImageData as (...all: unknown[]) => void).apply(this, all);
  } as typeof putImageData;
  window.watched = {
    drawings,
    stop: () => {
      watching = false;
      Object.assign(prototype, { drawImage, putImageData });
    },
    frames: () => {
      const times: number[] = [];
      let on = true;
      const frame = (now: number): void => {
        times.push(now);
        if (on) requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
      return () => {
        on = false;
        return times;
      };
    },
  };
}
