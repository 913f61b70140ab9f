// SPDX-License-Identifier: ISC
// The texts of the page in the language of whoever looks at it. A language other than English is
// loaded before anything is mounted; to change it, the page is loaded anew.

import { en } from './en';
import type { enParts } from './enparts';
import type { enStaff } from './enstaff';
import type { enTemplate } from './entemplate';
import { setLocale } from './locale';

export { locale } from './locale';

/** Every language has all of these; TypeScript proves it. */
export type Texts = typeof en & typeof enParts & typeof enStaff & typeof enTemplate;

// What only parts say comes with them (enparts.ts and its like), before any of them asks.
let current = en as Texts;
let english = true;

/** The texts. Ask when a text is shown, not when a module is loaded. */
export const t = (): Texts => current;

export function setTexts(name: string, texts: Texts): void {
  english = false;
  setLocale(name);
  current = texts;
}

/** What the parts of the page say in English, while that is what the page speaks. */
export function addEnglish(texts: Partial<Texts>): void {
  if (english) current = { ...current, ...texts };
}

/** What a colour is called here. The server names it in English; one that we do not know keeps its name. */
export function colourName(name: string): string {
  const { colours } = t();
  return Object.hasOwn(colours, name) ? colours[name as keyof Texts['colours']] : name;
}
