// SPDX-License-Identifier: ISC
// Which one of all that there is to say is on the status line. A refusal comes before a state, that before
// a result, and that before a coach mark. Each ends by what it is of: refusals and results by time, states
// and coach marks when it is not so any more.
//
// A state that has been there to be read for a while lets a result through, or somebody who looks on
// without an account would never read that the link was copied.

/** For what has just happened, and how long a state is news. */
export const SAY_MS = 4_000;

/** What can be the case, from the most to the least important. `past`: a moment of the past is shown, and
 * with it nothing else of the present. `offer`: something can be done about it, by a button. `tool`: what the
 * next click or tap is for. */
export const STATES = ['past', 'offer', 'drawing', 'tool'] as const;
export type StateName = (typeof STATES)[number];

export type Rank = 'refusal' | 'state' | 'result' | 'coach';

export interface Line<W> {
  readonly rank: Rank;
  readonly words: W;
  /** When it has to be asked again, by the clock of `now`; Infinity: not at all. */
  readonly until: number;
}

interface Said<W> {
  readonly words: W;
  /** Null: not shown yet. */
  shownAt: number | null;
}

export class StatusLine<W> {
  private refusal: Said<W> | null = null;
  private result: Said<W> | null = null;
  private hint: W | null = null;
  private readonly states = new Map<StateName, { words: W | null; key: string; since: number }>();

  /** Something was not placed. */
  refuse(words: W): void {
    this.refusal = { words, shownAt: null };
  }

  /** Something has happened; null: what was said before is not so any more. */
  say(words: W | null): void {
    this.result = words === null ? null : { words, shownAt: null };
  }

  /** Something is the case until the next call; `key` is the same while only its words change. Words null:
   * it says nothing, and hides what is less important. Key null: it is not the case any more. */
  hold(name: StateName, key: string | null, words: W | null, now: number): void {
    const before = this.states.get(name);
    if (key === null) this.states.delete(name);
    else this.states.set(name, { words, key, since: before?.key === key ? before.since : now });
  }

  /** What to do first; null: that is known. */
  coach(words: W | null): void {
    this.hint = words;
  }

  at(now: number): Line<W> | null {
    if (this.refusal) {
      const until = endOf(this.refusal, now);
      if (now < until) return { rank: 'refusal', words: this.refusal.words, until };
      this.refusal = null;
    }
    const name = STATES.find((name) => this.states.has(name));
    const state = name && this.states.get(name)!;
    const read = state ? state.since + SAY_MS : 0;
    if (state && state.words !== null && now < read) {
      return { rank: 'state', words: state.words, until: this.result ? read : Infinity };
    }
    if (this.result) {
      const until = endOf(this.result, now);
      if (now < until) return { rank: 'result', words: this.result.words, until };
      this.result = null;
    }
    if (state) return state.words === null ? null : { rank: 'state', words: state.words, until: Infinity };
    return this.hint === null ? null : { rank: 'coach', words: this.hint, until: Infinity };
  }
}

function endOf<W>(said: Said<W>, now: number): number {
  said.shownAt ??= now;
  return said.shownAt + SAY_MS;
}
