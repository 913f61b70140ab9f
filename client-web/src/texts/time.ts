// SPDX-License-Identifier: ISC
// Times as people say them: until when, how long ago.

import { t } from '.';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "12 minutes", in the reader's language. */
const spanWords = (n: number, unit: 'second' | 'minute', locale?: string): string =>
  new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(n);

/** "for another 40 seconds", "for another 12 minutes", "until 18:00", "until 3 Dec 2026, 18:00". */
export function untilWords(until: number, now: number, locale?: string): string {
  const left = until - now;
  const { span, moment } = t().until;
  if (left < MINUTE) return span(spanWords(Math.max(1, Math.ceil(left / SECOND)), 'second', locale));
  if (left < HOUR) return span(spanWords(Math.ceil(left / MINUTE), 'minute', locale));
  const sameDay = new Date(until).toDateString() === new Date(now).toDateString();
  const format = new Intl.DateTimeFormat(locale, {
    ...(sameDay ? {} : { dateStyle: 'medium' as const }),
    timeStyle: 'short',
  });
  return moment(format.format(until), !sameDay);
}

/** "now", "3 minutes ago", "5 hours ago", then the date. */
export function agoWords(time: number, now: number, locale?: string): string {
  const ago = now - time;
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'always' });
  if (ago < 10 * SECOND) return t().until.justNow;
  if (ago < MINUTE) return format.format(-Math.floor(ago / SECOND), 'second');
  if (ago < HOUR) return format.format(-Math.floor(ago / MINUTE), 'minute');
  if (ago < DAY) return format.format(-Math.floor(ago / HOUR), 'hour');
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(time);
}
