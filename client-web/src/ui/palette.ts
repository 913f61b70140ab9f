// SPDX-License-Identifier: ISC
// The palette: a radio group of the colours that the server names.

import type { Colour } from '../core/info';

const KEYS = 8;

/** The key that chooses this colour: 1 to 8, then with Shift. */
const keyOf = (index: number): string =>
  index < KEYS ? String(index + 1) : `Shift+${index + 1 - KEYS}`;

export class Palette {
  private readonly inputs: HTMLInputElement[] = [];
  private chosen: number | null = null;
  private allowed: readonly number[] | null = null;
  private denied: (index: number) => void = () => {};

  /** `done` is called when a pointer, not the keyboard, was used: the focus can go back. */
  constructor(
    private readonly root: HTMLElement,
    colours: readonly Colour[],
    private readonly changed: () => void,
    done: () => void,
  ) {
    colours.forEach((colour, index) => root.append(this.swatch(colour, index)));
    root.addEventListener('click', (event) => {
      if (event.detail > 0 && event.target instanceof HTMLInputElement) done();
    });
    root.hidden = false;
  }

  get colour(): number | null {
    return this.chosen;
  }

  choose(index: number): void {
    const input = this.inputs[index];
    if (!input) return;
    const can = this.allowed?.includes(index) ?? true;
    if (can) this.chosen = index;
    else this.denied(index);
    for (const [i, { checked }] of this.inputs.entries()) {
      if (checked !== (i === this.chosen)) this.inputs[i]!.checked = i === this.chosen;
    }
    this.changed();
  }

  /** Only these colours can be used (null: all); `denied` is called when another one is chosen. */
  allow(allowed: readonly number[] | null, denied: (index: number) => void): void {
    this.allowed = allowed;
    this.denied = denied;
    this.inputs.forEach((input, index) => {
      const off = allowed !== null && !allowed.includes(index);
      if (off) input.setAttribute('aria-disabled', 'true');
      else input.removeAttribute('aria-disabled');
      input.parentElement!.toggleAttribute('data-off', off);
      if (off && this.chosen === index) {
        input.checked = false;
        this.chosen = null;
      }
    });
    this.changed();
  }

  step(by: 1 | -1): void {
    const count = this.inputs.length;
    let index = this.chosen ?? (by > 0 ? -1 : 0);
    for (let i = 0; i < count; i++) {
      index = (index + by + count) % count;
      if (this.allowed?.includes(index) ?? true) return this.choose(index);
    }
  }

  dim(dimmed: boolean): void {
    this.root.toggleAttribute('data-dimmed', dimmed);
  }

  private swatch(colour: Colour, index: number): HTMLElement {
    const label = document.createElement('label');
    label.className = 'swatch';
    label.title = `${colour.name} (${keyOf(index)})`;
    const input = document.createElement('input');
    input.type = 'radio';
    input.name = 'colour';
    input.value = String(index);
    input.setAttribute('aria-label', colour.name);
    input.addEventListener('change', () => this.choose(index));
    const paint = document.createElement('span');
    paint.style.backgroundColor = colour.rgb;
    label.append(input, paint);
    this.inputs.push(input);
    return label;
  }
}
