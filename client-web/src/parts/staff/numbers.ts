// SPDX-License-Identifier: ISC
// Numbers, shares and how many of what, as the reader writes them.

import { locale, t } from '../../texts';

export const number = (n: number): string => n.toLocaleString(locale());
export const percent = (share: number): string =>
  share.toLocaleString(locale(), { style: 'percent', maximumFractionDigits: 0 });

export const pixels = (n: number): string => t().staff.pixels(n, number(n));
export const edits = (n: number): string => t().staff.edits(n, number(n));
export const people = (n: number): string => t().staff.people(n, number(n));
export const networks = (n: number): string => t().staff.networks(n, number(n));
export const reports = (n: number): string => t().staff.reports(n, number(n));

/** A moment, short: the time of day where it is today. */
export function moment(time: number, now: number): string {
  const today = new Date(time).toDateString() === new Date(now).toDateString();
  return new Intl.DateTimeFormat(locale(), {
    ...(today ? {} : { dateStyle: 'medium' as const }),
    timeStyle: 'medium',
  }).format(time);
}
