// SPDX-License-Identifier: ISC
// What one has to draw with: a bar along the palette's upper edge, divided into pixels, with what the
// pixel under the pointer would cost as a darker part; and beside it how long until the next pixel.

import { available, charges, notches, type Account } from '../core/energy';

const PAINTED = { blank: false, factor: 1 };

export class EnergyBar {
  private readonly bar = document.createElement('div');
  private readonly have = document.createElement('i');
  private readonly cost = document.createElement('i');
  private readonly time = document.createElement('span');
  private divided = '';
  private isFull = false;

  constructor(palette: HTMLElement) {
    this.bar.id = 'energy';
    this.bar.setAttribute('role', 'meter');
    this.bar.setAttribute('aria-label', 'Energy');
    this.have.className = 'have';
    this.cost.className = 'cost';
    this.time.id = 'energy-time';
    this.time.className = 'surface';
    this.time.hidden = true;
    this.bar.append(this.have, this.cost);
    palette.append(this.bar, this.time);
    this.hide();
  }

  get full(): boolean {
    return this.isFull;
  }

  hide(): void {
    this.bar.hidden = this.time.hidden = true;
  }

  /** `cost` is what the pointer's pixels would take away; 0: nothing, or they cannot be paid for. */
  show(account: Account, now: number, cost: number): void {
    const { capacity } = account.limits;
    const energy = available(account, now);
    const share = (ms: number) => `${Math.round(10_000 * Math.max(0, Math.min(1, ms / capacity))) / 100}%`;
    this.isFull = energy >= capacity;
    this.bar.hidden = false;
    this.divide(account);
    style(this.have, 'width', share(energy));
    style(this.cost, 'left', share(energy - cost));
    style(this.cost, 'width', share(Math.min(cost, energy)));
    const { now: pixels, most } = charges(account, PAINTED, now);
    attribute(this.bar, 'aria-valuemax', String(Math.min(most, capacity)));
    attribute(this.bar, 'aria-valuenow', String(Math.min(pixels, capacity)));
    attribute(this.bar, 'aria-valuetext', `${pixels} of ${most} pixels`);
  }

  /** "0:12", or nothing. */
  count(text: string): void {
    if (this.time.textContent !== text) this.time.textContent = text;
    this.time.hidden = text === '';
  }

  private divide({ limits }: Account): void {
    const at = notches(limits);
    if (this.divided === at.join()) return;
    this.divided = at.join();
    for (const old of this.bar.querySelectorAll('.notch')) old.remove();
    for (const share of at) {
      const notch = document.createElement('i');
      notch.className = 'notch';
      notch.style.left = `${100 * share}%`;
      this.bar.append(notch);
    }
  }
}

/** What is the same is left alone, so that nothing is drawn again for it. */
function style(element: HTMLElement, name: 'left' | 'width', value: string): void {
  if (element.style[name] !== value) element.style[name] = value;
}

function attribute(element: HTMLElement, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}
