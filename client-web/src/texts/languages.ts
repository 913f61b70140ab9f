// SPDX-License-Identifier: ISC
// Which language the page speaks, and loading its texts.

import { LANGUAGES, type Language } from '../core/languages';
import { setTexts, type Texts } from '.';

/** English is there at once; every other language is a file that is loaded when it is needed. */
const OTHERS: Readonly<Record<Exclude<Language, 'en'>, () => Promise<Texts>>> = {
  de: () => import('./de').then(({ de }) => de),
  fr: () => import('./fr').then(({ fr }) => fr),
  es: () => import('./es').then(({ es }) => es),
  pt: () => import('./pt').then(({ pt }) => pt),
  pl: () => import('./pl').then(({ pl }) => pl),
  tr: () => import('./tr').then(({ tr }) => tr),
  ja: () => import('./ja').then(({ ja }) => ja),
};

/** What a language calls itself: "Deutsch", "Português". */
export function languageName(name: string): string {
  const own = new Intl.DisplayNames([name], { type: 'language' }).of(name) ?? name;
  return own.charAt(0).toLocaleUpperCase(name) + own.slice(1);
}

/** What was chosen by hand, else the first of the browser's languages that there is, else English. */
export function languageFor(chosen: string, wanted: readonly string[]): Language {
  const bare = wanted.map((name) => name.toLowerCase().split('-')[0]!);
  return [chosen, ...bare].flatMap((name) => LANGUAGES.find((known) => known === name) ?? [])[0] ?? 'en';
}

/** Ends when the page can speak it. A file that cannot be loaded leaves it English. */
export async function speak(language: Language): Promise<void> {
  if (language === 'en') return;
  const texts = await OTHERS[language]().catch(() => null);
  if (texts) setTexts(language, texts);
}
