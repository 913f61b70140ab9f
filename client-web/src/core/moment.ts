// SPDX-License-Identifier: ISC
// A moment in words: when, and which version.

const when = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** `time` in ms since 1970; null where nobody knows. */
export const timeWords = (time: number | null): string => (time === null ? '' : when.format(time));

export const versionWords = (version: number): string => `version ${version.toLocaleString()}`;

export function momentWords(time: number | null, version: number): string {
  const words = timeWords(time);
  return words ? `${words}, ${versionWords(version)}` : versionWords(version);
}
