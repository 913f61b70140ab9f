// SPDX-License-Identifier: ISC
// What happens rather than is the case: whoever has to do something about it listens here. What is
// the case is in app/state.ts.

import type { Edit } from '../core/edit';
import type { Position } from '../core/info';
import type { Refusal } from '../core/protocol';
import type { Client } from '../net/client';

/** One kind of event. Listeners are called in the order in which they came. */
export class Event<Values extends readonly unknown[]> {
  private readonly listeners = new Set<(...values: Values) => void>();

  /** Returns what ends it. */
  listen(listener: (...values: Values) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(...values: Values): void {
    for (const listener of this.listeners) listener(...values);
  }
}

/** The plane is known for the first time: one can look and place. */
export const ready = new Event<[]>();
/** Canvases were opened, closed, or came into being: by these it has grown. */
export const planeChanged = new Event<[grown: readonly Position[]]>();
/** The server has another log than before. */
export const begunAnew = new Event<[]>();
/** Pixels of this client's board may have changed. */
export const painted = new Event<[Client]>();
/** Own edits were sent; their cells showed `before`. In plane coordinates. */
export const placed = new Event<[edits: readonly Edit[], before: readonly (number | null)[]]>();
/** Own edits are in the log now. */
export const confirmed = new Event<[]>();
/** Own edits were not taken. In plane coordinates. */
export const refused = new Event<[edits: readonly Edit[], refusal: Refusal]>();
/** The view changed, or the window did. */
export const viewed = new Event<[]>();
/** A surface over the picture came, went, or has another size. */
export const covered = new Event<[]>();
/** The window's size or pixel ratio is another one; what it was before. */
export const resized = new Event<[before: { readonly width: number; readonly height: number }]>();
