// SPDX-License-Identifier: ISC
// The one status line, above the palette: what just happened, else what is to be said of the past
// while that is shown, else what waits for an answer, else what is the case, else what a newcomer does
// next, else nothing.

import { computed, signal } from '@preact/signals';

const SAY_MS = 4_000;
const NOTHING = () => '';

/** A line that stays until one of its buttons is used, or it is not so any more. */
export interface Offer {
  readonly text: string;
  readonly action: string;
  /** Whether the action can be used now. */
  readonly ready: boolean;
  accept(): void;
  dismiss(): void;
}

const said = signal<() => string>(NOTHING);
const offered = signal<Offer | null>(null);
const held = signal('');
const coached = signal('');
const past = signal<string | null>(null);
/** Grows when words that change are to be asked for again. */
const asked = signal(0);
let timer: ReturnType<typeof setTimeout> | undefined;

/** What the line says now, and what one can do about it. */
export const statusLine = computed<{ words: string; offer: Offer | null }>(() => {
  asked.value;
  const words = said.value();
  const offer = words || past.value !== null ? null : offered.value;
  return { words: words || (past.value ?? offer?.text ?? (held.value || coached.value)), offer };
});

export const hint = {
  /** Something that just happened; gone after a moment. Words that change are asked for again. */
  say(words: string | (() => string)): void {
    said.value = typeof words === 'string' ? () => words : words;
    clearTimeout(timer);
    timer = setTimeout(() => (said.value = NOTHING), SAY_MS);
  },
  offer(offer: Offer | null): void {
    offered.value = offer;
  },
  /** Something that is the case until the next call; '' for nothing. */
  hold(text: string): void {
    held.value = text;
  },
  /** What a newcomer does next; '' for nothing. */
  coach(text: string): void {
    coached.value = text;
  },
  /** While the past is shown, this and nothing of the present; null: the present is shown. */
  ofPast(text: string | null): void {
    past.value = text;
  },
  refresh(): void {
    asked.value = asked.peek() + 1;
  },
};
export type Hint = typeof hint;
