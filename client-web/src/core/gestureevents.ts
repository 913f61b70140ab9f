// SPDX-License-Identifier: ISC
// The words that gestures are read from and told in: the events of pointers and the wheel, and their effects.

import type { Point } from './view';

export type Kind = 'mouse' | 'touch' | 'pen';

/** The browser's numbers of the buttons. */
export const LEFT = 0;
export const MIDDLE = 1;
export const RIGHT = 2;

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
