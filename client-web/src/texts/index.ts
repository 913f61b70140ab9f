// SPDX-License-Identifier: ISC
// The texts of the page in the language of whoever looks at it. A language other than English is
// loaded before anything is mounted; to change it, the page is loaded anew.

import { en } from './en';
import type { enParts } from './enparts';
import type { enPast } from './enpast';
import type { enStaff } from './enstaff';
import type { enTemplate } from './entemplate';
import { setLocale } from './locale';

export { locale } from './locale';

/** Every language has all of these; TypeScript proves it. */
export type Texts = typeof en & typeof enParts & typeof enPast & typeof enStaff & typeof enTemplate;

/** English, to which the texts of a part come with that: it imports them. */
const english = { ...en } as Texts;
let current: Texts = english;

/** The texts. Ask when a text is shown, not when a module is loaded. */
export const t = (): Texts => current;

export function setTexts(name: string, texts: Texts): void {
  setLocale(name);
  current = texts;
}

/** More English. */
export function addTexts(more: Partial<Texts>): void {
  Object.assign(english, more);
}

/** What a colour is called here. The server names it in English; one that we do not know keeps its name. */
export function colourName(name: string): string {
  const { colours } = t();
  return Object.hasOwn(colours, name) ? colours[name as keyof Texts['colours']] : name;
}
