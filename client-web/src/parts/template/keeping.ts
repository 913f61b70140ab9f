// SPDX-License-Identifier: ISC
// Where this page keeps its templates, and what it says when it cannot.

import { base } from '../../app/live';
import { hint } from '../../app/statusline';
import { t } from '../../texts';
import { Store, type Kept } from './store';

export const store = new Store(base);

let said = false;
/** Says once that templates end with the page. */
export function sayKept(kept: Kept): void {
  if (kept === 'kept' || said) return;
  said = true;
  hint.say(kept === 'full' ? t().template.full : t().template.forbidden);
}
