// SPDX-License-Identifier: ISC
// The language that the page speaks: what was chosen by hand, or the browser's.

import { locale } from '../texts';
import { languageFor, speak } from '../texts/languages';
import * as settings from './settings';

async function speakChosen(): Promise<void> {
  await speak(languageFor(settings.language.value, navigator.languages));
  document.documentElement.lang = locale();
}

/** Ends when the page speaks it. What shows texts waits for that. */
export const spoken: Promise<void> = speakChosen();
