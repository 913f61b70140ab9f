// SPDX-License-Identifier: ISC
// The language of the page, for Intl: numbers and times as the reader writes them. Apart from the
// texts, which need it themselves.

let language = 'en';

/** Of the browser's languages the one that the page is in: times are others in Britain than in America. */
export function locale(): string {
  const wanted: readonly string[] = globalThis.navigator?.languages ?? [];
  return wanted.find((one) => one === language || one.startsWith(`${language}-`)) ?? language;
}

export function setLocale(name: string): void {
  language = name;
}

/** "12,345". */
export const amount = (n: number): string => n.toLocaleString(locale());

/** Words by how many there are, as the rules of the language have it: `other` where a number has no form
 * of its own. */
export type Forms = { readonly other: string } & Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>;

export const plural = (n: number, forms: Forms): string =>
  forms[new Intl.PluralRules(language).select(n)] ?? forms.other;
