// SPDX-License-Identifier: ISC
// What rewind needs of the page.

import type { Cell } from '../../core/edit';
import type { Plane } from '../../net/plane';

/** The status line, as far as the past needs it. */
export interface Sayer {
  say(words: string): void;
  /** While the past is shown, this and nothing of the present; null: the present is shown. */
  ofPast(words: string | null): void;
}

export interface RewindHost {
  readonly base: URL;
  readonly plane: Plane;
  readonly hint: Sayer;
  readonly dock: HTMLElement;
  /** What the window shows of the plane. */
  readonly screen: HTMLCanvasElement;
  /** The cell that is followed; null: none. */
  followed(): Cell | null;
  /** Follows none; whether there was one. */
  unfollow(): boolean;
  /** Canvases of the plane that have no board and are in view, nearest first. */
  others(): readonly { x: number; y: number }[];
  /** The past is shown from now on, or no more. */
  turned(on: boolean): void;
  /** Something other than the boards is to be drawn again. */
  changed(): void;
  /** Another moment is shown, or more of it. */
  turnedTo(): void;
  /** The timeline has another size than before. */
  resized(): void;
  /** The boards are to be brought up to date, and drawn if anything changed on them. */
  moved(): void;
}
