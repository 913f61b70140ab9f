// SPDX-License-Identifier: ISC
// Whether and when to ask again for a picture that did not come.

/** What came instead of it; no status: nothing did. */
export interface Refusal {
  readonly status: number | null;
  /** The Retry-After field, or null. */
  readonly retryAfter: string | null;
}

/** Why it is not here: the farm has too much to do, no answer comes, it cannot be rendered, there is none. */
export type Trouble = 'busy' | 'unreachable' | 'failed' | 'gone';

export interface Verdict {
  readonly trouble: Trouble;
  /** When to ask again; null: not at all. */
  readonly inMs: number | null;
}

const DEFAULT_S = 2;
const MOST_S = 30;
/** A picture that three attempts of the farm could not make is asked for so many times in all. */
const FAILED_TRIES = 3;

function seconds(retryAfter: string | null, otherwise: number): number {
  const named = retryAfter !== null && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : otherwise;
  return Math.min(MOST_S, Math.max(1, named));
}

/** `tries`: how often it has been asked for. `chance`, 0 to 1: so that not all come back at once. */
export function judge({ status, retryAfter }: Refusal, tries: number, chance: number): Verdict {
  const after = (s: number) => Math.round(s * 1_000 * (1 + chance / 2));
  const longer = Math.min(MOST_S, 2 ** Math.min(tries - 1, 5));
  if (status === null) return { trouble: 'unreachable', inMs: after(longer) };
  if (status === 503 || status === 429) {
    return { trouble: 'busy', inMs: after(seconds(retryAfter, DEFAULT_S)) };
  }
  if (status === 502 || status === 504) return { trouble: 'unreachable', inMs: after(longer) };
  if (status >= 500) {
    const again = tries < FAILED_TRIES && retryAfter !== null;
    return { trouble: 'failed', inMs: again ? after(seconds(retryAfter, DEFAULT_S)) : null };
  }
  return { trouble: 'gone', inMs: null };
}
