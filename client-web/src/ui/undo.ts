// SPDX-License-Identifier: ISC
// Taking back what one has just placed: for some seconds, and as long as it is still on top. It is an
// ordinary edit, and costs what one costs.

import type { Cell, Edit } from '../core/edit';

const OFFER_MS = 5_000;

export interface UndoHost {
  /** What a cell shows, own pixels included. */
  at(cell: Cell): number | null;
  /** Places them; whether they were sent. */
  place(edits: readonly Edit[]): boolean;
  /** How many pixels of energy that is; 0: it is free. */
  price(edits: readonly Edit[]): number;
  payable(edits: readonly Edit[]): boolean;
  say(words: string): void;
}

interface Step {
  readonly now: Edit;
  readonly before: Edit;
}

export class Undo {
  private steps: readonly Step[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private undoing = false;
  private readonly button = document.createElement('button');

  constructor(
    before: HTMLElement,
    private readonly host: UndoHost,
  ) {
    this.button.id = 'undo';
    this.button.type = 'button';
    this.button.className = 'surface';
    this.button.title = 'Undo (Z)';
    this.button.hidden = true;
    this.button.addEventListener('click', () => this.undo());
    before.before(this.button);
  }

  /** These were placed just now, on cells that showed `before`. */
  offer(edits: readonly Edit[], before: readonly (number | null)[]): void {
    // What takes something back is not offered to be taken back.
    if (this.undoing) return;
    this.steps = edits.flatMap((now, i) => {
      const colour = before[i];
      return typeof colour === 'number' ? [{ now, before: { ...now, colour } }] : [];
    });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.forget(), OFFER_MS);
    this.show();
  }

  /** These have not been taken. */
  drop(edits: readonly Edit[]): void {
    this.steps = this.steps.filter(({ now }) => !edits.some(({ x, y }) => x === now.x && y === now.y));
    this.show();
  }

  /** The picture changed: what is not on top any more is somebody else's. */
  look(): void {
    if (this.steps.length === 0) return;
    const top = this.steps.filter(({ now }) => this.host.at(now) === now.colour);
    if (top.length === this.steps.length) return;
    this.steps = top;
    this.show();
  }

  undo(): void {
    this.look();
    if (this.steps.length === 0) return this.host.say('There is nothing to undo');
    const edits = this.steps.map(({ before }) => before);
    this.undoing = true;
    const sent = this.host.place(edits);
    this.undoing = false;
    if (!sent) return;
    const price = this.host.price(edits);
    this.forget();
    if (price > 0) this.host.say(`Undone, for ${pixels(price)} of energy`);
  }

  private forget(): void {
    clearTimeout(this.timer);
    this.steps = [];
    this.show();
  }

  /** There while there is something to take back that can be paid for. */
  show(): void {
    const edits = this.steps.map(({ before }) => before);
    const hidden = edits.length === 0 || !this.host.payable(edits);
    if (this.button.hidden !== hidden) this.button.hidden = hidden;
    if (hidden) return;
    const price = this.host.price(edits);
    const words = price > 0 ? `Undo for ${pixels(price)}` : 'Undo';
    if (this.button.textContent !== words) this.button.textContent = words;
  }
}

const pixels = (n: number): string => `${n.toLocaleString()} ${n === 1 ? 'pixel' : 'pixels'}`;
