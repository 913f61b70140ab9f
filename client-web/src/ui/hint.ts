// SPDX-License-Identifier: ISC
// The one line above the palette: what just happened, else what is the case, else nothing.

const SAY_MS = 4_000;

export class Hint {
  private said = '';
  private held = '';
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly element: HTMLElement) {}

  /** Something that just happened; gone after a moment. */
  say(text: string): void {
    this.said = text;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.said = '';
      this.show();
    }, SAY_MS);
    this.show();
  }

  /** Something that is the case until told otherwise; '' for nothing. */
  hold(text: string): void {
    this.held = text;
    this.show();
  }

  private show(): void {
    const text = this.said || this.held;
    if (this.element.textContent !== text) this.element.textContent = text;
    this.element.hidden = text === '';
  }
}
