// SPDX-License-Identifier: ISC
// When to ask whether the server is still there. A connection may die without a word: a cable is pulled, a
// machine sleeps, a network changes. Who looks at the picture wants to know that within seconds; but where
// nothing happens nothing comes either, so silence alone proves nothing.
//
// What it costs the server: nothing while edits flow, one question a page when they pause, and while the
// pause lasts about a thousand questions a second, however many people look.

const SILENCE_MS = 4_000;
/** Pages that see the same edits pause in the same moment, and must not all ask in one. */
const SPREAD_MS = 1_000;
/** Each person adds so much to the time between two questions, up to a limit. */
const PERSON_MS = 1;
const LIMIT_MS = 30_000;

export class Pulse {
  private heardAt = 0;
  private readonly silenceMs: number;
  /** After so much silence it is time to ask. */
  private waitMs: number;
  private asked = false;

  /** `random` is in [0, 1). */
  constructor(random: number) {
    this.silenceMs = SILENCE_MS + SPREAD_MS * random;
    this.waitMs = this.silenceMs;
  }

  /** Something came, by whichever connection. */
  heard(now: number): void {
    this.heardAt = now;
    // What comes after a question is its answer: it is as quiet as before.
    if (!this.asked) this.waitMs = this.silenceMs;
    this.asked = false;
  }

  /** Milliseconds until it is time to ask; 0 or less: now. */
  due(now: number): number {
    return this.heardAt + this.waitMs - now;
  }

  /** The server is asked, which so many people are connected to. */
  ask(people: number): void {
    this.asked = true;
    this.waitMs = Math.min(LIMIT_MS, Math.max(this.silenceMs, people * PERSON_MS));
  }
}
