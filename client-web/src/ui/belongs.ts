// SPDX-License-Identifier: ISC
// Whose a key is: the page's, or that of the control which has the focus.

const WRITING = 'textarea, select, input:not([type=radio], [type=range], [type=checkbox])';

/** Whether this control needs the key: a radio its arrows and Space, a button Enter and Space, and
 * where one writes every one. */
export function belongsTo(target: EventTarget | null, key: string): boolean {
  if (target instanceof Element && target.matches(WRITING)) return true;
  if (target instanceof HTMLInputElement) return key.startsWith('Arrow') || key === ' ';
  return target instanceof HTMLButtonElement && (key === 'Enter' || key === ' ');
}
