// SPDX-License-Identifier: ISC
// Placing: which cell is meant, with which colour, and what becomes of it.

import { DOUBLE_MS } from '../core/clicks';
import type { Cell, Edit } from '../core/edit';
import { lineBetween } from '../core/line';
import { MAX_EDITS } from '../core/protocol';
import type { Obstacle, Plane } from '../net/plane';
import type { Hint } from './hint';
import { FADE_MS } from './marks';
import type { Palette } from './palette';

const READ_ONLY = "Read-only for the moment: your pixels can't be saved";
const FIRST = 'Pick a colour, then a pixel. Everyone sees it.';
const OVERDUE = 'Waiting for the server: your pixels are not saved yet';
const FIRST_KEY = 'placed.drawn';

const OBSTACLES: Record<NonNullable<Obstacle>, string> = {
  outside: 'That is outside the canvas',
  locked: 'This area is closed',
  readonly: READ_ONLY,
  unconnected: "Not connected: your pixel can't be placed right now",
};

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
  /** What is the case, as long as that is so; '' for nothing. */
  readonly state: string;
}

export interface PlacingEvents {
  /** Something that is drawn may have changed. */
  changed(): void;
  /** These were sent; their cells showed `before`. */
  placed(edits: readonly Edit[], before: readonly (number | null)[]): void;
}

interface Fading {
  readonly edit: Edit;
  readonly since: number;
}

export class Placing {
  hover: Cell | null = null;
  reticle: Cell | null = null;
  /** The line that is being drawn. */
  line: readonly Cell[] = [];
  umpire: Umpire | null = null;
  private fadingEdits: Fading[] = [];
  /** Clicked on, and sent when it is sure that this was no double click. */
  private held: { edit: Edit; timer: ReturnType<typeof setTimeout> } | null = null;
  /** Whether the reticle was set by touch, so that a button has to confirm it. */
  private byTouch = false;
  private readonly chip = document.createElement('span');
  private readonly label = document.createElement('span');

  constructor(
    private readonly plane: Plane,
    private readonly palette: () => Palette | null,
    private readonly hint: Hint,
    private readonly button: HTMLButtonElement,
    private readonly events: PlacingEvents,
  ) {
    this.chip.className = 'chip';
    button.append(this.chip, this.label);
    button.addEventListener('click', () => this.placeAtReticle());
    window.addEventListener('pagehide', () => this.sendHeld());
    if (!drewBefore()) hint.hold(FIRST);
  }

  /** Refused edits on their way out. */
  get fading(): readonly Fading[] {
    const now = performance.now();
    this.fadingEdits = this.fadingEdits.filter(({ since }) => now - since < FADE_MS);
    return this.fadingEdits;
  }

  setHover(cell: Cell | null): void {
    if (cell?.x === this.hover?.x && cell?.y === this.hover?.y) return;
    this.hover = cell;
    this.events.changed();
  }

  setReticle(cell: Cell | null, byTouch: boolean): void {
    this.reticle = cell;
    this.byTouch = byTouch;
    this.hover = null;
    this.update();
  }

  /** Own pixels that are not the log's yet, those that wait for a second click included. */
  *pending(): Iterable<Edit> {
    yield* this.plane.pending();
    if (this.held) yield this.held.edit;
  }

  /** Colour, connection, reticle or own pixels changed. */
  update(): void {
    const { plane } = this;
    const colour = this.palette()?.colour ?? null;
    const edit = this.reticle && colour !== null && { ...this.reticle, colour };
    const { text, ready } = (edit && this.umpire?.label(edit)) || { text: 'Place', ready: true };
    this.button.hidden = !this.reticle || !this.byTouch;
    this.button.disabled = !edit || !ready || plane.obstacle(edit) !== null;
    const words = colour === null ? 'Pick a colour' : text;
    if (this.label.textContent !== words) this.label.textContent = words;
    this.chip.hidden = colour === null;
    if (colour !== null) this.chip.style.backgroundColor = plane.info!.palette[colour]!.rgb;
    const state = this.umpire?.state ?? '';
    if (plane.readonly) this.hint.hold(READ_ONLY);
    else if (state) this.hint.hold(state);
    else if (plane.overdue) this.hint.hold(OVERDUE);
    else this.hint.hold(drewBefore() ? '' : FIRST);
    this.hint.offer(this.offer());
    this.palette()?.dim(plane.readonly || plane.info?.frozen === true);
    this.events.changed();
  }

  placeAtReticle(): void {
    this.sendHeld();
    const edit = this.reticle && this.edit(this.reticle);
    if (edit) this.send([edit]);
  }

  /** Clicked on: shows at once, and is sent a little later unless drop() comes before that. */
  placeSoon(cell: Cell): void {
    this.sendHeld();
    const edit = this.edit(cell);
    if (!edit) return;
    this.held = { edit, timer: setTimeout(() => this.sendHeld(), DOUBLE_MS) };
    this.events.changed();
  }

  /** What would be placed now: the line, else the cell under the pointer, else the reticle's. */
  get aimed(): readonly Edit[] {
    const cell = this.hover ?? this.reticle;
    return this.needed(this.line.length > 0 ? this.line : cell ? [cell] : []);
  }

  /** Draws a line, or what a message holds of it and can be paid for; nothing is sent before
   * lineEnd(). */
  drawLine(from: Cell, to: Cell): void {
    const line = lineBetween(from, to, MAX_EDITS);
    const edits = this.needed(line);
    const reach = this.umpire?.reach(edits) ?? edits.length;
    const end = edits[reach];
    this.line = end ? line.slice(0, line.findIndex(({ x, y }) => x === end.x && y === end.y)) : line;
    if (this.line.length === 0) this.object(edits);
    this.events.changed();
  }

  /** What stands at the line's end. */
  get lineLabel(): string {
    if (this.line.length === 0) return '';
    return this.umpire?.price(this.aimed) ?? String(this.line.length);
  }

  /** Of these cells those that do not have the chosen colour yet, in that. */
  private needed(cells: readonly Cell[]): Edit[] {
    const colour = this.palette()?.colour ?? null;
    if (colour === null) return [];
    return cells
      .filter((cell) => this.plane.colourAt(cell) !== colour)
      .map(({ x, y }) => ({ x, y, colour }));
  }

  /** All of the line is placed, or nothing of it. */
  lineEnd(counts: boolean): void {
    const cells = counts ? this.line : [];
    this.line = [];
    this.events.changed();
    if (cells.length === 0) return;
    if ((this.palette()?.colour ?? null) === null) return this.hint.say('Pick a colour first');
    const edits = this.needed(cells);
    if (edits.length > 0) this.send(edits);
  }

  /** It was a double click. */
  drop(): void {
    if (this.held) clearTimeout(this.held.timer);
    this.held = null;
    this.events.changed();
  }

  private sendHeld(): void {
    const { held } = this;
    this.drop();
    if (held) this.send([held.edit]);
  }

  /** The cell in the chosen colour, or null (and the reason on the status line). */
  private edit(cell: Cell): Edit | null {
    const colour = this.palette()?.colour ?? null;
    const obstacle = this.plane.obstacle(cell);
    if (obstacle === 'outside' || obstacle === 'locked') this.hint.say(OBSTACLES[obstacle]);
    else if (colour === null) this.hint.say('Pick a colour first');
    else if (obstacle) this.hint.say(OBSTACLES[obstacle]);
    else if (this.plane.colourAt(cell) !== colour) {
      const edit = { x: cell.x, y: cell.y, colour };
      if (!this.object([edit])) return edit;
    }
    return null;
  }

  /** Says why these cannot be placed by the rules, if so. */
  private object(edits: readonly Edit[]): boolean {
    const why = this.umpire?.objection(edits) ?? null;
    if (why) this.hint.say(why);
    return why !== null;
  }

  /** Places what is not aimed at: what was there before. Whether it was sent. */
  again(edits: readonly Edit[]): boolean {
    this.sendHeld();
    return this.send(edits);
  }

  private send(edits: readonly Edit[]): boolean {
    if (this.object(edits)) return false;
    const before = edits.map((edit) => this.plane.colourAt(edit));
    const obstacle = this.plane.place(edits);
    if (obstacle) {
      this.hint.say(OBSTACLES[obstacle]);
      return false;
    }
    this.events.placed(edits, before);
    if (!drewBefore()) {
      rememberDrawing();
      this.update();
    }
    return true;
  }

  private offer() {
    const n = this.plane.unsaved;
    if (n === 0) return null;
    const text = n === 1 ? '1 pixel was not saved' : `${n.toLocaleString()} pixels were not saved`;
    return { text, action: 'Place again', ready: this.plane.state.kind === 'live' };
  }

  refused(edits: readonly Edit[]): void {
    const since = performance.now();
    for (const edit of edits) this.fadingEdits.push({ edit, since });
    this.events.changed();
  }
}

// Storage may be forbidden; then the line shows at every visit until the first pixel.
let drawn = false;

function drewBefore(): boolean {
  if (drawn) return true;
  try {
    drawn = localStorage.getItem(FIRST_KEY) !== null;
  } catch {
    drawn = false;
  }
  return drawn;
}

function rememberDrawing(): void {
  drawn = true;
  try {
    localStorage.setItem(FIRST_KEY, '1');
  } catch {
    // Then it is remembered for as long as the page is open.
  }
}
