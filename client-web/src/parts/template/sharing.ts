// SPDX-License-Identifier: ISC
// The links that name templates: the address of the page, and what is copied for others.

import { writeDataUrl } from '../../core/template/dataurl';
import { encodeCells } from '../../core/template/encode';
import { withTemplate, type TemplateLink } from '../../core/template/link';
import { linkOf } from '../../core/template/list';
import { chosen, templateOf } from './model';
import { palette, pictureOf } from './pictures';

/** The address bar names the chosen template, if others can have its picture. */
export function writeLink(): void {
  const one = chosen.peek();
  // Until its picture is here, nobody knows whether it can be had, nor where its middle is.
  if (one && !pictureOf(one.id)) return;
  const link = one?.address ? linkOf(one, one.address) : null;
  const hash = withTemplate(location.hash, link);
  if (hash === location.hash) return;
  history.replaceState(null, '', hash || location.pathname + location.search);
}

/** So long may the address be that holds a picture. */
const HELD_MOST = 6_000;
const CELLS_HELD_MOST = 40_000;

/** The link for others: to be copied; null: nobody else can have the picture. */
export async function linkFor(id: string): Promise<{ href: string; held: boolean } | null> {
  const template = templateOf(id);
  const made = pictureOf(id)?.made;
  if (!template || !made) return null;
  const hrefOf = (link: TemplateLink) => new URL(withTemplate('', link), new URL(location.pathname + location.search, location.href)).href;
  if (template.address) return { href: hrefOf(linkOf({ ...template, width: made.cells.width }, template.address)), held: false };
  if (made.cells.indices.length > CELLS_HELD_MOST) return null;
  const address = writeDataUrl(await encodeCells(made.cells, palette.peek()), 'image/png');
  if (address.length > HELD_MOST) return null;
  return { href: hrefOf({ address, at: template.at, width: null, title: template.name, dithered: false }), held: true };
}
