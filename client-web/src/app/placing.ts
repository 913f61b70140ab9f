// SPDX-License-Identifier: ISC
// Placing: which cell is meant, with which colour, and what becomes of it. Intents, and what follows
// from the state for the pill and the status line. How one aims is in app/aiming.ts, drags that draw
// are in app/stroke.ts.

import { computed, effect, signal } from '@preact/signals';
import type { Cell, Edit } from '../core/edit';
import { DOUBLE_MS } from '../core/gestures';
import { needed, withoutRepeats } from '../core/stroke';
import { PLACE_K } from '../core/view';
import { FADE_MS, type Fading } from '../layers/pending';
import { colourName, t } from '../texts';
import { embedded } from './embed';
import * as events from './events';
import { invalidate } from './invalidate';
import { plane } from './live';
import { vibrate } from './settings';
import * as state from './state';
import { hint } from './statusline';

/** What a phone does when an own pixel is in the log. */
const CONFIRMED_MS = 12;

/** What the pill says, and whether it can be used. */
export interface Label {
  readonly text: string;
  readonly ready: boolean;
}

/** Knows the rules, once that part of the page is there. */
export interface Umpire {
  /** Why these cannot be placed now, in words that may change; null: they can. */
  objection(edits: readonly Edit[]): (() => string) | null;
  /** How many of these, from the first on, can be paid for. */
  reach(edits: readonly Edit[]): number;
  /** What a line with these is marked with: what it costs. */
  price(edits: readonly Edit[]): string;
  /** Of the pill that would place this. */
  label(edit: Edit): Label;
  /** Whether nothing of this colour can be placed on the cell, whoever pays. */
  isClosed(cell: Cell, colour: number | null): boolean;
}

/** Null until there are rules. */
export const umpire = signal<Umpire | null>(null);
/** Grows when what the umpire would say may have changed, with time or by the rules. */
export const judged = signal(0);
/** Clicked on, and sent when it is sure that this was no double click. */
let held: { edit: Edit; timer: ReturnType<typeof setTimeout> } | null = null;
let fadingEdits: Fading[] = [];

/** The umpire would answer differently than before. */
export function judgeAnew(): void {
  judged.value = judged.peek() + 1;
}

/** The colours that may be used; null: all. */
export const allowed = computed(() => state.info.value?.colours ?? null);
/** Nothing can be drawn just now. */
export const dimmed = computed(() => state.readonly.value || state.info.value?.frozen === true);
/** Cells are too small to aim at one. */
export const tooFar = computed(() => state.view.value.k < PLACE_K);

/** The colour that a cell shows, a pixel included that waits for a second click; null: nobody knows. */
export function shown(cell: Cell): number | null {
  const own = held?.edit;
  return own && own.x === cell.x && own.y === cell.y ? own.colour : plane.colourAt(cell);
}

const shownAtReticle = computed(() => {
  state.boards.value;
  state.own.value;
  return state.reticle.value && shown(state.reticle.value);
});

/** The pill that places the pixel under the reticle; null: it is not there. */
export const pill = computed(() => {
  judged.value;
  state.own.value;
  const cell = state.reticle.value;
  if (!cell || !state.byTouch.value || state.loupe.value) return null;
  const colour = state.colour.value;
  if (colour === null) return { text: t().placing.pickColour, ready: false, rgb: null };
  const { rgb, name } = state.info.value!.palette[colour]!;
  if (tooFar.value) return { text: t().placing.closer, ready: true, rgb };
  const edit = { ...cell, colour };
  const label = umpire.value?.label(edit) ?? { text: t().placing.place, ready: true };
  if (label.ready && shownAtReticle.value === colour) {
    return { text: t().placing.already(colourName(name)), ready: false, rgb };
  }
  return { text: label.text, ready: label.ready && plane.obstacle(edit) === null, rgb };
});

/** Whether nothing can be placed on the cell, whoever pays. */
export const closedAt = (cell: Cell): boolean =>
  plane.obstacle(cell) === 'locked' || umpire.value?.isClosed(cell, state.colour.value) === true;

/** Refused edits on their way out. */
export function fading(): readonly Fading[] {
  const now = performance.now();
  fadingEdits = fadingEdits.filter(({ since }) => now - since < FADE_MS);
  return fadingEdits;
}

/** Own pixels that are not the log's yet, those that wait for a second click included. */
export function* pending(): Iterable<Edit> {
  yield* plane.pending();
  if (held) yield held.edit;
}

export function choose(index: number): void {
  if (embedded) return;
  const { info } = state;
  if (!info.value?.palette[index]) return;
  if (allowed.value?.includes(index) ?? true) state.colour.value = index;
  else hint.say(t().placing.colourOff(colourName(info.value.palette[index].name)));
}

/** The next colour that may be used, or the one before. */
export function stepColour(by: 1 | -1): void {
  const count = state.info.value?.palette.length ?? 0;
  let index = state.colour.value ?? (by > 0 ? -1 : 0);
  for (let i = 0; i < count; i++) {
    index = (index + by + count) % count;
    if (allowed.value?.includes(index) ?? true) return choose(index);
  }
}

export function setHover(cell: Cell | null): void {
  if (embedded) return;
  const { hover } = state;
  if (cell?.x !== hover.value?.x || cell?.y !== hover.value?.y) hover.value = cell;
}

export function setReticle(cell: Cell | null, byTouch: boolean): void {
  if (embedded) return;
  state.reticle.value = cell;
  state.byTouch.value = byTouch;
  state.centred.value = false;
  state.hover.value = null;
}

export function placeAtReticle(): void {
  sendHeld();
  if (state.inPast.value) return hint.say(t().page.inThePast);
  const cell = state.reticle.value;
  const edit = cell && editOf(cell);
  if (edit) send([edit]);
}

/** Clicked on: shows at once, and is sent a little later unless drop() comes before that. */
export function placeSoon(cell: Cell): void {
  sendHeld();
  const edit = editOf(cell);
  if (!edit) return;
  held = { edit, timer: setTimeout(sendHeld, DOUBLE_MS) };
  state.own.value = state.own.peek() + 1;
}

/** It was a double click. */
export function drop(): void {
  if (!held) return;
  clearTimeout(held.timer);
  held = null;
  state.own.value = state.own.peek() + 1;
}

/** What would be placed now: the line, else the cell under the pointer, else the reticle's. */
export function aimed(): readonly Edit[] {
  const cell = state.hover.value ?? state.reticle.value;
  return neededOf(state.line.value.length > 0 ? state.line.value : cell ? [cell] : []);
}

/** Of these cells those that do not have the chosen colour yet, in that. */
export function neededOf(cells: readonly Cell[]): Edit[] {
  const colour = state.colour.value;
  return colour === null ? [] : needed(cells, colour, shown);
}

/** Places what is not aimed at: what was there before, what was drawn. What shows already is left out.
 * Whether anything was sent. */
export function place(edits: readonly Edit[]): boolean {
  sendHeld();
  const missing = withoutRepeats(edits, shown);
  return missing.length > 0 && send(missing);
}

function sendHeld(): void {
  const edit = held?.edit;
  drop();
  if (edit) send([edit]);
}

/** The cell in the chosen colour, or null (and the reason on the status line). */
function editOf(cell: Cell): Edit | null {
  const colour = state.colour.value;
  const obstacle = plane.obstacle(cell);
  const words = t().placing;
  if (obstacle === 'outside' || obstacle === 'locked') hint.refuse(words.obstacles[obstacle]);
  else if (colour === null) hint.say(words.pickColourFirst);
  else if (obstacle) hint.refuse(words.obstacles[obstacle]);
  else if (shown(cell) !== colour) {
    const edit = { x: cell.x, y: cell.y, colour };
    if (!object([edit])) return edit;
  } else if (!isPending(cell)) hint.say(words.already(colourName(state.info.value!.palette[colour]!.name)));
  return null;
}

function isPending({ x, y }: Cell): boolean {
  for (const edit of pending()) if (edit.x === x && edit.y === y) return true;
  return false;
}

/** Says why these cannot be placed by the rules, if so. */
export function object(edits: readonly Edit[]): boolean {
  const why = umpire.value?.objection(edits) ?? null;
  if (why) hint.refuse(why);
  return why !== null;
}

function send(edits: readonly Edit[]): boolean {
  if (object(edits)) return false;
  const before = edits.map((edit) => plane.colourAt(edit));
  const obstacle = plane.place(edits);
  if (obstacle) {
    hint.refuse(t().placing.obstacles[obstacle]);
    return false;
  }
  events.placed.tell(edits, before);
  return true;
}

/** Keeps the status line saying what is the case for who wants to place. */
export function watchPlacing(): void {
  window.addEventListener('pagehide', sendHeld);
  events.confirmed.listen(() => {
    if (vibrate.value) navigator.vibrate?.(CONFIRMED_MS);
  });
  events.refused.listen((edits) => {
    const since = performance.now();
    for (const edit of edits) fadingEdits.push({ edit, since });
    invalidate('layers');
  });
  // A colour that may not be used any more is not the chosen one.
  effect(() => {
    const { colour } = state;
    if (colour.value !== null && allowed.value?.includes(colour.value) === false) colour.value = null;
  });
}
