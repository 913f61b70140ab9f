// SPDX-License-Identifier: ISC
// The one status line, above the palette: what just happened, else what is to be said of the past
// while that is shown, else what waits for an answer, else what is the case, else nothing.

const SAY_MS = 4_000;
const NOTHING = () => '';

export interface HintElements {
  readonly root: HTMLElement;
  readonly text: HTMLElement;
  readonly action: HTMLButtonElement;
  readonly dismiss: HTMLButtonElement;
}

/** A line that stays until one of its buttons is used, or it is not so any more. */
export interface Offer {
  readonly text: string;
  readonly action: string;
  /** Whether the action can be used now. */
  readonly ready: boolean;
}

export class Hint {
  private said: () => string = NOTHING;
  private offered: Offer | null = null;
  private held = '';
  private past: string | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly elements: HintElements,
    accept: () => void,
    dismiss: () => void,
  ) {
    elements.action.addEventListener('click', accept);
    elements.dismiss.addEventListener('click', dismiss);
  }

  /** Something that just happened; gone after a moment. Words that change are asked for again. */
  say(words: string | (() => string)): void {
    this.said = typeof words === 'string' ? () => words : words;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.said = NOTHING;
      this.show();
    }, SAY_MS);
    this.show();
  }

  offer(offer: Offer | null): void {
    this.offered = offer;
    this.show();
  }

  /** Something that is the case until the next call; '' for nothing. */
  hold(text: string): void {
    this.held = text;
    this.show();
  }

  /** While the past is shown, this and nothing of the present; null: the present is shown. */
  ofPast(text: string | null): void {
    this.past = text;
    this.show();
  }

  /** Asks again for words that change. */
  refresh(): void {
    this.show();
  }

  private show(): void {
    const { root, text, action, dismiss } = this.elements;
    const said = this.said();
    const offer = said || this.past !== null ? null : this.offered;
    const words = said || (this.past ?? offer?.text ?? this.held);
    if (text.textContent !== words) text.textContent = words;
    root.hidden = words === '';
    action.hidden = dismiss.hidden = !offer;
    action.textContent = offer?.action ?? '';
    action.disabled = !offer?.ready;
  }
}
