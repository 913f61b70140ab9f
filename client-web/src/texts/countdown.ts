// SPDX-License-Identifier: ISC
// How long yet, as a clock that runs down.

/** "0:12", "4:05", "1:00:00": whole seconds, rounded up so that 0:00 is over. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  const two = (n: number) => String(n).padStart(2, '0');
  const h = Math.floor(seconds / 3600);
  const m = Math.floor(seconds / 60) % 60;
  return `${h > 0 ? `${h}:${two(m)}` : m}:${two(seconds % 60)}`;
}
