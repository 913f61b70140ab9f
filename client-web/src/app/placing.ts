// SPDX-License-Identifier: ISC
// Placing: which cell is meant, with which colour, and what becomes of it. Intents, and what follows
// from the state for the button and the status line.

import { computed, effect, signal } from '@preact/signals';
import type { Cell, Edit } from '../core/edit';
import { DOUBLE_MS } from '../core/gestures';
import { lineBetween } from '../core/line';
import { MAX_EDITS } from '../core/protocol';
import { FADE_MS } from '../layers/marks';
import { t } from '../texts';
import { embedded } from './embed';
import * as events from './events';
import { invalidate } from './invalidate';
import { plane } from './live';
import * as state from './state';
import { hint } from './statusline';

/** What the button says, and whether it can be used. */
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
  /** Of the button that would place this. */
  label(edit: Edit): Label;
  /** Whether nothing of this colour can be placed on the cell, whoever pays. */
  isClosed(cell: Cell, colour: number | null): boolean;
}

interface Fading {
  readonly edit: Edit;
  readonly since: number;
}

/** Null until there are rules. */
export const umpire = signal<Umpire | null>(null);
/** Grows when what the umpire would say may have changed, with time or by the rules. */
const judged = signal(0);
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

/** What the button to place with shows; null: it is not there. */
export const button = computed(() => {
  judged.value;
  state.own.value;
  const cell = state.reticle.value;
  if (!cell || !state.byTouch.value) return null;
  const colour = state.colour.value;
  if (colour === null) return { text: t().placing.pickColour, ready: false, rgb: null };
  const edit = { ...cell, colour };
  const label = umpire.value?.label(edit) ?? { text: t().placing.place, ready: true };
  const rgb = state.info.value!.palette[colour]!.rgb;
  return { text: label.text, ready: label.ready && plane.obstacle(edit) === null, rgb };
});

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
  else hint.say(t().placing.colourOff(info.value.palette[index].name));
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
  state.hover.value = null;
}

export function placeAtReticle(): void {
  sendHeld();
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
  if (held) clearTimeout(held.timer);
  held = null;
  state.own.value = state.own.peek() + 1;
}

/** What would be placed now: the line, else the cell under the pointer, else the reticle's. */
export function aimed(): readonly Edit[] {
  const cell = state.hover.value ?? state.reticle.value;
  return needed(state.line.value.length > 0 ? state.line.value : cell ? [cell] : []);
}

/** Draws a line, or what a message holds of it and can be paid for; nothing is sent before
 * lineEnd(). */
export function drawLine(from: Cell, to: Cell): void {
  const line = lineBetween(from, to, MAX_EDITS);
  const edits = needed(line);
  const reach = umpire.value?.reach(edits) ?? edits.length;
  const end = edits[reach];
  const affordable = end ? line.slice(0, line.findIndex(({ x, y }) => x === end.x && y === end.y)) : line;
  if (affordable.length === 0) object(edits);
  state.line.value = affordable;
}

/** What stands at the line's end. */
export function lineLabel(): string {
  const { line } = state;
  if (line.value.length === 0) return '';
  return umpire.value?.price(aimed()) ?? String(line.value.length);
}

/** All of the line is placed, or nothing of it. */
export function lineEnd(counts: boolean): void {
  const cells = counts ? state.line.value : [];
  if (state.line.value.length > 0) state.line.value = [];
  if (cells.length === 0) return;
  if (state.colour.value === null) return hint.say(t().placing.pickColourFirst);
  const edits = needed(cells);
  if (edits.length > 0) send(edits);
}

/** Places what is not aimed at: what was there before. Whether it was sent. */
export function placeAgain(edits: readonly Edit[]): boolean {
  sendHeld();
  return send(edits);
}

/** Of these cells those that do not have the chosen colour yet, in that. */
function needed(cells: readonly Cell[]): Edit[] {
  const colour = state.colour.value;
  if (colour === null) return [];
  return cells.filter((cell) => plane.colourAt(cell) !== colour).map(({ x, y }) => ({ x, y, colour }));
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
  if (obstacle === 'outside' || obstacle === 'locked') hint.say(t().placing.obstacles[obstacle]);
  else if (colour === null) hint.say(t().placing.pickColourFirst);
  else if (obstacle) hint.say(t().placing.obstacles[obstacle]);
  else if (plane.colourAt(cell) !== colour) {
    const edit = { x: cell.x, y: cell.y, colour };
    if (!object([edit])) return edit;
  }
  return null;
}

/** Says why these cannot be placed by the rules, if so. */
function object(edits: readonly Edit[]): boolean {
  const why = umpire.value?.objection(edits) ?? null;
  if (why) hint.say(why);
  return why !== null;
}

function send(edits: readonly Edit[]): boolean {
  if (object(edits)) return false;
  const before = edits.map((edit) => plane.colourAt(edit));
  const obstacle = plane.place(edits);
  if (obstacle) {
    hint.say(t().placing.obstacles[obstacle]);
    return false;
  }
  events.placed.tell(edits, before);
  return true;
}

/** Keeps the status line saying what is the case for who wants to place. */
export function watchPlacing(): void {
  window.addEventListener('pagehide', sendHeld);
  events.refused.listen((edits) => {
    const since = performance.now();
    for (const edit of edits) fadingEdits.push({ edit, since });
    invalidate('layers');
  });
  effect(() => {
    const n = state.unsaved.value;
    const offer = {
      text: t().placing.unsaved(n),
      action: t().placing.placeUnsaved,
      ready: state.live.value,
      accept: () => plane.placeUnsaved(),
      dismiss: () => plane.dropUnsaved(),
    };
    hint.offer(n === 0 ? null : offer);
  });
  // A colour that may not be used any more is not the chosen one.
  effect(() => {
    const { colour } = state;
    if (colour.value !== null && allowed.value?.includes(colour.value) === false) colour.value = null;
  });
}

/** Storage may be forbidden; then the first hint shows at every visit until the first pixel. */
