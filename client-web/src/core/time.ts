// SPDX-License-Identifier: ISC
// Times as people say them: how long yet, until when, how long ago.

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "0:12", "4:05", "1:00:00": whole seconds, rounded up so that 0:00 is over. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / SECOND));
  const two = (n: number) => String(n).padStart(2, '0');
  const h = Math.floor(seconds / 3600);
  const m = Math.floor(seconds / 60) % 60;
  return `${h > 0 ? `${h}:${two(m)}` : m}:${two(seconds % 60)}`;
}

const plural = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? '' : 's'}`;

/** "for 40 more seconds", "for 12 more minutes", "until 18:00", "until 3 Dec 2026, 18:00". */
export function untilWords(until: number, now: number, locale?: string): string {
  const left = until - now;
  if (left < MINUTE) return `for ${plural(Math.max(1, Math.ceil(left / SECOND)), 'more second')}`;
  if (left < HOUR) return `for ${plural(Math.ceil(left / MINUTE), 'more minute')}`;
  const sameDay = new Date(until).toDateString() === new Date(now).toDateString();
  const format = new Intl.DateTimeFormat(locale, {
    ...(sameDay ? {} : { dateStyle: 'medium' as const }),
    timeStyle: 'short',
  });
  return `until ${format.format(until)}`;
}

/** "just now", "3 minutes ago", "5 hours ago", then the date. */
export function agoWords(time: number, now: number, locale?: string): string {
  const ago = now - time;
  if (ago < 10 * SECOND) return 'just now';
  if (ago < MINUTE) return `${plural(Math.floor(ago / SECOND), 'second')} ago`;
  if (ago < HOUR) return `${plural(Math.floor(ago / MINUTE), 'minute')} ago`;
  if (ago < DAY) return `${plural(Math.floor(ago / HOUR), 'hour')} ago`;
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(time);
}
