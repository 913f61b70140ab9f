// SPDX-License-Identifier: ISC
// Where we are, in numbers for the eye and, when the reticle rests, in words for a screen reader.
// What it is clicked for is told elsewhere.

import type { Cell } from '../core/edit';

const REST_MS = 600;

export class Where {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly element: HTMLElement,
    private readonly announcer: HTMLElement,
    clicked: () => void,
  ) {
    element.addEventListener('click', clicked);
  }

  show(cell: Cell | null, k: number): void {
    const zoom = `${k < 1 ? k.toFixed(2) : Number(k.toFixed(1))}×`;
    const text = cell ? `${cell.x}, ${cell.y} · ${zoom}` : zoom;
    if (this.element.textContent !== text) this.element.textContent = text;
    this.element.hidden = false;
  }

  /** Says these at once. */
  say(words: string): void {
    clearTimeout(this.timer);
    this.announcer.textContent = words;
  }

  /** Says the words once the reticle rests. */
  announce(words: () => string): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.announcer.textContent = words()), REST_MS);
  }
}
