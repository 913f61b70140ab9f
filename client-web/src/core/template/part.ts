// SPDX-License-Identifier: ISC
// Which part of a link is about a template, for who passes it on and need not know what it says.

export const NAMES = ['template', 'ox', 'oy', 'tw', 'title', 'dither'];

/** The part of a link that is about the template, to be put behind another; or ''. */
export function templatePart(hash: string): string {
  const values = new URLSearchParams(hash.replace(/^#/, ''));
  if (!values.get('template')) return '';
  const part = new URLSearchParams();
  for (const name of NAMES) {
    const value = values.get(name);
    if (value !== null) part.set(name, value);
  }
  return `&${part.toString()}`;
}
