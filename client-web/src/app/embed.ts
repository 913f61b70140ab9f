// SPDX-License-Identifier: ISC
// Whether this page is shown in another one (?embed in its address): then there are no controls but
// the picture, which can be moved, and a link to the whole page.

export const embedded = new URLSearchParams(location.search).has('embed');

/** The page itself, where this one looks. */
export function wholePage(hash: string): string {
  const link = new URL(location.href);
  link.searchParams.delete('embed');
  link.hash = hash;
  return link.href;
}
