// SPDX-License-Identifier: ISC
// How long to wait before the next attempt: doubling up to a limit, and never the same for two
// clients, so that a server that comes back is not met by all of them at once.

const FIRST_MS = 1_000;
const LIMIT_MS = 30_000;
const RESTART_SPREAD_MS = 3_000;
const CROWDED_MS = 10_000;

/** The server says: I restart, come back in a moment. */
export const CLOSE_RESTART = 1012;
/** The server says: too many connections. */
export const CLOSE_CROWDED = 1013;
/** The server says: what became of an edit of yours cannot be known. */
export const CLOSE_UNKNOWN = 1011;
/** The browser says: the connection broke, or was never made. */
export const CLOSE_ABNORMAL = 1006;

/**
 * Milliseconds to wait after `failures` attempts in a row came to nothing (0: the connection had
 * been a good one) and the last one ended with this close code. `random` is in [0, 1).
 */
export function delayFor(failures: number, code: number, random: number): number {
  if (code === CLOSE_RESTART && failures === 0) return Math.round(RESTART_SPREAD_MS * random);
  const first = code === CLOSE_CROWDED ? CROWDED_MS : FIRST_MS;
  const ceiling = Math.min(LIMIT_MS, first * 2 ** Math.min(failures, 16));
  return Math.round(ceiling * (0.5 + 0.5 * random));
}
