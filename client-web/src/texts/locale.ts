// SPDX-License-Identifier: ISC
// The language of the page, for Intl: numbers and times as the reader writes them. Apart from the
// texts, which need it themselves.

let language = 'en';

export const locale = (): string => language;

export function setLocale(name: string): void {
  language = name;
}

/** "12,345". */
export const amount = (n: number): string => n.toLocaleString(language);
