// SPDX-License-Identifier: ISC
// The one status line of a page: what just happened, else what is the case, else nothing.

const SAY_MS = 4_000;

export class Say {
  private said = '';
  private held = '';
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly root: HTMLElement,
    private readonly text: HTMLElement,
    private readonly again: HTMLButtonElement | null = null,
  ) {}

  /** Gone after a moment. */
  say(words: string): void {
    this.said = words;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.said = '';
      this.show();
    }, SAY_MS);
    this.show();
  }

  /** Until the next call; '' for nothing. `again`: there is something to try again. */
  hold(words: string, again = false): void {
    this.held = words;
    if (this.again) this.again.dataset.useful = String(again);
    this.show();
  }

  private show(): void {
    const words = this.said || this.held;
    if (this.text.textContent !== words) this.text.textContent = words;
    this.root.hidden = words === '';
    if (this.again) this.again.hidden = Boolean(this.said) || this.again.dataset.useful !== 'true';
  }
}
