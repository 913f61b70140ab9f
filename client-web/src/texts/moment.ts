// SPDX-License-Identifier: ISC
// A moment in words: when, and which version.

import { locale, t } from '.';
import './enpast';

let when: Intl.DateTimeFormat | null = null;

/** `time` in ms since 1970; null where nobody knows. */
export function timeWords(time: number | null): string {
  // Made once: it is asked for in every frame while the past is played.
  when ??= new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'medium' });
  return time === null ? '' : when.format(time);
}

export const versionWords = (version: number): string =>
  t().past.version(version.toLocaleString(locale()));

export function momentWords(time: number | null, version: number): string {
  const words = timeWords(time);
  return words ? `${words}, ${versionWords(version)}` : versionWords(version);
}
