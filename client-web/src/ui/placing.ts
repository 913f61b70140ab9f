// SPDX-License-Identifier: ISC
// Placing: which cell is meant, with which colour, and what becomes of it.

import type { Cell, Edit } from '../core/edit';
import type { Client } from '../net/client';
import type { Hint } from './hint';
import { FADE_MS } from './marks';
import type { Palette } from './palette';

export const READ_ONLY = "Read-only for the moment: your pixels can't be saved";
const FIRST = 'Pick a colour, then a pixel. Everyone sees it.';
const FIRST_KEY = 'placed.drawn';

const REASONS: Record<string, string> = {
  range: 'That pixel is outside the canvas',
  readonly: READ_ONLY,
  busy: 'Too much is going on: try again in a moment',
  closed: 'The server is restarting: try again in a moment',
  failed: 'Your pixel could not be saved: try again',
};

interface Fading {
  readonly edit: Edit;
  readonly since: number;
}

export class Placing {
  hover: Cell | null = null;
  reticle: Cell | null = null;
  private fadingEdits: Fading[] = [];
  /** Whether the reticle was set by touch, so that a button has to confirm it. */
  private byTouch = false;
  private readonly chip = document.createElement('span');
  private readonly label = document.createElement('span');

  constructor(
    private readonly client: Client,
    private readonly palette: () => Palette | null,
    private readonly hint: Hint,
    private readonly button: HTMLButtonElement,
    private readonly changed: () => void,
  ) {
    this.chip.className = 'chip';
    button.append(this.chip, this.label);
    button.addEventListener('click', () => this.placeAtReticle());
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
    this.changed();
  }

  setReticle(cell: Cell | null, byTouch: boolean): void {
    this.reticle = cell;
    this.byTouch = byTouch;
    this.hover = null;
    this.update();
  }

  /** Colour, connection or reticle changed. */
  update(): void {
    const colour = this.palette()?.colour ?? null;
    this.button.hidden = !this.reticle || !this.byTouch;
    this.button.disabled = colour === null || !this.client.canPlace;
    this.label.textContent = colour === null ? 'Pick a colour' : 'Place';
    this.chip.hidden = colour === null;
    if (colour !== null) this.chip.style.backgroundColor = this.client.info!.palette[colour]!.rgb;
    if (this.client.readonly) this.hint.hold(READ_ONLY);
    else this.hint.hold(drewBefore() ? '' : FIRST);
    this.palette()?.dim(this.client.readonly);
    this.changed();
  }

  placeAtReticle(): void {
    if (this.reticle) this.place(this.reticle);
  }

  place(cell: Cell): void {
    const colour = this.palette()?.colour ?? null;
    if (colour === null) return this.hint.say('Pick a colour first');
    if (this.client.readonly) return this.hint.say(READ_ONLY);
    if (!this.client.place([{ x: cell.x, y: cell.y, colour }])) {
      return this.hint.say("Not connected: your pixel can't be placed right now");
    }
    if (!drewBefore()) {
      rememberDrawing();
      this.update();
    }
  }

  refused(edits: readonly Edit[], reason: string): void {
    const since = performance.now();
    this.fadingEdits.push(...edits.map((edit) => ({ edit, since })));
    this.hint.say(REASONS[reason] ?? `Not placed: ${reason}`);
    this.changed();
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
