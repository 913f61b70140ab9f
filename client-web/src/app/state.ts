// SPDX-License-Identifier: ISC
// What the page knows, as signals: the one place that everything on the page is drawn from. Events of
// the network (app/live.ts) and intents write them; components and layers only read them.

import { computed, signal } from '@preact/signals';
import type { Cell, Rect } from '../core/edit';
import type { Account } from '../core/energy';
import type { Info } from '../core/info';
import type { Connection, Standing } from '../core/status';
import type { Point, View, Viewport } from '../core/view';

/** The plane as the server describes it; null until it has. */
export const info = signal<Info | null>(null);
/** All there is to look at, in cells. */
export const bounds = signal<Rect>({ x0: 0, y0: 0, x1: 1, y1: 1 });
export const connection = signal<Connection>({
  state: { kind: 'starting' },
  trouble: 'unreachable',
  online: 0,
  slower: false,
});
/** The server's log takes no edits just now. */
export const readonly = signal(false);
/** Own pixels wait longer for the log than they should. */
export const overdue = signal(false);
/** How many own pixels were lost with a connection and can be placed again. */
export const unsaved = signal(0);
/** Grows whenever the picture changed, the overlay of own pixels included. */
export const boards = signal(0);

/** What we have to draw with; null: nothing is counted. */
export const account = signal<Account | null>(null);
/** Who we are for the server. */
export const standing = signal<Standing>({ kind: 'known' });

/** The window. */
export const viewport = signal<Viewport>({ width: 1, height: 1, dpr: 1 });
/** What the window shows of the plane; the camera writes it. */
export const view = signal<View>({ k: 1, x: 0, y: 0 });

/** The chosen colour's index. */
export const colour = signal<number | null>(null);
/** The cell under the mouse. */
export const hover = signal<Cell | null>(null);
/** The cell that the keyboard or a finger aims at. */
export const reticle = signal<Cell | null>(null);
/** The reticle was set by touch, so that a button has to confirm it. */
export const byTouch = signal(false);
/** The reticle aims at whatever is in the middle of the window: its cell was panned out of view. */
export const centred = signal(false);
/** Where the finger is that the loupe stands beside; null: there is none. */
export const loupe = signal<Point | null>(null);
/** A drag draws. */
export const pencil = signal(false);
/** The next click or tap takes the colour that is there. */
export const picking = signal(false);
/** The line that is being drawn. */
export const line = signal<readonly Cell[]>([]);
/** What is aimed at takes no edits. */
export const closed = signal(false);
/** Grows when something of own pixels changed that no other signal tells: held, refused, confirmed. */
export const own = signal(0);

/** The page shows a moment of the past. */
export const inPast = signal(false);

export const live = computed(() => connection.value.state.kind === 'live');
