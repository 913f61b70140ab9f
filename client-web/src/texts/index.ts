// SPDX-License-Identifier: ISC
// The texts of the page in the language of whoever looks at it. A language other than English is
// loaded before anything is mounted; to change it, the page is loaded anew.

import { en } from './en';
import { setLocale } from './locale';

export { locale } from './locale';

/** Every language has all of these; TypeScript proves it. */
export type Texts = typeof en;

let current: Texts = en;

/** The texts. Ask when a text is shown, not when a module is loaded. */
export const t = (): Texts => current;

export function setTexts(name: string, texts: Texts): void {
  setLocale(name);
  current = texts;
}

/** What a colour is called here. The server names it in English; one that we do not know keeps its name. */
export function colourName(name: string): string {
  const { colours } = t();
  return Object.hasOwn(colours, name) ? colours[name as keyof Texts['colours']] : name;
}
