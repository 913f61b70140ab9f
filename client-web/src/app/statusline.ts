// SPDX-License-Identifier: ISC
// The one status line, above the palette, and its one owner: whoever has something to say says here what
// kind of thing it is, and core/statusline.ts decides what is shown.

import { signal } from '@preact/signals';
import { StatusLine, type Rank } from '../core/statusline';

/** Words that change are asked for again, once a second. */
export type Words = string | (() => string);

/** A line that stays until one of its buttons is used, or it is not so any more. */
export interface Offer {
  readonly text: string;
  readonly action: string;
  /** Whether the action can be used now. */
  readonly ready: boolean;
  accept(): void;
  dismiss(): void;
}

interface Message {
  readonly words: Words;
  readonly offer: Offer | null;
}

export interface Shown {
  readonly words: string;
  readonly offer: Offer | null;
  /** Null: there is nothing to say. */
  readonly rank: Rank | null;
}

const AGAIN_MS = 1_000;
const NOTHING: Shown = { words: '', offer: null, rank: null };

const line = new StatusLine<Message>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** What the line says now, and what one can do about it. */
export const statusLine = signal<Shown>(NOTHING);

function show(): void {
  clearTimeout(timer);
  const now = performance.now();
  const found = line.at(now);
  const shown = found ? shownOf(found.words, found.rank) : NOTHING;
  const before = statusLine.peek();
  if (shown.words !== before.words || shown.offer !== before.offer || shown.rank !== before.rank) {
    statusLine.value = shown;
  }
  if (!found) return;
  const again = typeof found.words.words === 'function' ? AGAIN_MS : Infinity;
  const ms = Math.min(again, found.until - now);
  if (ms < Infinity) timer = setTimeout(show, ms);
}

function shownOf({ words, offer }: Message, rank: Rank): Shown {
  return { words: typeof words === 'string' ? words : words(), offer, rank };
}

const message = (words: Words, offer: Offer | null = null): Message => ({ words, offer });

export const hint = {
  /** Something was not placed, and why; gone after a moment. */
  refuse(words: Words): void {
    line.refuse(message(words));
    show();
  },
  /** Something that just happened; gone after a moment. '': what was said before is not so any more. */
  say(words: Words): void {
    line.say(words === '' ? null : message(words));
    show();
  },
  /** Something that one can do about what is the case, until the next call. */
  offer(offer: Offer | null): void {
    line.hold('offer', offer && 'offer', offer && message(offer.text, offer), performance.now());
    show();
  },
  /** Something that is the case until the next call; null for nothing. `key` is the same while only the
   * words change. */
  hold(words: Words | null, key: string = typeof words === 'string' ? words : 'held'): void {
    line.hold('drawing', words === null ? null : key, words === null ? null : message(words), performance.now());
    show();
  },
  /** What the next click or tap is for, by the tool that was taken; null for nothing. */
  tool(words: string | null): void {
    line.hold('tool', words, words === null ? null : message(words), performance.now());
    show();
  },
  /** What a newcomer does next; '' for nothing. */
  coach(words: string): void {
    line.coach(words ? message(words) : null);
    show();
  },
  /** While the past is shown, this and nothing of the present; null: the present is shown. */
  ofPast(words: string | null): void {
    line.hold('past', words, words ? message(words) : null, performance.now());
    show();
  },
  /** Asks again for words that change. */
  refresh(): void {
    show();
  },
};
export type Hint = typeof hint;
