// SPDX-License-Identifier: ISC
// Choosing another language. Texts are asked for in too many places to change them under way, so the
// page is loaded anew, at the place and the moment that it shows.

import { middleCell } from '../../app/canvas';
import { linkHere } from '../../app/moving';
import * as settings from '../../app/settings';
import * as state from '../../app/state';
import { LANGUAGES } from '../../core/languages';

export function chooseLanguage(name: string): void {
  const { language } = settings;
  language.value = LANGUAGES.find((one) => one === name) ?? 'auto';
  if (state.info.value) linkHere(middleCell());
  location.reload();
}
